//! What the targets of readers share: any bytes are read to their end, once for a few fields and once for all.

use std::io::Cursor;
use std::sync::Arc;

use sluice_events::batch::{EventBuilder, Overrides};
use sluice_events::field;
use sluice_events::format::{Open, Source};
use sluice_events::request::{Request, Wanted};
use sluice_events::tally::Tally;

/// Reads bytes as one input of a format: how many events there are by a few fields, and by all.
pub fn read(open: Open, bytes: &[u8]) -> (usize, usize) {
    let some = [field::TIME, field::HOST, field::RECORD, field::SEQ, "EventCode", "Image", "CommandLine"];
    let all = [field::TIME, field::RAW, field::SEQ];
    let few = run(open, bytes, Request { fields: some.map(Wanted::one).into(), ..Request::default() });
    let whole =
        run(open, bytes, Request { fields: all.map(Wanted::one).into(), rest: true, ..Request::default() });
    (few, whole)
}

fn run(open: Open, bytes: &[u8], request: Request) -> usize {
    let tally = Arc::new(Tally::default());
    let events = EventBuilder::new(Arc::new(request), Arc::clone(&tally), "fuzz", &Overrides::default(), 0);
    let source = Source {
        name: "fuzz".to_owned(),
        bytes: Box::new(Cursor::new(bytes.to_vec())),
        start: 0,
        end: None,
        size: None,
        header: Vec::new(),
        lines: None,
        file: None,
        footer: None,
        tally,
        options: Default::default(),
    };
    let mut reader = open(source, events);
    let mut rows = 0;
    while let Ok(Some(batch)) = reader.next_batch() {
        rows += batch.num_rows();
    }
    rows
}
