//! A run that is stopped says what it had and leaves nothing behind.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn start(args: &[&str], temporary: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_sluice"))
        .args(args)
        .env("TMPDIR", temporary)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A log of about so many bytes.
fn log(bytes: usize) -> tempfile::NamedTempFile {
    let log = tempfile::Builder::new().suffix(".jsonl").tempfile().unwrap();
    let mut out = BufWriter::new(log.as_file());
    for at in 0..bytes / 1_000 {
        let (time, text) = (1_700_000_000 + at, "x".repeat(960));
        writeln!(out, "{{\"_time\": {time}, \"text\": \"{text}\"}}").unwrap();
    }
    out.flush().unwrap();
    drop(out);
    log
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

fn has_file(folder: &Path) -> bool {
    fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        path.is_file() || has_file(&path)
    })
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_time_budget_holds_while_the_input_waits() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = start(&["search", "*", "-", "--timeout", "300ms"], folder.path());
    let stdin = child.stdin.take().unwrap();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("the time budget of 300ms is used up"), "{}", said(&output));
}

#[test]
fn a_time_budget_holds_while_the_input_flows() {
    let (folder, log) = (tempfile::tempdir().unwrap(), log(100_000_000));
    let child = start(&["scan", log.path().to_str().unwrap(), "--timeout", "300ms"], folder.path());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("the time budget of 300ms is used up"), "{}", said(&output));
    assert!(said(&output).contains(" event"), "what was read is said: {}", said(&output));
}

#[test]
fn ctrl_c_removes_what_was_spilled() {
    let (folder, log) = (tempfile::tempdir().unwrap(), log(60_000_000));
    let path = log.path().to_str().unwrap();
    // Nobody reads what it writes, so it does not end by itself.
    let mut child = start(&["search", "* | sort 0 text", path, "--memory", "64MB"], folder.path());
    while !has_file(folder.path()) {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it spilled");
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    assert!(said(&output).contains("interrupted"), "{}", said(&output));
    assert!(said(&output).contains(" event"), "what was read is said: {}", said(&output));
    assert!(is_empty(folder.path()), "{:?}", fs::read_dir(folder.path()).unwrap().collect::<Vec<_>>());
}

#[test]
fn what_spills_gives_the_same_rows_and_is_removed() {
    let (folder, log) = (tempfile::tempdir().unwrap(), log(40_000_000));
    let path = log.path().to_str().unwrap();
    let query = "* | eventstats count by host | eval n=tonumber(strftime(_time, \"%S\")) | sort 0 n, _time | \
                 table _time, n, count, text";
    let rows = |memory: &[&str]| {
        let output =
            start(&[&["search", query, path], memory].concat(), folder.path()).wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(is_empty(folder.path()));
        output.stdout
    };
    assert!(rows(&["--memory", "64MB"]) == rows(&[]));
}
