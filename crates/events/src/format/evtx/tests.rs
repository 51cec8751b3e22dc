use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};
use proptest::prelude::*;

use super::*;
use crate::batch::Overrides;
use crate::inputs::Options;
use crate::request::{Request, Wanted};
use crate::tally::Tally;

const FIELDS: [&str; 8] = ["_raw", "EventCode", "host", "source", "CommandLine", "Data", "Guid", "Param"];
/// 2026-11-24T21:14:02.1221234Z
const WHEN: u64 = 134_400_284_421_221_234;

/// Writes a chunk's records.
struct Writer(Vec<u8>);

impl Writer {
    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.0.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        self
    }

    /// A name, stored where it is used.
    fn name(&mut self, name: &str) -> &mut Self {
        let at = self.0.len() as u32 + 4;
        self.put(&at.to_le_bytes())
            .put(&[0; 6])
            .put(&(name.len() as u16).to_le_bytes())
            .text(name)
            .put(&[0, 0])
    }

    fn open(&mut self, name: &str, has_attributes: bool) -> &mut Self {
        self.put(&[if has_attributes { 0x41 } else { 0x01 }, 0xff, 0xff]).put(&[0; 4]).name(name);
        if has_attributes { self.put(&[0; 4]) } else { self }
    }

    fn attribute(&mut self, name: &str) -> &mut Self {
        self.put(&[0x06]).name(name)
    }

    fn constant(&mut self, text: &str) -> &mut Self {
        self.put(&[0x05, 0x01]).put(&(text.len() as u16).to_le_bytes()).text(text)
    }

    fn value(&mut self, id: u16, kind: u8) -> &mut Self {
        self.put(&[0x0e]).put(&id.to_le_bytes()).put(&[kind])
    }

    /// `<name>` value `</name>`
    fn leaf(&mut self, name: &str, id: u16, kind: u8) -> &mut Self {
        self.open(name, false).put(&[2]).value(id, kind).put(&[4])
    }

    /// Calls `body` and puts its length, as four bytes, before what it wrote.
    fn sized(&mut self, body: impl FnOnce(&mut Self)) -> &mut Self {
        let at = self.0.len();
        self.put(&[0; 4]);
        body(self);
        let size = (self.0.len() - at - 4) as u32;
        self.0[at..at + 4].copy_from_slice(&size.to_le_bytes());
        self
    }

    /// An instance: with the definition in it at first, later with its offset.
    fn instance(
        &mut self,
        known: &mut Option<u32>,
        definition: impl FnOnce(&mut Self),
        values: &[(u8, Vec<u8>)],
    ) -> &mut Self {
        self.put(&[0x0f, 1, 1, 0, 0x0c, 1]).put(&[0; 4]);
        match *known {
            Some(at) => {
                self.put(&at.to_le_bytes());
            }
            None => {
                let at = self.0.len() as u32 + 4;
                *known = Some(at);
                self.put(&at.to_le_bytes()).put(&[0; 20]).sized(definition);
            }
        }
        self.put(&(values.len() as u32).to_le_bytes());
        for (kind, bytes) in values {
            self.put(&(bytes.len() as u16).to_le_bytes()).put(&[*kind, 0]);
        }
        for (_, bytes) in values {
            self.put(bytes);
        }
        self
    }

    fn record(&mut self, id: u64, body: impl FnOnce(&mut Self)) {
        let start = self.0.len();
        self.put(b"\x2a\x2a\0\0").put(&[0; 4]).put(&id.to_le_bytes()).put(&WHEN.to_le_bytes());
        body(self);
        let size = (self.0.len() + 4 - start) as u32;
        self.put(&size.to_le_bytes());
        self.0[start + 4..start + 8].copy_from_slice(&size.to_le_bytes());
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn event_template(w: &mut Writer) {
    w.put(&[0x0f, 1, 1, 0]).open("Event", true).attribute("xmlns").constant("urn:e").put(&[2]);
    w.open("System", false).put(&[2]);
    w.open("Provider", true).attribute("Guid").value(5, 0x0f).put(&[3]);
    w.leaf("EventID", 0, 0x06);
    w.open("TimeCreated", true).attribute("SystemTime").value(1, 0x11).put(&[3]);
    w.leaf("EventRecordID", 2, 0x0a);
    w.open("Correlation", true).attribute("ActivityID").value(9, 0x0f).put(&[3]);
    w.leaf("Channel", 3, 0x01);
    w.open("Computer", false).put(&[2]).constant("A.corp").put(&[4]).put(&[4]);
    w.value(6, 0x21).put(&[4, 0]);
}

fn data_template(w: &mut Writer) {
    w.put(&[0x0f, 1, 1, 0]).open("EventData", false).put(&[2]);
    w.open("Data", true).attribute("Name").constant("CommandLine").put(&[2]).value(0, 0x01).put(&[4]);
    w.leaf("Data", 1, 0x81).put(&[4, 0]);
}

/// A chunk of events `first..first + count`, each with this command.
fn chunk(first: u64, count: u64, command: &str) -> Vec<u8> {
    let mut w = Writer(vec![0; chunk::HEADER]);
    let (mut event, mut data) = (None, None);
    for id in first..first + count {
        w.record(id, |w| {
            // The nested instance stands after the values before it, so its place must be known.
            let values = |nested: Vec<u8>| {
                vec![
                    (0x06, (id as u16).to_le_bytes().to_vec()),
                    (0x11, WHEN.to_le_bytes().to_vec()),
                    (0x0a, id.to_le_bytes().to_vec()),
                    (0x01, utf16("Security")),
                    (0x00, vec![]),
                    (0x0f, (0xa0..0xb0).collect()),
                    (0x21, nested),
                ]
            };
            let (start, known) = (w.0.len(), event);
            w.instance(&mut event, event_template, &values(vec![]));
            let at = w.0.len();
            let mut nested = Writer(vec![0; at]);
            let items = [utf16("one\0"), utf16("two\0")].concat();
            nested.instance(&mut data, data_template, &[(0x01, utf16(command)), (0x81, items)]).put(&[0]);
            w.0.truncate(start);
            event = known;
            w.instance(&mut event, event_template, &values(nested.0.split_off(at))).put(&[0]);
        });
    }
    finish(w.0, first, first + count - 1)
}

fn finish(mut bytes: Vec<u8>, first: u64, last: u64) -> Vec<u8> {
    let free = bytes.len() as u32;
    assert!(bytes.len() <= CHUNK);
    bytes.resize(CHUNK, 0);
    bytes[..8].copy_from_slice(CHUNK_MAGIC);
    bytes[24..32].copy_from_slice(&first.to_le_bytes());
    bytes[32..40].copy_from_slice(&last.to_le_bytes());
    bytes[48..52].copy_from_slice(&free.to_le_bytes());
    bytes[120] = 4;
    bytes
}

fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0; 4096];
    bytes[..8].copy_from_slice(FILE_MAGIC);
    bytes.extend(chunks.iter().flatten());
    bytes
}

/// Rows of [`FIELDS`], `_record` and `_time`; offsets; losses.
type Read = (Vec<Vec<String>>, Vec<i64>, Vec<Loss>);

fn read_split(bytes: &[u8], start: usize, end: Option<usize>) -> Read {
    let is_list = |name: &str| name == "Data";
    let names = FIELDS.iter().chain(&["_record", "_offset", "_time"]);
    let fields = names.map(|name| Wanted { name: (*name).to_owned(), multi: is_list(name) }).collect();
    let request = Arc::new(Request { fields, rest: true, ..Request::default() });
    let tally = Arc::new(Tally::default());
    let events = EventBuilder::new(request, Arc::clone(&tally), "x.evtx", &Overrides::default(), 0);
    let source = Source {
        name: "x.evtx".to_owned(),
        bytes: Box::new(io::Cursor::new(bytes[start.min(bytes.len())..].to_vec())),
        start: start as u64,
        end: end.map(|end| end as u64),
        size: None,
        header: Vec::new(),
        lines: None,
        file: None,
        footer: None,
        tally: Arc::clone(&tally),
        options: Options::default(),
    };
    let mut reader = open(source, events);
    let (mut rows, mut offsets) = (Vec::new(), Vec::new());
    while let Some(batch) = reader.next_batch().unwrap() {
        for row in 0..batch.num_rows() {
            let text = |at: usize| match batch.column(at).as_list_opt::<i32>() {
                Some(list) => list.value(row).as_string_view().iter().flatten().collect::<Vec<_>>().join("|"),
                None if batch.column(at).is_null(row) => "∅".to_owned(),
                None => batch.column(at).as_string_view().value(row).to_owned(),
            };
            let mut cells: Vec<String> = (0..FIELDS.len()).map(text).collect();
            cells.push(batch.column(8).as_primitive::<Int64Type>().value(row).to_string());
            cells.push(batch.column(10).as_primitive::<Float64Type>().value(row).to_string());
            rows.push(cells);
            offsets.push(batch.column(9).as_primitive::<Int64Type>().value(row));
        }
    }
    (rows, offsets, tally.losses().0)
}

fn read(bytes: &[u8]) -> Read {
    read_split(bytes, 0, None)
}

fn records(read: &Read) -> Vec<&str> {
    read.0.iter().map(|row| row[8].as_str()).collect()
}

#[test]
fn fields_come_from_the_values_of_the_templates() {
    let (rows, offsets, losses) = read(&file(&[chunk(7, 2, "cmd > \"a\"")]));
    let guid = "{A3A2A1A0-A5A4-A7A6-A8A9-AAABACADAEAF}";
    let raw = format!(
        "<Event xmlns='urn:e'><System><Provider Guid='{guid}'/><EventID>7</EventID>\
         <TimeCreated SystemTime='2026-11-24T21:14:02.122123400Z'/><EventRecordID>7</EventRecordID>\
         <Correlation/><Channel>Security</Channel><Computer>A.corp</Computer></System><EventData>\
         <Data Name='CommandLine'>cmd &gt; \"a\"</Data><Data>one</Data><Data>two</Data></EventData></Event>"
    );
    let source = "XmlWinEventLog:Security";
    let time = "1795554842.1221235";
    let expected = [&raw, "7", "A.corp", source, "cmd > \"a\"", "one|two", guid, "∅", "7", time];
    assert_eq!(rows[0], expected);
    assert_eq!((rows.len(), rows[1][8].as_str(), rows[1][4].as_str()), (2, "8", "cmd > \"a\""));
    assert_eq!((offsets[0], losses), (4096 + 512, vec![]));
}

#[test]
fn an_empty_value_is_no_field() {
    assert_eq!(read(&file(&[chunk(1, 1, "")])).0[0][4], "∅");
}

#[test]
fn a_lying_record_is_lost_and_the_next_is_read() {
    let mut bytes = file(&[chunk(1, 3, "a")]);
    let offsets = read(&bytes).1;
    let second = offsets[1] as usize;
    bytes[second + 4] = 0xff;
    bytes[second + 5] = 0xff;
    let read = read(&bytes);
    assert_eq!(records(&read), ["1", "3"]);
    assert_eq!((read.2.len(), read.2[0].offset), (1, second as u64));
}

#[test]
fn a_record_with_a_lying_count_is_lost_alone() {
    let mut bytes = file(&[chunk(1, 3, "a")]);
    let second = read(&bytes).1[1] as usize;
    // Header, fragment header, instance: the count of values.
    bytes[second + 24 + 4 + 10..][..4].copy_from_slice(&u32::MAX.to_le_bytes());
    let read = read(&bytes);
    assert_eq!(records(&read), ["1", "3"]);
    assert_eq!(read.2[0].record, Some(2));
    assert_eq!(read.2[0].what, "it counts more values than it holds");
}

#[test]
fn a_cut_file_is_read_to_where_it_ends() {
    let whole = file(&[chunk(1, 2, "a"), chunk(3, 3, "b")]);
    let last = read(&whole).1[4] as usize;
    let read = read(&whole[..last + 10]);
    assert_eq!(records(&read), ["1", "2", "3", "4"]);
    assert_eq!(read.2[0].what, "the file ends within a chunk");
}

#[test]
fn chunks_that_the_header_counts_are_missed() {
    let mut bytes = file(&[chunk(1, 2, "a"), chunk(3, 3, "b"), chunk(6, 1, "c")]);
    bytes[42..44].copy_from_slice(&3u16.to_le_bytes());
    assert_eq!(read(&bytes).2, []);
    let cut = read(&bytes[..4096 + CHUNK]);
    assert_eq!((records(&cut).len(), cut.2.len()), (2, 1));
    assert_eq!(cut.2[0].what, "the file ends 2 chunks before the end that its header states");
    assert_eq!(cut.2[0].offset, 4096 + CHUNK as u64);
}

#[test]
fn chunks_are_read_without_or_after_a_damaged_header() {
    let mut bytes = file(&[chunk(1, 2, "a")]);
    let bare = read(&bytes[4096..]);
    assert_eq!((records(&bare).len(), bare.2[0].what.as_str()), (2, "the file's header is missing"));
    bytes[0] = 0;
    let damaged = read(&bytes);
    assert_eq!((records(&damaged).len(), damaged.2[0].what.as_str()), (2, "the file's header is damaged"));
}

#[test]
fn a_chunk_that_is_none_is_lost_and_an_unused_one_is_not() {
    let junk = vec![7; CHUNK];
    let read = read(&file(&[chunk(1, 1, "a"), vec![0; CHUNK], junk, chunk(2, 1, "b")]));
    assert_eq!(records(&read), ["1", "2"]);
    assert_eq!((read.2.len(), read.2[0].offset), (1, 4096 + 2 * CHUNK as u64));
}

#[test]
fn a_chunk_of_zeros_that_the_header_counts_is_lost() {
    let mut bytes = file(&[chunk(1, 1, "a"), vec![0; CHUNK], chunk(2, 1, "b"), vec![0; CHUNK]]);
    bytes[42..44].copy_from_slice(&3u16.to_le_bytes());
    let read = read(&bytes);
    assert_eq!(records(&read), ["1", "2"]);
    assert_eq!((read.2.len(), read.2[0].offset), (1, 4096 + CHUNK as u64));
    assert_eq!(read.2[0].what, "the chunk holds zeros, though the file's header counts it");
}

#[test]
fn records_after_the_end_of_an_old_header_are_read() {
    let mut bytes = chunk(1, 3, "a");
    let second = read(&file(&[bytes.clone()])).1[1] as usize - 4096;
    bytes[48..52].copy_from_slice(&(second as u32).to_le_bytes());
    bytes[32..40].copy_from_slice(&1u64.to_le_bytes());
    assert_eq!(records(&read(&file(&[bytes]))), ["1", "2", "3"]);
}

#[test]
fn a_checksum_that_does_not_match_is_noted_and_the_chunk_read() {
    let mut bytes = chunk(1, 1, "a");
    bytes[120] = 0;
    let read = read(&file(&[bytes]));
    assert_eq!((read.0.len(), read.2.len()), (1, 1));
}

#[test]
fn a_value_named_again_and_again_does_not_fill_the_memory() {
    let mut w = Writer(vec![0; chunk::HEADER]);
    let mut known = None;
    for id in 1..=2 {
        w.record(id, |w| {
            let definition = |w: &mut Writer| {
                w.put(&[0x0f, 1, 1, 0]).open("Event", false).put(&[2]);
                w.open("EventData", false).put(&[2]);
                for _ in 0..1_000 {
                    w.value(0, 0x01);
                }
                w.put(&[4, 4, 0]);
            };
            w.instance(&mut known, definition, &[(0x01, utf16(&"a".repeat(12_000)))]).put(&[0]);
        });
    }
    let read = read(&file(&[finish(w.0, 1, 2)]));
    assert_eq!(read.2.last().unwrap().what, "its chunk expands to more than 16 MiB");
}

proptest! {
    #[test]
    fn splits_give_what_the_whole_gives(cuts in prop::collection::vec(0usize..300_000, 0..4)) {
        let bytes = file(&[chunk(1, 2, "a"), chunk(3, 3, "b"), vec![0; CHUNK], chunk(6, 1, "c")]);
        let whole = read(&bytes);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let mut parts: Read = Default::default();
        for pair in cuts.windows(2).filter(|pair| pair[0] < pair[1]) {
            let (rows, offsets, losses) = read_split(&bytes, pair[0], Some(pair[1]));
            parts.0.extend(rows);
            parts.1.extend(offsets);
            parts.2.extend(losses);
        }
        prop_assert_eq!(parts, whole);
    }

    #[test]
    fn damaged_chunks_are_read_to_the_end(edits in prop::collection::vec((0usize..3_000, any::<u8>()), 1..12)) {
        let mut bytes = file(&[chunk(1, 4, "a é")]);
        for (at, byte) in edits {
            bytes[4096 + at] = byte;
        }
        read(&bytes);
    }

    #[test]
    fn any_bytes_are_read_to_the_end(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
        let mut chunk = finish(vec![0; chunk::HEADER], 0, u64::MAX);
        chunk[chunk::HEADER..][..bytes.len()].copy_from_slice(&bytes);
        chunk[chunk::HEADER..][..4].copy_from_slice(b"\x2a\x2a\0\0");
        chunk[48..52].copy_from_slice(&[0, 0, 1, 0]);
        read(&file(&[chunk]));
        read(&bytes);
    }
}
