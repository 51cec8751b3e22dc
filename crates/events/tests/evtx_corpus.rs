//! EVTX files of a corpus, read by us and by the `evtx` crate: the same events, the same values.
//!
//! Runs where `SLUICE_CORPUS` names a folder with `evtx` or `corpus/evtx` in it.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use evtx::EvtxParser;
use serde_json::Value;
use sluice_events::batch::{EventBuilder, Overrides};
use sluice_events::field;
use sluice_events::format::{Open, Source, evtx as ours, windows_xml};
use sluice_events::inputs::Options;
use sluice_events::request::{Request, Wanted};
use sluice_events::tally::Tally;

/// The corpus's EVTX files; `None`, said aloud, where there is no corpus.
fn corpus() -> Option<Vec<PathBuf>> {
    let Some(root) = std::env::var_os("SLUICE_CORPUS") else {
        eprintln!("skipped: SLUICE_CORPUS is not set");
        return None;
    };
    let mut files = Vec::new();
    let root = Path::new(&root);
    let folder = Some(root.join("evtx")).filter(|folder| folder.is_dir());
    gather(&folder.unwrap_or_else(|| root.join("corpus/evtx")), &mut files);
    files.sort();
    assert!(!files.is_empty(), "no EVTX files in the corpus");
    Some(files)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            gather(&entry, files);
        } else if entry.extension().is_some_and(|e| e.eq_ignore_ascii_case("evtx")) {
            files.push(entry);
        }
    }
}

/// An event: its record, and the values of each field.
#[derive(Debug, Default, PartialEq)]
struct Event {
    record: u64,
    fields: BTreeMap<String, Vec<String>>,
}

/// All fields of all events; the losses.
fn read_all(open: Open, bytes: &[u8], fields: &[&str]) -> (Vec<Event>, Arc<Tally>) {
    let fields = [field::RECORD].iter().chain(fields).map(|name| Wanted::one(*name)).collect();
    let request = Arc::new(Request { fields, rest: true, ..Request::default() });
    let tally = Arc::new(Tally::default());
    let events = EventBuilder::new(request, Arc::clone(&tally), "x", &Overrides::default(), 0);
    let source = Source {
        name: "x".to_owned(),
        bytes: Box::new(std::io::Cursor::new(bytes.to_vec())),
        start: 0,
        end: None,
        size: None,
        header: Vec::new(),
        lines: None,
        file: None,
        footer: None,
        tally: Arc::clone(&tally),
        options: Options::default(),
    };
    let mut reader = open(source, events);
    let mut all = Vec::new();
    while let Some(batch) = reader.next_batch().unwrap() {
        let rest = batch.column(batch.num_columns() - 1).as_list::<i32>();
        for row in 0..batch.num_rows() {
            let record = batch.column(0).as_primitive::<Int64Type>().value(row).cast_unsigned();
            let mut event = Event { record, ..Event::default() };
            let values = rest.value(row);
            let (names, values) = (values.as_struct().column(0), values.as_struct().column(1));
            for at in 0..names.len() {
                let name = names.as_string_view().value(at).to_owned();
                event.fields.entry(name).or_default().push(values.as_string_view().value(at).to_owned());
            }
            for (at, field) in fields_of(&batch).enumerate().skip(1) {
                if batch.column(at).is_valid(row) {
                    event.fields.insert(field, vec![batch.column(at).as_string_view().value(row).to_owned()]);
                }
            }
            all.push(event);
        }
    }
    (all, tally)
}

fn fields_of(batch: &arrow::record_batch::RecordBatch) -> impl Iterator<Item = String> {
    let names: Vec<String> = batch.schema().fields().iter().map(|f| f.name().clone()).collect();
    let count = names.len() - 1;
    names.into_iter().take(count)
}

/// The records that the crate reads, as JSON.
fn oracle(bytes: &[u8]) -> Vec<(u64, Value)> {
    let mut parser = EvtxParser::from_buffer(bytes.to_vec()).unwrap();
    let records = parser.records_json_value().filter_map(Result::ok);
    records.map(|record| (record_id(&record.data), record.data)).collect()
}

fn record_id(json: &Value) -> u64 {
    let id = &json["Event"]["System"]["EventRecordID"];
    id.as_u64().or_else(|| id.as_str()?.parse().ok()).unwrap_or(0)
}

#[test]
fn events_are_those_of_the_evtx_crate() {
    let Some(files) = corpus() else { return };
    let (mut count, mut compared) = (0, 0);
    for file in &files {
        let bytes = std::fs::read(file).unwrap();
        let (ours, tally) = read_all(ours::open, &bytes, &[]);
        let theirs = oracle(&bytes);
        let our_ids: Vec<u64> = ours.iter().map(|event| event.record).collect();
        let their_ids: Vec<u64> = theirs.iter().map(|(id, _)| *id).collect();
        // The crate gives up a chunk that the file ends in.
        let is_cut = (bytes.len() - 4_096) % 65_536 != 0;
        let comparable = if is_cut { our_ids.len().min(their_ids.len()) } else { our_ids.len() };
        assert_eq!(our_ids[..comparable], their_ids, "{} {:?}", file.display(), tally.losses());
        for (event, (_, json)) in ours.iter().zip(&theirs) {
            compared += compare(event, json, file);
        }
        count += ours.len();
        let (losses, _) = tally.losses();
        if !losses.is_empty() {
            eprintln!("{}: {} losses, first {:?}", file.display(), losses.len(), losses[0]);
        }
    }
    eprintln!("{} files, {count} events, {compared} values compared", files.len());
}

/// Each value that the crate gives is a value that we give.
fn compare(event: &Event, json: &Value, file: &Path) -> usize {
    let mut expected = Vec::new();
    let root = &json["Event"];
    for (name, value) in [
        ("EventCode", &root["System"]["EventID"]),
        ("Computer", &root["System"]["Computer"]),
        ("Channel", &root["System"]["Channel"]),
        ("SystemTime", &root["System"]["TimeCreated"]["#attributes"]["SystemTime"]),
        ("Name", &root["System"]["Provider"]["#attributes"]["Name"]),
        ("UserID", &root["System"]["Security"]["#attributes"]["UserID"]),
    ] {
        leaves(name, value, &mut expected);
    }
    for part in ["EventData", "UserData"] {
        leaves(part, &root[part], &mut expected);
    }
    for (name, value) in &expected {
        let given = event.fields.get(name).map_or(&[][..], Vec::as_slice);
        let wanted = plain(value);
        assert!(
            given.iter().any(|given| plain(given) == wanted),
            "{} record {}: {name} is {given:?}, the crate says {value:?}\n{json:#}",
            file.display(),
            event.record
        );
    }
    expected.len()
}

/// The leaves of the crate's JSON as fields; attributes are none, `Name_2` is a second `Name`.
fn leaves(name: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members.iter().filter(|(member, _)| *member != "#attributes") {
                leaves(if member == "#text" { name } else { member }, value, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(name, item, into)),
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => into.push((field_name(name), text.clone())),
        other => into.push((field_name(name), other.to_string())),
    }
}

fn field_name(name: &str) -> String {
    let name = match name.rsplit_once('_') {
        Some(("Data", number)) if number.parse::<u32>().is_ok() => "Data",
        _ => name,
    };
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// Without what is rendered differently: GUIDs in upper case, nine digits of a time's fraction,
/// controls.
fn plain(text: &str) -> String {
    let is_kept = |c: char| !c.is_ascii_control() || matches!(c, '\t' | '\r' | '\n' | '\x7f');
    let text: String = text.to_lowercase().chars().map(|c| if is_kept(c) { c } else { '_' }).collect();
    match text.strip_suffix("z").and_then(|time| time.split_once('.')) {
        Some((clock, fraction)) if clock.contains('t') => {
            format!("{clock}.{}z", fraction.trim_end_matches('0'))
        }
        _ => text,
    }
}

/// Both ways from a record to its fields: by the values of its templates, and by its XML.
#[test]
fn fields_from_values_are_those_from_xml() {
    let Some(files) = corpus() else { return };
    for file in &files {
        let bytes = std::fs::read(file).unwrap();
        let (events, _) = read_all(ours::open, &bytes, &["_raw"]);
        let lines: String = events.iter().map(|event| format!("{}\n", event.fields["_raw"][0])).collect();
        let (from_xml, _) = read_all(windows_xml::open, lines.as_bytes(), &["_raw"]);
        assert_eq!(events.len(), from_xml.len(), "{}", file.display());
        for (event, xml) in events.into_iter().zip(from_xml) {
            assert_eq!(event, xml, "{}", file.display());
        }
    }
}

/// A damaged file is read to its end: nothing panics, no event is given twice.
#[test]
fn damaged_files_are_read_to_the_end() {
    let Some(files) = corpus() else { return };
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    let (mut whole, mut read, mut lost) = (0, 0, 0);
    for file in files.iter().filter(|file| file.metadata().unwrap().len() < 200_000) {
        let bytes = std::fs::read(file).unwrap();
        whole += read_all(ours::open, &bytes, &[]).0.len() * 4;
        for round in 0..4 {
            let mut bytes = bytes.clone();
            for _ in 0..1 << (2 * round) {
                let at = next(bytes.len());
                bytes[at] = next(256) as u8;
            }
            let (events, tally) = read_all(ours::open, &bytes, &["_raw"]);
            read += events.len();
            lost += tally.losses().1;
        }
    }
    eprintln!("{read} of {whole} events read, {lost} losses");
    assert!(read * 10 > whole * 8);
}

/// Where `SLUICE_BENCH` names a folder that `sluice-samples bench --xml-mb 100` wrote:
/// `cargo test --release -p sluice-events --test evtx_corpus speed -- --ignored --nocapture`
#[test]
#[ignore = "a measurement"]
fn speed() {
    let Some(folder) = std::env::var_os("SLUICE_BENCH") else {
        eprintln!("skipped: SLUICE_BENCH is not set");
        return;
    };
    let file = |name: &str| std::fs::read(Path::new(&folder).join(name)).unwrap().leak();
    let (evtx, xml): (&'static [u8], &'static [u8]) = (file("sysmon-1.evtx"), file("sysmon.xml"));
    let few = [
        "_time",
        "host",
        "source",
        "sourcetype",
        "EventCode",
        "Image",
        "CommandLine",
        "ParentImage",
        "User",
        "DestinationIp",
        "DestinationPort",
        "ProcessGuid",
    ];
    for fields in [&few[..], &["_raw"], &["EventCode"]] {
        (0..3).for_each(|_| measure("evtx", ours::open, evtx, fields));
        measure("xml", windows_xml::open, xml, fields);
    }
}

fn measure(format: &str, open: Open, bytes: &'static [u8], fields: &[&str]) {
    let wanted = fields.iter().map(|name| Wanted::one(*name)).collect();
    let request = Arc::new(Request { fields: wanted, ..Request::default() });
    let tally = Arc::new(Tally::default());
    let events = EventBuilder::new(request, Arc::clone(&tally), "x", &Overrides::default(), 0);
    let source = Source {
        name: "x".to_owned(),
        bytes: Box::new(bytes),
        start: 0,
        end: None,
        size: None,
        header: Vec::new(),
        lines: None,
        file: None,
        footer: None,
        tally: Arc::clone(&tally),
        options: Options::default(),
    };
    let started = cpu_seconds();
    let mut reader = open(source, events);
    while reader.next_batch().unwrap().is_some() {}
    let seconds = cpu_seconds() - started;
    let events = tally.events.load(std::sync::atomic::Ordering::Relaxed);
    let megabytes = bytes.len() as f64 / 1e6;
    let speed = megabytes / seconds;
    eprintln!("{format}, {} fields: {events} events, {speed:.0} MB/s", fields.len());
}

/// This thread's time on a core, so that what else runs on the machine counts less.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}
