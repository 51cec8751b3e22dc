//! The file: a header, and chunks as they fill.

use std::io::{self, Seek, SeekFrom, Write};

use super::chunk::{CHUNK_SIZE, Chunk, checksum};
use super::record;
use crate::event::Event;

const HEADER_BLOCK: usize = 4096;

/// Why an event could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The output failed.
    #[error("cannot write the EVTX file: {0}")]
    Io(#[from] io::Error),
    /// The record would not fit in a chunk of its own.
    #[error("record {0} is longer than the 65,024 bytes that a chunk holds")]
    RecordTooLong(u64),
    /// The header counts chunks in 16 bits.
    #[error("an EVTX file holds at most 65,535 chunks of 64 KiB")]
    TooManyChunks,
}

/// Writes events to one EVTX file.
///
/// The header has counts that are known at the end, so the output must be able to seek. Memory
/// holds one chunk.
///
/// ```
/// use std::io::Cursor;
/// use sluice_samples::event::Event;
/// use sluice_samples::evtx::Writer;
/// use sluice_samples::time::FileTime;
/// use sluice_samples::value::Value;
///
/// # fn main() -> Result<(), sluice_samples::evtx::Error> {
/// let data = vec![("ProcessId".into(), Value::U32(4711))];
/// let mut event = Event::sysmon(5, FileTime::ATTACK, "WS-01.corp.example".into(), data);
/// event.record_id = 1;
/// let mut writer = Writer::new(Cursor::new(Vec::new()))?;
/// writer.write(&event)?;
/// let file = writer.finish()?.into_inner();
/// assert_eq!(file.len(), 4096 + 65_536);
/// # Ok(())
/// # }
/// ```
pub struct Writer<W: Write + Seek> {
    output: W,
    chunk: Chunk,
    chunks: u16,
    records: u64,
    next_id: u64,
}

impl<W: Write + Seek> Writer<W> {
    /// A file without records at the start of this output.
    pub fn new(mut output: W) -> Result<Self, Error> {
        output.write_all(&[0; HEADER_BLOCK])?;
        Ok(Writer { output, chunk: Chunk::new(), chunks: 0, records: 0, next_id: 1 })
    }

    /// Adds one event. After an error the file is as if the event had not been given.
    pub fn write(&mut self, event: &Event) -> Result<(), Error> {
        if !self.append(event) {
            self.flush()?;
            if !self.append(event) {
                return Err(Error::RecordTooLong(event.record_id));
            }
        }
        self.records += 1;
        self.next_id = event.record_id.saturating_add(1);
        Ok(())
    }

    /// The size of the file if it were finished now.
    pub fn size(&self) -> u64 {
        let chunks = u64::from(self.chunks) + u64::from(!self.chunk.is_empty());
        HEADER_BLOCK as u64 + chunks * CHUNK_SIZE as u64
    }

    /// Writes the last chunk and the header; gives the output back.
    pub fn finish(mut self) -> Result<W, Error> {
        self.flush()?;
        let header = self.header();
        self.output.seek(SeekFrom::Start(0))?;
        self.output.write_all(&header)?;
        self.output.seek(SeekFrom::End(0))?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn append(&mut self, event: &Event) -> bool {
        let numbers = (self.records + 1, event.record_id);
        self.chunk.append(numbers, event.time, |chunk| record::write(chunk, event))
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        self.chunks = self.chunks.checked_add(1).ok_or(Error::TooManyChunks)?;
        self.output.write_all(&self.chunk.finish())?;
        Ok(())
    }

    fn header(&self) -> Vec<u8> {
        let mut header = b"ElfFile\0".to_vec();
        let last_chunk = u64::from(self.chunks.saturating_sub(1));
        for number in [0, last_chunk, self.next_id] {
            header.extend(number.to_le_bytes());
        }
        header.extend(128_u32.to_le_bytes());
        // The version, which is 3.1: the minor number comes first.
        for number in [1, 3, HEADER_BLOCK as u16, self.chunks] {
            header.extend(number.to_le_bytes());
        }
        header.resize(120, 0);
        let sum = checksum(&[&header]);
        header.extend(0_u32.to_le_bytes());
        header.extend(sum.to_le_bytes());
        header
    }
}
