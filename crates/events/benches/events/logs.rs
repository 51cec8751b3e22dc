//! The logs that are read, and the reading.

use std::collections::BTreeSet;
use std::fs;
use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use sluice_events::inputs::{self, Input, LineIndex, Options, Split};
use sluice_events::request::Request;
use sluice_events::tally::Tally;
use sluice_samples::bench::{self, Plan, Stream};
use sluice_samples::event::Event;
use sluice_samples::evtx::Writer;
use sluice_samples::render::to_nxlog_json;
use tempfile::TempDir;

/// Megabytes a format.
const SIZE: u64 = 8;
const MEGABYTE: u64 = 1_000_000;
/// As many as make the size.
const CSV_EVENTS: usize = 16_500;
/// What the generated events follow from.
const SEED: u64 = 1048;

/// A log as the readers are given it.
pub(crate) struct Log {
    inputs: Vec<Arc<Input>>,
    /// Its size.
    pub(crate) bytes: u64,
    /// Goes when nobody reads in it any more.
    _folder: Arc<TempDir>,
}

impl Log {
    /// A file with this content.
    pub(crate) fn new(name: &str, content: &[u8]) -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        fs::write(folder.path().join(name), content).unwrap();
        Self::found(&folder, name)
    }

    /// The files of a folder that match.
    fn found(folder: &Arc<TempDir>, pattern: &str) -> Self {
        let path = folder.path().join(pattern).to_str().unwrap().to_owned();
        let found = inputs::discover(&[path], &Options::default());
        let inputs: Vec<_> = found.inputs.into_iter().map(Arc::new).collect();
        let bytes = inputs.iter().map(|input| input.size).sum();
        Self { inputs, bytes, _folder: Arc::clone(folder) }
    }

    /// Reads all of it on one core and gives the number of events.
    pub(crate) fn read(&self, request: &Arc<Request>) -> usize {
        let (tally, options) = (Arc::new(Tally::default()), Options::default());
        let splits = self.inputs.iter().flat_map(|input| input.splits(u64::MAX));
        let open = |split: Split| split.open(Arc::clone(request), Arc::clone(&tally), &options, 0).unwrap();
        let mut events = 0;
        for mut reader in splits.map(open) {
            while let Some(batch) = reader.next_batch().unwrap() {
                events += black_box(batch).num_rows();
            }
        }
        assert_eq!(tally.losses().1, 0, "readers do something else with damaged logs");
        events
    }

    /// Counts its lines, as a split does that begins inside it.
    pub(crate) fn count_lines(&self) -> u64 {
        let lines = |input: &Arc<Input>| LineIndex::new(input.name.clone().into()).before(input.size);
        self.inputs.iter().map(lines).sum()
    }
}

/// The same kind of events in each format.
pub(crate) struct Logs {
    pub(crate) evtx: Log,
    pub(crate) json: Log,
    pub(crate) xml: Log,
    pub(crate) csv: Log,
}

impl Logs {
    /// Writes them.
    pub(crate) fn generate() -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        bench::write(folder.path(), Plan { evtx: SIZE, json: SIZE, xml: SIZE, seed: SEED }, |_| ()).unwrap();
        write_csv(&folder.path().join("sysmon.csv"));
        let found = |pattern| Log::found(&folder, pattern);
        Self { evtx: found("*.evtx"), json: found("*.jsonl"), xml: found("*.xml"), csv: found("*.csv") }
    }
}

/// Generated events, without end.
pub(crate) fn events() -> impl Iterator<Item = Event> {
    let mut stream = Stream::new(SEED, 300, 40);
    std::iter::repeat_with(move || stream.next())
}

/// An EVTX file of these events, as many as make the size.
pub(crate) fn evtx(mut events: impl Iterator<Item = Event>) -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(Vec::new())).unwrap();
    while writer.size() < SIZE * MEGABYTE {
        writer.write(&events.next().unwrap()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Lines, as many as make the size.
pub(crate) fn lines(mut lines: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    while (text.len() as u64) < SIZE * MEGABYTE {
        text.push_str(&lines.next().unwrap());
        text.push('\n');
    }
    text
}

/// JSON lines of generated events.
pub(crate) fn json() -> String {
    lines(events().map(|event| to_nxlog_json(&event)))
}

/// Writes events as Splunk exports them: a column for each field that one of them has.
fn write_csv(path: &Path) {
    let events: Vec<Event> = events().take(CSV_EVENTS).collect();
    let names: BTreeSet<&str> =
        events.iter().flat_map(|event| &event.data).map(|(name, _)| &**name).collect();
    let mut rows = csv::Writer::from_path(path).unwrap();
    let header = ["_time", "host", "EventCode"].into_iter().chain(names.iter().copied());
    rows.write_record(header).unwrap();
    for event in &events {
        let fixed = [event.time.to_string(), event.computer.to_string(), event.event_id.to_string()];
        let data = names.iter().map(|name| event.text(name).unwrap_or_default());
        rows.write_record(fixed.into_iter().chain(data)).unwrap();
    }
    rows.flush().unwrap();
}
