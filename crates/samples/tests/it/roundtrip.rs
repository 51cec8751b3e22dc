//! What the writer writes is what the `evtx` crate reads.

use std::io::Cursor;

use evtx::{EvtxParser, ParserSettings};
use sluice_samples::event::Event;
use sluice_samples::evtx::{Error, Writer};
use sluice_samples::render::to_evtx_dump_json;
use sluice_samples::time::FileTime;
use sluice_samples::value::{Guid, Sid, Value};

fn write(events: &[Event]) -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(Vec::new())).expect("the sample is written and read");
    events.iter().for_each(|event| writer.write(event).expect("the sample is written and read"));
    let size = writer.size();
    let file = writer.finish().expect("the sample is written and read").into_inner();
    assert_eq!(file.len() as u64, size);
    file
}

fn read(file: Vec<u8>) -> Vec<String> {
    let settings = ParserSettings::default().num_threads(1).indent(false).validate_checksums(true);
    let mut parser =
        EvtxParser::from_buffer(file).expect("the sample is written and read").with_configuration(settings);
    assert!(parser.header().validate_checksum());
    parser.records_json().map(|record| record.expect("the sample is written and read").data).collect()
}

/// An event with a field of every type.
fn every_type(record_id: u64) -> Event {
    let guid =
        Guid { first: 0xC5A1_F0E2, second: 0xFE1A, third: 0x6B05, rest: [0x47, 0xE9, 0, 0, 0, 0, 0x1F, 0] };
    let data = vec![
        ("Null".into(), Value::Null),
        ("Text".into(), Value::text("Größe <&> \"1\" '2' \u{1F600} \\ tab\t")),
        ("Empty".into(), Value::text("")),
        ("U8".into(), Value::U8(7)),
        ("U16".into(), Value::U16(65_535)),
        ("U32".into(), Value::U32(4_000_000_000)),
        ("U64".into(), Value::U64(u64::MAX)),
        ("Hex32".into(), Value::Hex32(0xBEEF)),
        ("Hex64".into(), Value::Hex64(0xD_3B4A)),
        ("Time".into(), Value::Time(FileTime::ATTACK)),
        ("Guid".into(), Value::Guid(guid)),
        ("Sid".into(), Value::Sid(Sid(vec![21, 3_623_811_015, 1013].into()))),
        ("Bool".into(), Value::Bool(true)),
    ];
    let mut event =
        Event::sysmon(255, FileTime::ATTACK.after_millis(record_id), "WS-01.corp.example".into(), data);
    event.record_id = record_id;
    event
}

#[test]
fn every_type_reads_as_it_was_written() {
    let event = every_type(1);
    assert_eq!(read(write(std::slice::from_ref(&event))), [to_evtx_dump_json(&event)]);
}

#[test]
fn records_refer_to_the_templates_and_names_of_their_chunk() {
    let events: Vec<Event> = (1..=500).map(every_type).collect();
    let file = write(&events);
    let definitions = file.windows(10).filter(|bytes| *bytes == b"E\0v\0e\0n\0t\0").count();
    let chunks = (file.len() - 4096) / 65_536;
    // "Event" begins EventData, EventID and EventRecordID too, and is in no record.
    assert!(chunks > 2 && definitions == 4 * chunks, "{definitions} in {chunks} chunks");
    let records = read(file);
    assert_eq!(records.len(), events.len());
    records.iter().zip(&events).for_each(|(record, event)| assert_eq!(*record, to_evtx_dump_json(event)));
}

#[test]
fn optional_parts_of_system_may_be_missing() {
    let mut event = every_type(9);
    event.data.clear();
    event.user_id = None;
    event.provider_guid = None;
    let mut other = every_type(10);
    other.activity_id = other.provider_guid;
    other.computer = "WS-02.corp.example".into();
    let expected = [to_evtx_dump_json(&event), to_evtx_dump_json(&other)];
    assert_eq!(read(write(&[event, other])), expected);
}

#[test]
fn a_record_longer_than_a_chunk_is_refused_and_the_rest_is_kept() {
    let mut long = every_type(2);
    long.data = vec![("Text".into(), Value::text("x".repeat(70_000)))];
    let mut writer = Writer::new(Cursor::new(Vec::new())).unwrap();
    writer.write(&every_type(1)).unwrap();
    assert!(matches!(writer.write(&long), Err(Error::RecordTooLong(2))));
    writer.write(&every_type(3)).unwrap();
    let file = writer.finish().unwrap().into_inner();
    assert_eq!(read(file), [to_evtx_dump_json(&every_type(1)), to_evtx_dump_json(&every_type(3))]);
}

#[test]
fn a_file_without_records_is_read_as_empty() {
    assert_eq!(read(write(&[])), Vec::<String>::new());
}
