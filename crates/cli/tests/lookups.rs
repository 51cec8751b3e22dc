//! `outputlookup`: what is written, where, and when not.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn sluice(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sluice")).args(args).stdin(Stdio::null()).output().unwrap()
}

/// Runs a query that needs no logs; its rows as JSON lines.
fn search(query: &str, folder: &Path, more: &[&str]) -> String {
    let folder = folder.display().to_string();
    let found = sluice(&[&["search", query, "--lookup-out", &folder, "-o", "jsonl"], more].concat());
    assert_eq!(found.status.code(), Some(0), "{query}: {}", err(&found));
    String::from_utf8(found.stdout).unwrap()
}

fn fails(query: &str, folder: &Path, code: i32, why: &str) {
    let folder = folder.display().to_string();
    let found = sluice(&["search", query, "--lookup-out", &folder]);
    assert_eq!(found.status.code(), Some(code), "{query}: {}", err(&found));
    assert!(err(&found).contains(why), "{query}: {}", err(&found));
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

const ROWS: &str = r#"| makeresults format=csv data="user,n
bob,1
\"eve, jr\",2" | table user n"#;

#[test]
fn rows_are_written_and_pass_through() {
    let folder = tempfile::tempdir().unwrap();
    let rows = search(&format!("{ROWS} | outputlookup seen.csv | where n=2"), folder.path(), &[]);
    assert_eq!(rows, "{\"user\":\"eve, jr\",\"n\":\"2\"}\n");
    assert_eq!(text(folder.path(), "seen.csv"), "user,n\nbob,1\n\"eve, jr\",2\n");
    let read = search("| inputlookup seen.csv where user=bob", folder.path(), &[]);
    assert_eq!(read, "{\"user\":\"bob\",\"n\":\"1\"}\n");
    let looked =
        search("| makeresults | eval user=\"bob\" | lookup seen.csv user | table n", folder.path(), &[]);
    assert_eq!(looked, "{\"n\":\"1\"}\n");
    assert_eq!(names(folder.path()), ["seen.csv"]);
}

#[test]
fn appended_rows_take_the_columns_that_are_there() {
    let folder = tempfile::tempdir().unwrap();
    search(&format!("{ROWS} | outputlookup seen.csv"), folder.path(), &[]);
    let more =
        "| makeresults | eval x=1, n=3, user=mvappend(\"a\", \"b\") | outputlookup append=t max=1 seen.csv";
    search(more, folder.path(), &[]);
    assert_eq!(text(folder.path(), "seen.csv"), "user,n\nbob,1\n\"eve, jr\",2\n\"a\nb\",3\n");
    let twice = format!("{ROWS} | head 1 | outputlookup new.csv | outputlookup append=t new.csv");
    search(&twice, folder.path(), &[]);
    assert_eq!(text(folder.path(), "new.csv"), "user,n\nbob,1\nbob,1\n");
}

#[test]
fn no_rows_remove_the_table_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let none = |options: &str| format!("{ROWS} | where n=9 | outputlookup {options} seen.csv");
    search(&none(""), folder.path(), &[]);
    assert!(names(folder.path()).is_empty());
    search(&format!("{ROWS} | outputlookup seen.csv"), folder.path(), &[]);
    search(&none("override_if_empty=false create_empty=true"), folder.path(), &[]);
    search(&none("append=true"), folder.path(), &[]);
    assert_eq!(text(folder.path(), "seen.csv").lines().count(), 3);
    search(&none("create_empty=true"), folder.path(), &[]);
    assert_eq!(text(folder.path(), "seen.csv"), "");
    search(&none(""), folder.path(), &[]);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn nothing_is_written_by_a_query_that_fails_or_is_only_checked() {
    let folder = tempfile::tempdir().unwrap();
    fails(
        &format!("{ROWS} | outputlookup a.csv | where n=9 | require"),
        folder.path(),
        4,
        "`require` found no rows",
    );
    fails(&format!("{ROWS} | outputlookup a.csv | lookup none.csv user"), folder.path(), 2, "SPL0303");
    let query = folder.path().join("q.spl");
    fs::write(&query, format!("{ROWS} | outputlookup a.csv")).unwrap();
    let checked = sluice(&["check", &query.display().to_string()]);
    assert_eq!(checked.status.code(), Some(0), "{}", err(&checked));
    assert!(String::from_utf8(checked.stdout).unwrap().contains("SPL0311"));
    let refused = sluice(&["search", "-f", &query.display().to_string()]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("`--lookup-out DIR` names the folder"), "{}", err(&refused));
    assert_eq!(names(folder.path()), ["q.spl"]);
}

#[test]
fn a_name_cannot_lead_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("in");
    fs::create_dir(&inside).unwrap();
    for name in ["../a.csv", "/tmp/a.csv", "x/a.csv", ".a.csv", "a.txt", "a"] {
        fails(&format!("{ROWS} | outputlookup \"{name}\""), &inside, 2, "SPL0303");
    }
    let app = folder.path().join("app");
    fs::create_dir_all(app.join("default")).unwrap();
    let conf = "[up]\nfilename = ../../up.csv\n";
    fs::write(app.join("default/transforms.conf"), conf).unwrap();
    search(&format!("{ROWS} | outputlookup up"), &inside, &["--app", &app.display().to_string()]);
    assert_eq!(names(&inside), ["up.csv"]);
    assert_eq!(names(folder.path()), ["app", "in"]);
    fails(&format!("{ROWS} | outputlookup a.csv"), &folder.path().join("none"), 2, "no such folder");
}

#[test]
fn an_app_s_table_is_where_appending_begins() {
    let folder = tempfile::tempdir().unwrap();
    let (app, out) = (folder.path().join("app"), folder.path().join("out"));
    fs::create_dir_all(app.join("lookups")).unwrap();
    fs::create_dir_all(app.join("default")).unwrap();
    fs::create_dir(&out).unwrap();
    fs::write(app.join("lookups/seen.csv"), "n,user\n0,root\n").unwrap();
    fs::write(app.join("default/transforms.conf"), "[seen]\nfilename = seen.csv\n").unwrap();
    let apps = ["--app", &app.display().to_string()];
    search(&format!("{ROWS} | head 1 | outputlookup append=t seen"), &out, &apps);
    assert_eq!(text(&out, "seen.csv"), "n,user\n0,root\n1,bob\n");
    assert_eq!(text(&app.join("lookups"), "seen.csv"), "n,user\n0,root\n");
    let read = search("| inputlookup seen | stats count", &out, &apps);
    assert_eq!(read, "{\"count\":2}\n");
}

#[test]
fn a_later_detection_of_a_scan_reads_what_an_earlier_one_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a.spl"), folder.path().join("b.spl"));
    fs::write(&first, "user=* | table user | outputlookup seen.csv").unwrap();
    fs::write(&second, "| inputlookup seen.csv | eval again=1").unwrap();
    let log = folder.path().join("log.jsonl");
    fs::write(&log, "{\"user\":\"bob\"}\n").unwrap();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let path = |path: &Path| path.display().to_string();
    let found = sluice(&[
        "scan",
        &path(&log),
        "-p",
        &path(&first),
        "-p",
        &path(&second),
        "--lookup-out",
        &path(&out),
        "-o",
        "jsonl",
    ]);
    assert_eq!(found.status.code(), Some(0), "{}", err(&found));
    let rows = String::from_utf8(found.stdout).unwrap();
    assert!(rows.lines().any(|row| row.contains("\"again\":1") && row.contains("bob")), "{rows}");
    assert_eq!(text(&out, "seen.csv"), "user\nbob\n");
}
