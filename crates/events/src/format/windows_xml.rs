//! Windows events as XML: one a line, pretty-printed, or inside `<Events>`; UTF-8 or UTF-16.
//!
//! Events are found by their tags in the bytes as stored, so that offsets and splits are exact in
//! any encoding ([`scan`]); each is then read for the wanted fields ([`event`]). Sysmon for Linux writes the same XML,
//! bare or in lines of syslog ([`linux`]).

mod ahead;
pub(crate) mod event;
mod linux;
mod scan;

use std::borrow::Cow;
use std::ops::Range;

use arrow::record_batch::RecordBatch;

use crate::batch::{EventBuilder, Position};
use crate::field;
use crate::format::Source;
use crate::format::windows::{self, Naming, Target};
use crate::format::windows_names::{self, Origin};
use crate::tally::Loss;
use crate::{ReadError, Reader};
use ahead::Ahead;
use scan::{Encoding, Found, Scanner};

pub(crate) use linux::LinuxEvents;

/// Reads the events whose `<Event` stands in `source.start..source.end`.
pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    open_as(&windows_names::WINDOWS, source, events)
}

/// The same for events of Sysmon for Linux.
pub fn open_linux(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    open_as(&windows_names::LINUX, source, events)
}

fn open_as(origin: &'static Origin, source: Source, events: EventBuilder) -> Box<dyn Reader> {
    Box::new(XmlReader {
        naming: Naming::of(origin, &events),
        raw: windows::wanted(field::RAW, &events),
        ahead: Ahead::new(&events),
        text: String::new(),
        name: source.name.clone(),
        scanner: Scanner::new(source),
        events,
        is_done: false,
    })
}

struct XmlReader {
    name: String,
    scanner: Scanner,
    events: EventBuilder,
    naming: Naming,
    raw: Option<Target>,
    ahead: Option<Ahead>,
    text: String,
    is_done: bool,
}

impl Reader for XmlReader {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, ReadError> {
        while !self.events.is_full() && !self.is_done {
            match self.scanner.next() {
                Ok(Found::Event(range)) => self.event(range),
                Ok(Found::Lost(offset, what)) => self.lose(offset, None, what),
                Ok(Found::End) => self.is_done = true,
                Err(error) => {
                    self.is_done = true;
                    return Err(ReadError { file: self.name.clone(), message: error.to_string() });
                }
            }
        }
        Ok(self.events.take())
    }
}

impl XmlReader {
    fn event(&mut self, range: Range<usize>) {
        let offset = self.scanner.offset(range.start);
        if self.events.leaves_out(offset..offset + 1) {
            return self.events.pass_over();
        }
        if let Some(ahead) = self.ahead.as_mut().filter(|_| self.scanner.encoding == Encoding::Utf8) {
            let met = ahead.met(self.scanner.bytes(range.clone()), &mut self.text);
            if met.is_none() {
                return self.events.pass_over();
            }
            self.events.set_met(met);
        }
        let (xml, is_whole) = decoded(self.scanner.bytes(range), self.scanner.encoding);
        if let Some(raw) = &self.raw {
            self.naming.put(raw, &xml, &mut self.events);
        }
        let flaw = event::fields(&xml, &mut self.naming, &mut self.events);
        let record = self.naming.take_record();
        self.naming.put_metadata(&mut self.events);
        self.events.finish_event(Position { record: record.unwrap_or(0), offset });
        let flaw = flaw.or((!is_whole).then_some(event::Flaw("it is not in the encoding of the file")));
        if let Some(flaw) = flaw {
            self.lose(offset, record, flaw.0);
        }
    }

    fn lose(&self, offset: u64, record: Option<u64>, what: &str) {
        let loss = Loss { file: self.name.clone(), offset, record, what: what.to_owned() };
        self.scanner.source.tally.lose(loss);
    }
}

/// The text, and whether all of it could be decoded.
fn decoded(bytes: &[u8], encoding: Encoding) -> (Cow<'_, str>, bool) {
    let (text, is_replaced) = match encoding {
        Encoding::Utf8 => match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), false),
            Err(_) => (String::from_utf8_lossy(bytes), true),
        },
        Encoding::Utf16Le => encoding_rs::UTF_16LE.decode_without_bom_handling(bytes),
        Encoding::Utf16Be => encoding_rs::UTF_16BE.decode_without_bom_handling(bytes),
    };
    (text, !is_replaced)
}

#[cfg(test)]
mod tests;
