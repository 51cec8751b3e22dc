//! The sample logs are as checked in, and so is what the query must find in them.
//!
//! After a change, `SLUICE_UPDATE_EXPECTED=1 cargo test -p sluice-samples` writes both again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use evtx::{EvtxParser, ParserSettings};
use serde_json::{Map, Value, json};
use sluice_samples::event::Event;
use sluice_samples::render::to_evtx_dump_json;
use sluice_samples::shipped::{Format, SampleLog, logs};

use crate::seed::{Reading, Seed};

fn expected_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected.json")
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples")
}

fn is_update() -> bool {
    std::env::var_os("SLUICE_UPDATE_EXPECTED").is_some()
}

/// The hits of one reading, by record and, where events are lines, by line.
fn hits(log: &SampleLog, reading: Reading) -> Vec<Value> {
    let seed = Seed::new();
    let first_line = match log.format {
        Format::Evtx => None,
        Format::XmlDocument => Some(3),
        _ => Some(1),
    };
    let hit = |(at, event): (usize, &Event)| {
        let verdict = seed.verdict(event, reading)?;
        Some(json!({
            "record": event.record_id,
            "line": first_line.map(|line| line + at),
            "EventCode": event.event_id,
            "Image": event.text("Image"),
            "ExfilMethod": verdict.method,
            "SuspicionScore": verdict.score,
        }))
    };
    log.events.iter().enumerate().filter_map(hit).collect()
}

/// The sourcetype of the query is that of Windows: on Linux it finds nothing until that is fixed.
fn expectation(log: &SampleLog) -> Value {
    let mut codes: BTreeMap<String, u64> = BTreeMap::new();
    log.events.iter().for_each(|event| *codes.entry(event.event_id.to_string()).or_default() += 1);
    let (written, intended) = (hits(log, Reading::AsWritten), hits(log, Reading::AsIntended));
    let about = json!({ "records": log.events.len(), "event_codes": codes });
    let verdicts = match log.format {
        Format::Syslog => json!({
            "as_written": [], "as_intended": [],
            "as_written_if_sourcetype_fixed": written, "as_intended_if_sourcetype_fixed": intended,
        }),
        _ => json!({ "as_written": written, "as_intended": intended }),
    };
    let members = [about, verdicts].into_iter().filter_map(|part| part.as_object().cloned()).flatten();
    Value::Object(members.collect())
}

#[test]
fn the_expectations_are_what_the_query_finds_in_the_generated_events() {
    let all: Map<String, Value> = logs().iter().map(|log| (log.name.to_owned(), expectation(log))).collect();
    let text = serde_json::to_string_pretty(&all).unwrap() + "\n";
    if is_update() {
        fs::write(expected_file(), &text).unwrap();
    }
    assert!(fs::read_to_string(expected_file()).unwrap() == text, "tests/expected.json is out of date");
}

#[test]
fn the_checked_in_logs_are_what_the_generator_writes() {
    if is_update() {
        sluice_samples::shipped::write(&samples()).unwrap();
    }
    let mut total = 0;
    for log in logs() {
        let content = log.to_bytes().unwrap();
        assert!(
            fs::read(samples().join(log.name)).unwrap() == content,
            "samples/{} is out of date",
            log.name
        );
        total += content.len();
    }
    assert!(total < 3_000_000, "{total} bytes are too many to check in");
}

#[test]
fn every_test_of_windows_is_found_in_every_log_of_windows() {
    for log in logs().iter().filter(|log| log.format != Format::Syslog) {
        let found = hits(log, Reading::AsIntended);
        for method in ["FTP", "DNS_Tunnel", "SMTP", "Plaintext_Network"] {
            assert!(found.iter().any(|hit| hit["ExfilMethod"] == method), "no {method} in {}", log.name);
        }
        assert!(found.iter().any(|hit| hit["SuspicionScore"] == 2), "no upload with curl in {}", log.name);
    }
}

#[test]
fn the_evtx_log_reads_as_the_events_it_was_made_of() {
    let log = logs().into_iter().find(|log| log.format == Format::Evtx).unwrap();
    let settings = ParserSettings::default().num_threads(1).indent(false).validate_checksums(true);
    let mut parser = EvtxParser::from_buffer(log.to_bytes().unwrap()).unwrap().with_configuration(settings);
    let records: Vec<String> = parser.records_json().map(|record| record.unwrap().data).collect();
    assert_eq!(records.len(), log.events.len());
    records.iter().zip(&log.events).for_each(|(record, event)| assert_eq!(*record, to_evtx_dump_json(event)));
}

#[test]
fn every_line_of_json_is_json() {
    for log in logs().iter().filter(|log| log.name.ends_with(".jsonl")) {
        let content = String::from_utf8(log.to_bytes().unwrap()).unwrap();
        let values = content.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        assert_eq!(values.filter(Value::is_object).count(), log.events.len());
        // Parsing and printing drops the second of two members with the same name.
        let printed = content.lines().map(|line| serde_json::from_str::<Value>(line).unwrap().to_string());
        printed.zip(content.lines()).for_each(|(printed, line)| assert_eq!(printed, line));
    }
}
