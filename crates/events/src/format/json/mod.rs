//! JSON: one object a line, or objects in an array or one after the other.
//!
//! `documents` cuts the bytes into documents, `tape` tokenises one, `shape` says what wrote it, and
//! the file of that shape hands its fields to the [`EventBuilder`].

mod ahead;
mod documents;
mod ecs;
mod evtx_dump;
pub(crate) mod flat;
mod generic;
mod keys;
mod needed;
mod network;
mod nxlog;
pub(crate) mod rows;
mod shape;
mod splunk;
mod tape;
mod text;
pub mod tree;
mod values;
mod wrapped;

use arrow::record_batch::RecordBatch;
use memchr::memmem;

use crate::batch::{EventBuilder, Position};
use crate::format::Source;
use crate::format::json::ahead::Ahead;
use crate::format::json::documents::{Document, Documents};
use crate::format::json::keys::Keys;
use crate::format::json::network::Called;
use crate::format::json::shape::Event;
use crate::format::json::tape::{Kind, Tape};
use crate::inputs::{LineIndex, Options};
use crate::tally::{Loss, Tally};
use crate::{ReadError, Reader, field};
use std::ops::Range;
use std::sync::Arc;

pub(crate) use ahead::{Keys as FieldKeys, keys_of};
pub(crate) use needed::{is_needed, may_give_time};
pub(crate) use wrapped::{Place, Wrapped};

/// A reader of JSON events.
pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    let lines = if events.wants(field::RECORD) { source.lines } else { None };
    let decoder = Decoder {
        called: Called::of(&source.name),
        name: source.name,
        tally: source.tally,
        options: source.options,
        start: source.start,
        lines,
        lines_before: (source.start == 0).then_some(0),
        keys: Keys::new(&events),
        ahead: Ahead::new(&events),
        events,
        tape: Tape::default(),
        scratch: String::new(),
        resolved: String::new(),
        path: String::new(),
    };
    let documents = Documents::new(source.bytes, source.start, source.end);
    Box::new(JsonReader { documents, decoder, failure: None })
}

/// Whether a line is one or more whole JSON values.
pub(crate) fn is_line(line: &[u8]) -> bool {
    let (mut tape, mut at) = (Tape::default(), 0);
    while line.get(at..).is_some_and(|rest| !rest.trim_ascii().is_empty()) {
        match tape.read(line, at) {
            Ok(end) => at = end,
            Err(_) => return false,
        }
    }
    true
}

struct JsonReader {
    documents: Documents,
    decoder: Decoder,
    /// An I/O error that is reported after the events before it.
    failure: Option<ReadError>,
}

impl Reader for JsonReader {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, ReadError> {
        while self.failure.is_none() && !self.decoder.events.is_full() {
            match self.documents.next() {
                Ok(Some(document)) => self.decoder.document(&document),
                Ok(None) => break,
                Err(error) => {
                    let file = self.decoder.name.clone();
                    self.failure = Some(ReadError { file, message: error.to_string() });
                }
            }
        }
        match (self.decoder.events.take(), self.failure.take_if(|_| self.decoder.events.is_empty())) {
            (Some(batch), failure) => {
                self.failure = failure;
                Ok(Some(batch))
            }
            (None, Some(failure)) => Err(failure),
            (None, None) => Ok(None),
        }
    }
}

/// Documents → events.
struct Decoder {
    name: String,
    tally: Arc<Tally>,
    options: Options,
    /// Offset of the first byte that is read.
    start: u64,
    /// Counts the lines before `start`.
    lines: Option<Arc<LineIndex>>,
    /// Lines before `start`, once known.
    lines_before: Option<u64>,
    events: EventBuilder,
    tape: Tape,
    keys: Keys,
    ahead: Option<Ahead>,
    scratch: String,
    /// Room for a document and what its escapes mean.
    resolved: String,
    path: String,
    called: Called,
}

impl Decoder {
    /// The events of a document: itself, or the elements of an array.
    fn document(&mut self, document: &Document<'_>) {
        if let Some(flaw) = document.flaw {
            return self.lose(document.offset, document.line, flaw);
        }
        if self.events.leaves_out(document.offset..document.offset + document.bytes.len() as u64) {
            return self.events.pass_over();
        }
        if let Some(ahead) = &mut self.ahead {
            let met = ahead.met(document.bytes, &mut self.scratch);
            if met.is_none() {
                return self.events.pass_over();
            }
            self.events.set_met(met);
        }
        let lossy;
        let text = match simdutf8::basic::from_utf8(document.bytes) {
            Ok(text) => text,
            Err(_) => {
                self.lose(document.offset, document.line, "bytes that are not UTF-8 replaced by U+FFFD");
                lossy = String::from_utf8_lossy(document.bytes);
                &lossy
            }
        };
        self.resolved.clear();
        let mut at = 0;
        while let Some(skipped) = text.get(at..).map(|rest| rest.len() - rest.trim_start().len()) {
            at += skipped;
            if at >= text.len() {
                return;
            }
            match self.tape.read(text.as_bytes(), at) {
                Ok(end) => {
                    self.written(text, document, at..end);
                    at = end;
                }
                Err(flaw) => {
                    let offset = document.offset + flaw.at as u64;
                    return self.lose(offset, document.line, flaw.what);
                }
            }
        }
    }

    /// The events of the value on the tape, which is written at `place` of the document: names, channels and times
    /// count by what they mean.
    fn written(&mut self, text: &str, document: &Document<'_>, place: Range<usize>) {
        let at = place.start;
        let bytes = text.as_bytes().get(place).unwrap_or_default();
        let has_sign = |sign: &[u8; 2]| memmem::find(bytes, sign).is_some();
        if !has_sign(b"\\u") && !has_sign(b"\\/") && !self.tape.has_escaped_key() {
            return self.value(text, document, at);
        }
        let mut resolved = std::mem::take(&mut self.resolved);
        if resolved.is_empty() {
            resolved.push_str(text);
        }
        // A line may hold many values: it is copied once.
        resolved.truncate(text.len());
        self.tape.resolve(&mut resolved);
        self.value(&resolved, document, at);
        self.resolved = resolved;
    }

    /// The events of the value on the tape, which begins at `at` of the document.
    fn value(&mut self, text: &str, document: &Document<'_>, at: usize) {
        let Some(root) = self.tape.root() else { return };
        let position = (document.offset + at as u64, document.line);
        match root.kind {
            Kind::Object => self.event(text, Tape::ROOT, position),
            Kind::Array => {
                // The places are walked by number, for an event needs the whole decoder.
                let mut next = self.tape.first_child(Tape::ROOT);
                while let Some(element) = next {
                    let Some(node) = self.tape.node(element) else { return };
                    let offset = document.offset + node.value.start() as u64;
                    if node.kind == Kind::Object {
                        self.event(text, element, (offset, document.line));
                    } else {
                        self.lose(offset, document.line, "expected a JSON object");
                    }
                    next = self.tape.sibling(Tape::ROOT, element);
                }
            }
            _ => self.lose(position.0, document.line, "expected a JSON object"),
        }
    }

    fn event(&mut self, text: &str, root: usize, (offset, line): (u64, u64)) {
        let mut event = Event {
            text,
            tape: &self.tape,
            events: &mut self.events,
            keys: &mut self.keys,
            scratch: &mut self.scratch,
            path: &mut self.path,
            zone: &self.options.input_zone,
            file: &self.name,
            host: None,
            called: &mut self.called,
            has_no_time: false,
        };
        let record = event.decode(root);
        let has_no_time = event.has_no_time;
        let record = record.unwrap_or_else(|| self.line_number(line));
        self.events.finish_event(Position { record, offset });
        if has_no_time {
            self.lose(offset, line, "`_time` is no time that is known here; the event has none from it");
        }
    }

    /// The number of a line in its file, given its number in what is read.
    fn line_number(&mut self, line: u64) -> u64 {
        let lines_before = self.lines_before.or_else(|| Some(self.lines.as_ref()?.before(self.start)));
        self.lines_before = lines_before;
        lines_before.unwrap_or_default() + line
    }

    fn lose(&mut self, offset: u64, line: u64, what: &str) {
        let record = self.lines_before.map(|before| before + line);
        self.tally.lose(Loss { file: self.name.clone(), offset, record, what: what.to_owned() });
    }
}

#[cfg(test)]
mod tests;
