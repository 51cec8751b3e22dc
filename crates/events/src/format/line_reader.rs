//! The reader of logs whose events are lines: it cuts, counts and reports, and a [`LineFormat`] says what a line
//! means.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;

use crate::batch::{EventBuilder, Position};
use crate::format::Source;
use crate::format::lines::Lines;
use crate::inputs::LineIndex;
use crate::tally::{Loss, Tally};
use crate::{ReadError, Reader, field};

/// What a line is in one format.
pub(crate) trait LineFormat: Send {
    /// Hands the wanted fields of a line, which is not empty, to the builder.
    fn line(&mut self, line: &str, events: &mut EventBuilder) -> Line;
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Its fields were handed over. With the record's number, if it has one of its own.
    Event(Option<u64>),
    /// The same, and something in it could not be read.
    Flawed(Option<u64>, &'static str),
    /// Its fields rule it out.
    PassedOver,
    /// It is no event, and is not meant to be one.
    Nothing,
    /// It should be an event, and cannot be read.
    Lost(&'static str),
}

/// A reader of the lines that begin in `source.start..source.end`.
pub(crate) fn open(
    source: Source,
    events: EventBuilder,
    format: impl LineFormat + 'static,
) -> Box<dyn Reader> {
    let lines_before = if source.start == 0 { Some(0) } else { None };
    let index = if events.wants(field::RECORD) { source.lines } else { None };
    Box::new(LineReader {
        lines: Lines::new(source.bytes, source.start),
        format,
        events,
        place: Places { name: source.name, tally: source.tally, start: source.start, index, lines_before },
        end: source.end,
        failure: None,
    })
}

struct LineReader<F> {
    lines: Lines,
    format: F,
    events: EventBuilder,
    place: Places,
    end: Option<u64>,
    /// An I/O error that is reported after the events before it.
    failure: Option<ReadError>,
}

/// Where lines stand, and what was lost there.
struct Places {
    name: String,
    tally: Arc<Tally>,
    /// Offset of the first byte that is read.
    start: u64,
    /// Counts the lines before `start`.
    index: Option<Arc<LineIndex>>,
    /// Lines before `start`, once known.
    lines_before: Option<u64>,
}

impl<F: LineFormat> Reader for LineReader<F> {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, ReadError> {
        while self.failure.is_none() && !self.events.is_full() {
            match self.line() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let file = self.place.name.clone();
                    self.failure = Some(ReadError { file, message: error.to_string() });
                }
            }
        }
        match self.events.take() {
            Some(batch) => Ok(Some(batch)),
            None => self.failure.take().map_or(Ok(None), Err),
        }
    }
}

impl<F: LineFormat> LineReader<F> {
    /// Takes the next line; whether there was one.
    fn line(&mut self) -> std::io::Result<bool> {
        if self.end.is_some_and(|end| self.lines.offset() >= end) {
            return Ok(false);
        }
        let Some(line) = self.lines.next()? else { return Ok(false) };
        let (offset, number) = (line.offset, line.number);
        if line.is_too_long {
            self.place.lose(offset, number, "a line longer than 64 MiB skipped");
            return Ok(true);
        }
        if line.bytes.trim_ascii().is_empty() {
            return Ok(true);
        }
        let lossy;
        let text = match simdutf8::basic::from_utf8(line.bytes) {
            Ok(text) => text,
            Err(_) => {
                self.place.lose(offset, number, "bytes that are not UTF-8 replaced by U+FFFD");
                lossy = String::from_utf8_lossy(line.bytes);
                &lossy
            }
        };
        let (record, flaw) = match self.format.line(text, &mut self.events) {
            Line::Event(record) => (record, None),
            Line::Flawed(record, flaw) => (record, Some(flaw)),
            Line::PassedOver => {
                self.events.pass_over();
                return Ok(true);
            }
            Line::Nothing => return Ok(true),
            Line::Lost(what) => {
                self.place.lose(offset, number, what);
                return Ok(true);
            }
        };
        let record = record.unwrap_or_else(|| self.place.line_number(number));
        self.events.finish_event(Position { record, offset });
        if let Some(flaw) = flaw {
            self.place.lose(offset, number, flaw);
        }
        Ok(true)
    }
}

impl Places {
    /// The number of a line in its file, given its number in what is read.
    fn line_number(&mut self, line: u64) -> u64 {
        let lines_before = self.lines_before.or_else(|| Some(self.index.as_ref()?.before(self.start)));
        self.lines_before = lines_before;
        lines_before.unwrap_or_default() + line
    }

    fn lose(&self, offset: u64, line: u64, what: &str) {
        let record = self.lines_before.map(|before| before + line);
        self.tally.lose(Loss { file: self.name.clone(), offset, record, what: what.to_owned() });
    }
}
