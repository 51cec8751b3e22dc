//! The loops that cost most, each over what makes it work.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use jiff::tz::TimeZone;
use sluice_events::batch::{EventBuilder, Overrides, Position};
use sluice_events::filter::{Condition, FilterBuilder};
use sluice_events::format::{HEAD, sniff};
use sluice_events::request::Request;
use sluice_events::time;
use sluice_samples::event::Event;
use sluice_samples::time::FileTime;
use sluice_samples::value::Value;

use crate::logs::{self, Log};
use crate::readers::{contains, request};
use crate::{group, read};

pub(crate) fn all(criterion: &mut Criterion) {
    let json = logs::json();
    times(criterion);
    heads(criterion, &json);
    columns(criterion);
    lines(criterion, &json);
    matching(criterion, &json);
    narrowing(criterion);
}

/// The timestamp of a number.
type Form = fn(u32) -> String;

/// Reading timestamps.
fn times(criterion: &mut Criterion) {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let forms: [(&str, TimeZone, Form); 3] = [
        ("iso", TimeZone::UTC, |at| format!("2026-11-24T21:{:02}:{:02}.118000Z", at / 60 % 60, at % 60)),
        ("local", berlin, |at| format!("2026-11-24 21:{:02}:{:02}", at / 60 % 60, at % 60)),
        ("epoch", TimeZone::UTC, |at| format!("{}.118", 1_764_000_000 + at)),
    ];
    let mut group = group(criterion, "time");
    for (name, zone, form) in forms {
        let texts: Vec<String> = (0..10_000).map(form).collect();
        group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
        group.bench_function(name, |bencher| {
            bencher.iter(|| texts.iter().filter_map(|text| time::parse(black_box(text), &zone)).sum::<f64>());
        });
    }
}

/// Telling a format from a file's first bytes.
fn heads(criterion: &mut Criterion, json: &str) {
    let head = &json.as_bytes()[..HEAD];
    let mut group = group(criterion, "sniff");
    group.throughput(Throughput::Bytes(head.len() as u64));
    group.bench_function("json", |bencher| bencher.iter(|| sniff(black_box(head))));
}

/// Values into columns, by name.
fn columns(criterion: &mut Criterion) {
    let events: Vec<Vec<(String, String)>> = logs::events().take(8_000).map(|event| fields(&event)).collect();
    let bytes = events.iter().flatten().map(|(_, value)| value.len() as u64).sum();
    let few = request(&["Image", "CommandLine", "ProcessGuid"]);
    let mut group = group(criterion, "columns");
    group.throughput(Throughput::Bytes(bytes));
    for (name, rest) in [("few", false), ("all", true)] {
        let request = Arc::new(Request { rest, ..few.clone() });
        group.bench_function(name, |bencher| bencher.iter(|| build(&request, &events)));
    }
}

fn fields(event: &Event) -> Vec<(String, String)> {
    event.data.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

fn build(request: &Arc<Request>, events: &[Vec<(String, String)>]) -> usize {
    let overrides = Overrides::default();
    let mut builder = EventBuilder::new(Arc::clone(request), Arc::default(), "log", &overrides, 0);
    for event in events {
        event.iter().for_each(|(name, value)| builder.set(name, value));
        builder.finish_event(Position::default());
    }
    builder.take().map_or(0, |batch| black_box(batch).num_rows())
}

/// Lines that no field is looked for in: cutting them, and the search for a second document on a line.
fn lines(criterion: &mut Criterion, json: &str) {
    let utf16: Vec<u8> = json.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let filter = FilterBuilder::default().finish(Condition::Never).map(Arc::new);
    let request = Request { filter, ..Request::default() };
    let mut group = group(criterion, "lines");
    let log = Log::new("a.jsonl", json.as_bytes());
    read(&mut group, "utf8", &log, request.clone());
    group.bench_function("counted", |bencher| bencher.iter(|| log.count_lines()));
    read(&mut group, "utf16", &Log::new("a.jsonl", &utf16), request);
}

/// The filter: the search for a field's name in whole lines, then tests on values that repeat, which are
/// remembered, and on values that do not.
fn matching(criterion: &mut Criterion, json: &str) {
    let line = |image: String| format!("{{\"Image\":{}}}", serde_json::Value::from(image));
    let repeated = logs::lines(logs::events().filter_map(|event| event.text("Image")).map(line));
    let distinct =
        logs::lines((0..).map(|at: u32| line(format!("C:\\Users\\u{at}\\AppData\\Local\\{at:x}.exe"))));
    let mut group = group(criterion, "filter");
    for (name, field, content) in
        [("names", "NotThere", json), ("repeated", "Image", &repeated), ("distinct", "Image", &distinct)]
    {
        let mut filter = FilterBuilder::default();
        let test = contains(&mut filter, field, &["\\ftp.exe", "\\tftp.exe", "\\curl.exe", "\\wget.exe"]);
        let filter = filter.finish(Condition::Holds(test)).map(Arc::new);
        let log = Log::new("a.jsonl", content.as_bytes());
        read(&mut group, name, &log, Request { filter, ..request(&[field]) });
    }
}

/// EVTX records whose bytes are nearly all one text: UTF-16 into a column.
fn narrowing(criterion: &mut Criterion) {
    let texts = [
        ("ascii", "powershell.exe -EncodedCommand SQBFAFgA ".repeat(50)),
        ("other", "Größe für Zoë ".repeat(140)),
    ];
    let mut group = group(criterion, "utf16");
    for (name, text) in texts {
        let events = (1..).map(|record_id| {
            let data = vec![("CommandLine".into(), Value::text(text.clone()))];
            Event { record_id, ..Event::sysmon(1, FileTime::ATTACK, "WS-01".into(), data) }
        });
        let log = Log::new("a.evtx", &logs::evtx(events));
        read(&mut group, name, &log, request(&["CommandLine"]));
    }
}
