//! Windows event logs (EVTX): a header, then chunks of 64 KiB, each on its own.
//!
//! The format is BinXML: events are instances of templates, a template is stored once a chunk.
//! So an event is never built as a tree or as text. From each template it is found once where the
//! wanted fields are ([`plan`]); of each record only those values are read ([`project`]). `_raw` is
//! rendered when it is asked for ([`render`]); the few records of another shape are rendered too,
//! and read as XML.

mod chunk;
mod cursor;
mod plan;
mod project;
mod render;
mod templates;
mod token;
mod utf16;
mod value;

use std::io::{self, Read as _};

use arrow::record_batch::RecordBatch;

use crate::batch::{EventBuilder, Position};
use crate::format::Source;
use crate::tally::Loss;
use crate::{ReadError, Reader};
use chunk::{CHUNK, Chunk, Flaw, Record, Step};
use project::{Projector, Read};

/// Bytes of the file's header.
const FILE_HEADER: u64 = 4096;
/// Place in it of the number of chunks, of two bytes.
const CHUNK_COUNT: usize = 42;
const FILE_MAGIC: &[u8] = b"ElfFile\0";
const CHUNK_MAGIC: &[u8] = b"ElfChnk\0";

/// Reads an EVTX file, or the chunks of it that begin in `source.start..source.end`.
pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    let projector = Projector::new(&events);
    Box::new(EvtxReader {
        next: source.start,
        stated: 0,
        source,
        events,
        projector,
        chunk: Chunk::default(),
        state: State::Header,
    })
}

struct EvtxReader {
    source: Source,
    events: EventBuilder,
    projector: Projector,
    chunk: Chunk,
    /// Offset in the file of the next byte of the source.
    next: u64,
    /// The file's size as its header has it; 0 if it has none.
    stated: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Header,
    Records,
    End,
}

impl Reader for EvtxReader {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, ReadError> {
        while !self.events.is_full() && self.state != State::End {
            if self.state == State::Header {
                self.start().map_err(|error| self.failed(&error))?;
            }
            match self.chunk.next() {
                Step::Record(record) => self.record(record),
                Step::Lost(at) => self.lose(at, None, "no record is where one should be"),
                Step::End => self.next_chunk().map_err(|error| self.failed(&error))?,
            }
        }
        Ok(self.events.take())
    }
}

impl EvtxReader {
    /// Comes to the first chunk: past the file's header, or to where a chunk begins.
    fn start(&mut self) -> io::Result<()> {
        self.state = State::Records;
        if self.source.start > 0 {
            self.stated = stated(&self.source.header);
            let past = self.source.start.saturating_sub(FILE_HEADER).next_multiple_of(CHUNK as u64);
            let skipped = FILE_HEADER + past - self.source.start;
            self.next += io::copy(&mut self.source.bytes.by_ref().take(skipped), &mut io::sink())?;
            return Ok(());
        }
        let mut header = Vec::new();
        self.read(&mut header, FILE_HEADER)?;
        self.stated = stated(&header);
        self.source.size.inspect(|&size| self.check_size(size));
        if header.starts_with(CHUNK_MAGIC) {
            self.lose_at(0, None, "the file's header is missing".to_owned());
            let rest = CHUNK as u64 - header.len() as u64;
            self.read(&mut header, rest)?;
            self.begin(header, 0);
        } else if !header.starts_with(FILE_MAGIC) {
            self.lose_at(0, None, "the file's header is damaged".to_owned());
        } else if (header.len() as u64) < FILE_HEADER {
            self.lose_at(0, None, "the file ends within its header".to_owned());
        }
        Ok(())
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let offset = self.next;
        if self.source.end.is_some_and(|end| offset >= end) {
            self.state = State::End;
            return Ok(());
        }
        let mut bytes = std::mem::take(&mut self.chunk.bytes);
        bytes.clear();
        self.read(&mut bytes, CHUNK as u64)?;
        if bytes.is_empty() {
            self.state = State::End;
            if self.source.size.is_none() {
                self.check_size(self.next);
            }
        } else {
            self.begin(bytes, offset);
        }
        Ok(())
    }

    fn begin(&mut self, bytes: Vec<u8>, offset: u64) {
        self.projector.start_chunk();
        self.chunk.bytes = bytes;
        self.chunk.offset = offset;
        let flaw = self.chunk.start();
        if self.chunk.bytes.len() < CHUNK && flaw != Some(Flaw::Unused) {
            let end = self.chunk.bytes.len();
            self.lose(end, None, "the file ends within a chunk");
        }
        match flaw {
            Some(Flaw::NoChunk) => self.lose(0, None, "this is no chunk of an event log"),
            Some(Flaw::HeaderChecksum) => {
                self.lose(0, None, "the chunk's header does not match its checksum")
            }
            Some(Flaw::RecordsChecksum) => {
                self.lose(0, None, "the chunk's records do not match their checksum")
            }
            Some(Flaw::Unused) if offset + CHUNK as u64 <= self.stated => {
                self.lose(0, None, "the chunk holds zeros, though the file's header counts it");
            }
            Some(Flaw::Unused) | None => {}
        }
    }

    /// A file may hold more chunks than its header says, for that is written now and then, but not fewer.
    fn check_size(&self, size: u64) {
        let missing = self.stated.saturating_sub(size) / CHUNK as u64;
        if missing > 0 {
            let chunks = if missing == 1 { "chunk" } else { "chunks" };
            let what = format!("the file ends {missing} {chunks} before the end that its header states");
            self.lose_at(size, None, what);
        }
    }

    fn record(&mut self, record: Record) {
        let offset = self.chunk.offset + record.start as u64;
        if self.events.leaves_out(offset..offset + 1) {
            return self.events.pass_over();
        }
        let damage = match self.projector.record(&self.chunk.bytes, record, &mut self.events) {
            Ok(Read::PassedOver) => {
                self.events.pass_over();
                None
            }
            Ok(Read::Given(damage)) => {
                // Exported and forwarded events keep the id of their first log in `EventRecordID`.
                let record = self.projector.take_record().unwrap_or(record.id);
                self.events.finish_event(Position { record, offset });
                damage
            }
            Err(damage) => Some(damage),
        };
        if let Some(damage) = damage {
            self.lose(record.start, Some(record.id), damage.0);
        }
    }

    /// Appends up to `count` bytes of the source.
    fn read(&mut self, to: &mut Vec<u8>, count: u64) -> io::Result<()> {
        let read = self.source.bytes.by_ref().take(count).read_to_end(to)?;
        self.next += read as u64;
        Ok(())
    }

    fn lose(&self, at: usize, record: Option<u64>, what: &str) {
        self.lose_at(self.chunk.offset + at as u64, record, what.to_owned());
    }

    fn lose_at(&self, offset: u64, record: Option<u64>, what: String) {
        self.source.tally.lose(Loss { file: self.source.name.clone(), offset, record, what });
    }

    fn failed(&mut self, error: &io::Error) -> ReadError {
        self.state = State::End;
        ReadError { file: self.source.name.clone(), message: error.to_string() }
    }
}

/// The size of a file as its header has it.
fn stated(header: &[u8]) -> u64 {
    match header.get(CHUNK_COUNT..).and_then(|rest| rest.first_chunk::<2>()) {
        Some(count) if header.starts_with(FILE_MAGIC) => {
            FILE_HEADER + u64::from(u16::from_le_bytes(*count)) * CHUNK as u64
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
