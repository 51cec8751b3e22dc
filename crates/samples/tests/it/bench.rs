//! The benchmark set has the hits it says it has.

use std::fs;

use evtx::{EvtxParser, ParserSettings};
use sluice_samples::bench::{HIT_EVERY, Plan, Stream, Summary, write};

use crate::seed::{Reading, Seed};

#[test]
fn one_event_in_ten_thousand_is_a_hit() {
    let (seed, mut stream, count) = (Seed::new(), Stream::new(7, 1, 3), 10 * HIT_EVERY);
    let (mut hits, mut as_written) = (0, 0);
    for _ in 0..count {
        let event = stream.next();
        hits += u64::from(seed.verdict(&event, Reading::AsIntended).is_some());
        as_written += u64::from(seed.verdict(&event, Reading::AsWritten).is_some());
    }
    let summary = stream.summary("none".into(), 0);
    assert_eq!((hits, as_written), (summary.hits, summary.hits_as_written));
    assert_eq!((summary.events, hits), (count, 10));
}

#[test]
fn a_small_set_is_complete_and_the_same_twice() {
    let plan = Plan { evtx: 2, json: 1, xml: 1, seed: 1 };
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut summaries: Vec<Summary> = Vec::new();
    write(first.path(), plan, |summary| summaries.push(summary.clone())).unwrap();
    write(second.path(), plan, |_| {}).unwrap();
    assert_eq!(summaries.len(), 6);
    for summary in &summaries {
        let content = fs::read(&summary.file).unwrap();
        assert_eq!(content.len() as u64, summary.bytes);
        let other = second.path().join(summary.file.file_name().unwrap());
        assert!(content == fs::read(other).unwrap(), "{} differs", summary.file.display());
        let events = match summary.file.extension().unwrap().to_str() {
            Some("evtx") => records(content),
            _ => content.split(|byte| *byte == b'\n').count() as u64 - 1,
        };
        assert_eq!(events, summary.events);
    }
}

fn records(content: Vec<u8>) -> u64 {
    let settings = ParserSettings::default().num_threads(1).validate_checksums(true);
    let mut parser = EvtxParser::from_buffer(content).expect("a header").with_configuration(settings);
    parser.records_json().inspect(|record| assert!(record.is_ok())).count() as u64
}
