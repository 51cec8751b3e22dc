use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};
use proptest::prelude::*;

use super::*;
use crate::batch::Overrides;
use crate::inputs::Options;
use crate::request::{Request, Wanted};
use crate::tally::Tally;

const FIELDS: [&str; 8] =
    ["_raw", "EventCode", "host", "source", "CommandLine", "Data", "Process_Name", "Param"];

fn event(id: u32, command: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/>\
         <EventID Qualifiers=''>{id}</EventID><TimeCreated SystemTime='2026-11-24T21:14:02.1221234Z'/>\
         <EventRecordID>7</EventRecordID><Channel>Security</Channel><Computer>A.corp</Computer></System>\
         <EventData><Data Name='CommandLine'>{command}</Data><Data>x</Data><Data Name='Empty'></Data>\
         <Data Name='Process Name'>p</Data></EventData>\
         <UserData><E xmlns='x'><Param>deep</Param></E></UserData></Event>"
    )
}

/// Rows of [`FIELDS`], offsets and losses of one split.
type Read = (Vec<Vec<String>>, Vec<i64>, Vec<Loss>);

fn read_split(bytes: &[u8], start: usize, end: Option<usize>) -> Read {
    let fields =
        FIELDS.iter().chain(&["_record", "_offset", "_time"]).map(|name| Wanted::one(*name)).collect();
    let request = Arc::new(Request { fields, ..Request::default() });
    let tally = Arc::new(Tally::default());
    let events = EventBuilder::new(request, Arc::clone(&tally), "x.xml", &Overrides::default(), 0);
    let source = Source {
        name: "x.xml".to_owned(),
        bytes: Box::new(std::io::Cursor::new(bytes[start..].to_vec())),
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
            let text = |at: usize| {
                let column = batch.column(at).as_string_view();
                if column.is_null(row) { "∅".to_owned() } else { column.value(row).to_owned() }
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

fn utf16(text: &str, encode: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(encode).collect()
}

#[test]
fn fields_are_named_as_the_add_on_names_them() {
    let xml = event(4688, "cmd &gt; &quot;a&quot; &#x41;");
    let (rows, offsets, losses) = read(xml.as_bytes());
    let source = "XmlWinEventLog:Security";
    let fields = ["4688", "A.corp", source, "cmd > \"a\" A", "x", "p", "deep", "7", "1795554842.1221235"];
    assert_eq!(rows[0][0], xml);
    assert_eq!(rows[0][1..], fields);
    assert_eq!((offsets, losses), (vec![0], vec![]));
}

#[test]
fn events_stand_on_lines_in_a_list_or_over_lines() {
    let (one, two) = (event(1, "a"), event(2, "b").replace("><", ">\r\n  <"));
    for text in [
        format!("{one}\n{two}\n"),
        format!("\u{feff}<?xml version='1.0'?>\n<Events>\n{one}{two}</Events>"),
        format!("<!-- head -->{one} {two}"),
    ] {
        let (rows, offsets, losses) = read(text.as_bytes());
        assert_eq!(rows.iter().map(|row| row[1].as_str()).collect::<Vec<_>>(), ["1", "2"], "{text}");
        assert_eq!((rows[0][0].as_str(), rows[1][0].as_str()), (one.as_str(), two.as_str()));
        assert_eq!(offsets[1] as usize, text.find(&two).unwrap());
        assert_eq!(losses, []);
    }
}

#[test]
fn utf16_of_both_orders_is_read_with_its_own_offsets() {
    let text = format!("<?xml version='1.0' encoding='utf-16'?>{}\n{}", event(1, "naïve 😀"), event(2, "b"));
    let second = text[..text.rfind("<Event ").unwrap()].encode_utf16().count() * 2;
    for (bytes, mark) in [
        (utf16(&text, u16::to_le_bytes), 0),
        (utf16(&text, u16::to_be_bytes), 0),
        (utf16(&format!("\u{feff}{text}"), u16::to_le_bytes), 2),
        (utf16(&format!("\u{feff}{text}"), u16::to_be_bytes), 2),
    ] {
        let (rows, offsets, losses) = read(&bytes);
        assert_eq!(rows[0][4], "naïve 😀");
        assert_eq!(offsets[1] as usize, second + mark);
        assert_eq!(losses, []);
        assert_eq!(read_split(&bytes, second + mark - 1, None).0, rows[1..]);
    }
}

#[test]
fn a_malformed_event_is_one_loss() {
    let (one, two) = (event(1, "a"), event(2, "b"));
    let cut = format!("{}\n{two}", &one[..200]);
    let (rows, _, losses) = read(cut.as_bytes());
    assert_eq!((rows.len(), losses.len(), losses[0].offset), (1, 1, 0));

    let crossed = format!("{}{two}", one.replace("</System>", "</Sistem>"));
    let (rows, _, losses) = read(crossed.as_bytes());
    assert_eq!((rows.len(), losses.len(), losses[0].what.as_str()), (2, 1, "its XML is malformed"));

    let (rows, _, losses) = read(&two.as_bytes()[..300]);
    assert_eq!((rows.len(), losses[0].what.as_str()), (0, "the input ends within the event"));
}

#[test]
fn entities_are_never_expanded() {
    let dtd = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>";
    let (rows, _, losses) = read(format!("{dtd}{}", event(1, "1 &b; &amp; & 2")).as_bytes());
    assert_eq!(rows[0][4], "1 &b; & & 2");
    assert_eq!(losses[0].what, "it names an entity that XML does not know");
}

#[test]
fn an_event_does_not_rename_its_source() {
    let xml = event(1, "a").replace("Name='Process Name'", "Name='source'");
    assert_eq!(read(xml.as_bytes()).0[0][3], "XmlWinEventLog:Security");
}

#[test]
fn bytes_that_are_not_utf8_are_replaced_and_counted() {
    let mut bytes = event(1, "a~b").into_bytes();
    let at = bytes.iter().position(|&b| b == b'~').unwrap();
    bytes[at] = 0xff;
    let (rows, _, losses) = read(&bytes);
    assert_eq!((rows[0][4].as_str(), losses.len()), ("a\u{fffd}b", 1));
}

proptest! {
    #[test]
    fn splits_give_what_the_whole_gives(cuts in prop::collection::vec(0usize..4_000, 0..4), wide: bool) {
        let text: String = (0..6).map(|id| format!("{}\n", event(id, "naïve < <Event"))).collect();
        let bytes = if wide { utf16(&text, u16::to_le_bytes) } else { text.into_bytes() };
        let whole = read(&bytes);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let mut parts: Read = Default::default();
        for pair in cuts.windows(2) {
            let (rows, offsets, losses) = read_split(&bytes, pair[0], Some(pair[1]));
            parts.0.extend(rows);
            parts.1.extend(offsets);
            parts.2.extend(losses);
        }
        prop_assert_eq!(parts, whole);
    }

    #[test]
    fn any_bytes_are_read_to_the_end(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        read(&bytes);
    }

    #[test]
    fn damaged_events_are_read_to_the_end(edits in prop::collection::vec((0usize..2_000, any::<u8>()), 1..8)) {
        let mut bytes = format!("{}\n{}", event(1, "a &lt; b"), event(2, "c")).into_bytes();
        for (at, byte) in edits {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        read(&bytes);
    }
}
