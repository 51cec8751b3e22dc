//! Each command, from its arguments to its exit code.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn sluice(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sluice"))
        .args(args)
        .stdin(Stdio::null())
        .env("COLUMNS", "80")
        .env_remove("NO_COLOR")
        .output()
        .unwrap()
}

/// The query that the package starts from: of each event a row.
const HUNT: &str = "exfil_over_cleartext";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn log(name: &str) -> String {
    root().join("packages/T1048.003/tests").join(name).display().to_string()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn scan_gives_findings_with_their_provenance() {
    let found = sluice(&["scan", "-p", HUNT, &log("test2_curl_http_upload/sysmon_external.log")]);
    assert_eq!(code(&found), 0, "{}", err(&found));
    let rows: Vec<serde_json::Value> =
        out(&found).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    let upload = rows.iter().find(|row| row["ExfilMethod"] == "FTP").unwrap();
    assert_eq!(upload["SuspicionScore"], 2);
    assert_eq!(upload["_record"], 157318);
    assert_eq!(upload["_detection"], "exfil_over_cleartext");
    assert_eq!(upload["_severity"], "high");
    assert_eq!(upload["_time"], 1_795_554_842.122);
    assert!(err(&found).contains("2 findings (1 FTP, 1 Plaintext_Network)"), "{}", err(&found));
}

#[test]
fn the_table_fits_into_80_columns() {
    let found = sluice(&["scan", "-p", HUNT, &log("test2_curl_http_upload"), "-o", "table"]);
    let text = out(&found);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.contains("Destination  203.0.113.80:8080"), "{text}");
    let whole = sluice(&[
        "scan",
        "-p",
        HUNT,
        &log("test2_curl_http_upload/sysmon_external.log"),
        "-o",
        "table",
        "-v",
    ]);
    assert!(out(&whole).replace("\n               ", "").contains("http://203.0.113.80:8080/upload"));
}

#[test]
fn escapes_in_logs_are_shown_not_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.jsonl");
    let event = r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,
        "TimeCreated":{"#attributes":{"SystemTime":"2026-11-24T21:14:02.122Z"}},"EventRecordID":1,
        "Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"A"},"EventData":{"User":"\u202eb",
        "Image":"C:\\ftp.exe","CommandLine":"ftp.exe \u001b[2J\u001b]0;x\u0007 \u009b31m"}}}"##;
    fs::write(&path, event.replace('\n', "") + "\n").unwrap();
    for format in ["table", "jsonl"] {
        let found =
            sluice(&["scan", "-p", HUNT, &path.display().to_string(), "-o", format, "--color", "never"]);
        let text = out(&found);
        assert!(text.contains("ftp.exe"), "{text} {}", err(&found));
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{text:?}");
    }
}

#[test]
fn outputs_go_to_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let found = sluice(&[
        "scan",
        "-p",
        HUNT,
        &log("test1_ftp_native_client/sysmon_external.xml"),
        "-o",
        &format!("csv={}", file("a.csv")),
        "-o",
        &format!("jsonl={}", file("a.jsonl")),
        "--summary",
        &file("summary.json"),
        "--fail-on",
        "high",
    ]);
    assert_eq!(code(&found), 1);
    assert_eq!(out(&found), "");
    let csv = fs::read_to_string(file("a.csv")).unwrap();
    assert!(csv.starts_with("_detection,_severity,_time,host,User,Image"), "{csv}");
    assert_eq!(csv.matches("\r\n").count(), 4);
    assert_eq!(fs::read_to_string(file("a.jsonl")).unwrap().lines().count(), 3);
    let summary: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(file("summary.json")).unwrap()).unwrap();
    assert_eq!(summary["by_method"]["FTP"], 3);
    assert_eq!(summary["exit"], 1);
}

#[test]
fn what_cannot_be_read_is_said_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("noise.bin"), [0u8, 1, 2, 3, 255]).unwrap();
    fs::write(folder.path().join("empty.json"), "").unwrap();
    fs::write(folder.path().join("half.jsonl"), "{\"a\":1}\n{\"a\":\n{\"a\":3}\n").unwrap();
    let walked = sluice(&["scan", &folder.path().display().to_string()]);
    assert_eq!(code(&walked), 3, "{}", err(&walked));
    assert!(err(&walked).contains("noise.bin: not recognised"), "{}", err(&walked));
    assert!(err(&walked).contains("empty.json: empty"), "{}", err(&walked));
    assert!(err(&walked).contains("half.jsonl at offset"), "{}", err(&walked));
    fs::remove_file(folder.path().join("half.jsonl")).unwrap();
    assert_eq!(code(&sluice(&["scan", &folder.path().display().to_string()])), 0);
    assert_eq!(code(&sluice(&["scan", &folder.path().join("noise.bin").display().to_string()])), 3);
}

#[test]
fn a_missing_path_is_an_error_after_the_others_are_read() {
    let found =
        sluice(&["scan", "-p", HUNT, "no-such-path", &log("test3_dns_nslookup/sysmon.log"), "--quiet"]);
    assert_eq!(code(&found), 2);
    assert_eq!(out(&found).lines().count(), 1);
    assert!(err(&found).contains("no-such-path"), "{}", err(&found));
    assert_eq!(code(&sluice(&["scan"])), 2);
}

#[test]
fn search_runs_a_query() {
    let logs = log("fp4_authorized_scanners/sysmon.log");
    let found =
        sluice(&["search", "EventCode=3 | stats count BY DestinationPort | sort DestinationPort", &logs]);
    assert_eq!(
        out(&found),
        "{\"DestinationPort\":\"21\",\"count\":1}\n{\"DestinationPort\":\"80\",\"count\":1}\n",
        "{}",
        err(&found)
    );
    let none = sluice(&["search", "index=main", &logs]);
    assert_eq!((code(&none), out(&none).as_str()), (0, ""));
    assert!(err(&none).contains("3 events, index=wineventlog sourcetype=XmlWinEventLog"), "{}", err(&none));
    let generated = sluice(&["search", "| makeresults | eval x=1+1 | table x"]);
    assert_eq!(out(&generated), "{\"x\":2}\n");
    assert_eq!(code(&sluice(&["search", "EventCode=3"])), 2);
}

#[test]
fn the_seed_runs_from_its_file() {
    let seed = root().join("packages/T1048.003/seed.spl").display().to_string();
    let logs = log("test1_ftp_native_client/sysmon_external.evtxdump.jsonl");
    let found = sluice(&["search", "-f", &seed, &logs, "--provenance"]);
    assert_eq!(code(&found), 0);
    assert_eq!(out(&found).lines().count(), 2);
    assert!(out(&found).contains("\"_record\":157311"), "{}", out(&found));
    assert!(err(&found).contains("SPL0400"), "{}", err(&found));
}

#[test]
fn a_wrong_query_shows_the_place() {
    let found = sluice(&["search", "| makeresults | dedpu x"]);
    assert_eq!(code(&found), 2);
    assert!(err(&found).contains("SPL0100"), "{}", err(&found));
    assert!(err(&found).contains("\n                    ^^^^^"), "{}", err(&found));
    assert!(err(&found).contains("did you mean `dedup`"), "{}", err(&found));
}

#[test]
fn check_says_whether_queries_can_run() {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("app/default");
    fs::create_dir_all(&app).unwrap();
    fs::write(app.join("macros.conf"), "[mine]\ndefinition = EventCode=1\n").unwrap();
    fs::write(
        app.join("savedsearches.conf"),
        "[good]\nsearch = `mine` \\\n| head 1\n[bad]\nsearch = * | nope\n",
    )
    .unwrap();
    let checked = sluice(&["check", &folder.path().display().to_string()]);
    assert_eq!(code(&checked), 1, "{}", err(&checked));
    let rows: Vec<serde_json::Value> =
        out(&checked).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((rows[0]["name"].as_str(), rows[0]["status"].as_str()), (Some("good"), Some("ok")));
    assert_eq!(rows[1]["diagnostics"][0]["column"], 5);
    assert_eq!(rows[1]["diagnostics"][0]["file_line"], 5);
    assert_eq!(rows[1]["diagnostics"][0]["file_column"], 14);
    let shipped = sluice(&["check", "-o", "table"]);
    assert_eq!(code(&shipped), 0);
    assert!(out(&shipped).contains(" ok, 1 with warnings, 0 with errors"), "{}", out(&shipped));
}

#[test]
fn check_tells_what_it_could_not_read_and_where_errors_stand() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    write("a.yml", b"name: A\nsearch: |\n  index=main\n  | nope\n");
    write("b.jsonl", b"{\"search\": \"*\"}\n{\"search\": \n");
    write("c.spl", b"index=\xff");
    let checked = sluice(&["check", "-o", "table", &folder.path().display().to_string()]);
    assert_eq!(code(&checked), 3, "{}", err(&checked));
    assert!(out(&checked).contains("a.yml:4:5"), "{}", out(&checked));
    assert!(err(&checked).contains("b.jsonl: a line is no JSON, first line 2"), "{}", err(&checked));
    assert!(err(&checked).contains("c.spl: not UTF-8: line 1"), "{}", err(&checked));
}

#[test]
fn test_holds_the_shipped_package_to_its_word() {
    let tested = sluice(&["test", "-o", "table"]);
    assert_eq!(code(&tested), 0, "{}", out(&tested));
    assert!(out(&tested).contains(" 0 failed"), "{}", out(&tested));
}

#[test]
fn a_gap_that_closes_fails_the_test() {
    let folder = tempfile::tempdir().unwrap();
    let log = log("test2_curl_http_upload/sysmon_external.log");
    let detection = format!(
        "name: a\nsearch: EventCode=1 | table Image\ntests:\n- name: b\n  attack_data: [{{data: '{log}'}}]\n  \
         found: []\n  gaps: [{{missed: {{_record: 157318}}, reason: c}}]\n"
    );
    let path = folder.path().join("a.yml");
    fs::write(&path, detection).unwrap();
    let tested = sluice(&["test", &path.display().to_string()]);
    assert_eq!(code(&tested), 1);
    assert!(out(&tested).contains("a known gap has closed"), "{}", out(&tested));
}

#[test]
fn inputs_says_what_each_file_is_taken_for() {
    let found = sluice(&[
        "inputs",
        &log("test5_linux_tar_curl_ftp/auditd.log"),
        &log("test3_dns_nslookup/sysmon.xml"),
    ]);
    assert_eq!(code(&found), 0);
    let rows: Vec<serde_json::Value> =
        out(&found).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((rows[0]["format"].as_str(), rows[0]["status"].as_str()), (Some("auditd"), Some("read")));
    assert_eq!(rows[0]["names"][0]["sourcetype"], "linux:audit");
    assert!(rows[0]["because"].as_str().is_some_and(|because| because.contains("msg=audit")));
    assert_eq!(rows[1]["names"][0]["index"], "wineventlog");
    assert_eq!(rows[1]["events"], 2);
}

#[test]
fn a_folder_without_files_is_said_and_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    for args in [&["scan", path.as_str()][..], &["search", "*", &path], &["inputs", &path]] {
        let found = sluice(args);
        assert_eq!(code(&found), 0, "{}", err(&found));
        assert!(err(&found).contains(&format!("there are no files in {path}")), "{}", err(&found));
    }
}

#[test]
fn help_shows_commands_and_functions() {
    assert!(out(&sluice(&["help", "dedup"])).contains("dedup"));
    assert!(out(&sluice(&["help", "match"])).contains("match(TEXT, REGEX)"));
    assert!(out(&sluice(&["help", "mean"])).contains("avg (stats function)"));
    assert!(out(&sluice(&["help", "perc99.5"])).contains("perc<N>(X)"));
    assert!(out(&sluice(&["help", "perc"])).contains("Differs from Splunk's: exact at any number of values"));
    assert!(out(&sluice(&["help", "cidrmatch"])).contains("Differs from Splunk's: an address that is none"));
    assert!(out(&sluice(&["help", "outputlookup"])).contains("  output_format=: is `splunk_sv_csv`"));
    assert!(out(&sluice(&["help", "scan"])).contains("--fail-on"));
    assert_eq!(code(&sluice(&["help", "dedpu"])), 2);
}

#[test]
fn a_broken_pipe_is_a_success() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sluice"))
        .args(["search", "| makeresults count=50000 | eval x=\"0123456789\"", "--quiet"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// A package of one detection, with a test for each verdict.
fn small_package(folder: &Path) {
    let tests = folder.join("tests");
    fs::create_dir_all(&tests).unwrap();
    for name in ["test2_curl_http_upload/sysmon_external.log", "test2_curl_http_upload/security_4688.xml"] {
        fs::copy(log(name), tests.join(name.rsplit('/').next().unwrap())).unwrap();
    }
    fs::copy(log("test5_linux_tar_curl_ftp/auditd.log"), tests.join("auditd.log")).unwrap();
    let detection = "name: Upload\nsearch: 'EventCode=1 CommandLine=*upload*'\ntype: TTP\n\
        tags: {mitre_attack_id: [T1048.003]}\n";
    fs::write(folder.join("upload.yml"), detection).unwrap();
    let expected = "- {name: curl, attack_data: [{data: sysmon_external.log}], found: [{_record: 157318}]}\n\
        - name: curl in the Security log\n  variant: curl\n  attack_data: [{data: security_4688.xml}]\n  found: []\n\
        \x20 gaps: [{missed: {EventCode: 4688}, reason: Sysmon alone is read.}]\n\
        - {name: tar, attack_data: [{data: auditd.log}], found: []}\n";
    fs::write(tests.join("upload.yml"), expected).unwrap();
}

#[test]
fn a_report_says_what_fires_in_which_telemetry_and_why_not() {
    let folder = tempfile::tempdir().unwrap();
    small_package(folder.path());
    let layer = folder.path().join("layer.json");
    let package = folder.path().to_str().unwrap();
    let shown = sluice(&["report", package, "-o", "jsonl", "--navigator", layer.to_str().unwrap()]);
    assert_eq!(code(&shown), 0, "{}", err(&shown));
    let entries: Vec<serde_json::Value> =
        out(&shown).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| [&entry["variant"], &entry["telemetry"][0], &entry["verdict"], &entry["reasons"][0]])
        .map(|told| told.map(|value| value.as_str().unwrap_or("-")))
        .collect();
    assert_eq!(
        told,
        [
            ["curl", "Sysmon", "fires", "-"],
            ["curl", "Security", "gap", "Sysmon alone is read."],
            ["tar", "auditd", "silent", "-"]
        ]
    );
    let layer: serde_json::Value = serde_json::from_slice(&fs::read(layer).unwrap()).unwrap();
    assert_eq!(layer["techniques"][0]["techniqueID"], "T1048.003");
    assert_eq!(layer["techniques"][0]["score"], 100);

    let table = out(&sluice(&["report", package, "-o", "table"]));
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert!(table.contains("  fires    curl  Sysmon\n"), "{table}");
    assert!(table.ends_with("all       fires 1, silent 1\n"), "{table}");
}

#[test]
fn a_macro_s_validation_is_an_error_at_the_call() {
    let app = tempfile::tempdir().unwrap();
    fs::create_dir(app.path().join("default")).unwrap();
    let conf = "[few(1)]\nargs = n\ndefinition = makeresults count=$n$\nvalidation = n < 10\nerrormsg = n is too large\n\
        [as(1)]\nargs = n\ndefinition = \"eval x=\" . $n$ * 2\niseval = 1\n";
    fs::write(app.path().join("default/macros.conf"), conf).unwrap();
    let app = app.path().display().to_string();
    let search = |query: &str| sluice(&["search", query, "--app", &app, "-o", "jsonl"]);
    let found = search("| `few(1)` | `as(21)` | table x");
    assert_eq!((code(&found), out(&found)), (0, "{\"x\":42}\n".to_owned()), "{}", err(&found));
    let refused = search("| `few(10)`");
    assert_eq!(code(&refused), 2);
    let text = err(&refused);
    assert!(
        text.contains("SPL0312 macro `few`: n is too large\n    | `few(10)`\n      ^^^^^^^^^ refused"),
        "{text}"
    );
}
