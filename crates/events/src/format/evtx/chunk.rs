//! One chunk of 64 KiB: its header, and where its records are.

use std::ops::RangeInclusive;

use super::cursor::Cursor;

/// Bytes of a chunk.
pub(super) const CHUNK: usize = 64 << 10;
/// Bytes of a chunk's header; records follow.
pub(super) const HEADER: usize = 512;
const MAGIC: &[u8] = b"ElfChnk\0";
const RECORD_MAGIC: &[u8] = b"\x2a\x2a\0\0";
/// Magic, size, id and FILETIME.
const RECORD_HEADER: usize = 24;
/// The size is written once more after a record.
const RECORD_TRAILER: usize = 4;

/// A chunk's bytes, and how far they were read.
#[derive(Default)]
pub(super) struct Chunk {
    /// All of it; fewer bytes where the file ends.
    pub bytes: Vec<u8>,
    /// Of its first byte in the file.
    pub offset: u64,
    at: usize,
    ids: Option<RangeInclusive<u64>>,
    free_space: usize,
    last_id: Option<u64>,
}

/// Where a record is in its chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    pub start: usize,
    /// Of its BinXML.
    pub body: usize,
    /// Of its BinXML.
    pub end: usize,
    pub id: u64,
    /// When it was written.
    pub filetime: u64,
}

impl Record {
    /// Its BinXML.
    pub(super) fn bytes(self, chunk: &[u8]) -> &[u8] {
        chunk.get(self.body..self.end).unwrap_or_default()
    }
}

/// What comes next in a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Record(Record),
    /// No record is where one should be.
    Lost(usize),
    End,
}

/// What is wrong with a chunk as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Nothing was ever written to it.
    Unused,
    /// It is none.
    NoChunk,
    HeaderChecksum,
    RecordsChecksum,
}

impl Chunk {
    /// Looks at the header; a chunk of the first two flaws has no records.
    pub(super) fn start(&mut self) -> Option<Flaw> {
        self.at = self.bytes.len();
        self.last_id = None;
        if !self.bytes.starts_with(MAGIC) || self.bytes.len() < HEADER {
            let is_unused = self.bytes.iter().all(|&byte| byte == 0);
            return Some(if is_unused { Flaw::Unused } else { Flaw::NoChunk });
        }
        self.at = HEADER;
        let word = |at| Cursor::new(&self.bytes, at, HEADER).u32().unwrap_or(0);
        let long = |at| Cursor::new(&self.bytes, at, HEADER).u64().unwrap_or(0);
        let (free_space, records, header, flags) = (word(48) as usize, word(52), word(124), word(120));
        self.ids = Some(long(24)..=long(32));
        self.free_space = free_space.min(self.bytes.len());
        if flags & NO_CHECKSUM != 0 || self.bytes.len() < CHUNK {
            return None;
        }
        if header != crc(&[self.bytes.get(..120), self.bytes.get(128..HEADER)]) {
            return Some(Flaw::HeaderChecksum);
        }
        (records != crc(&[self.bytes.get(HEADER..free_space)])).then_some(Flaw::RecordsChecksum)
    }

    /// The next record. Past the end that the header states, records still count as long as their
    /// ids go on by one: a log that was copied while in use has an old header.
    pub(super) fn next(&mut self) -> Step {
        let is_past = self.at >= self.free_space
            || self.ids.as_ref().is_some_and(|ids| self.last_id == Some(*ids.end()));
        match self.record_at(self.at) {
            Some(record) if !is_past || self.follows(record) => self.found(record),
            _ if is_past => self.finish(),
            _ => self.resync(),
        }
    }

    fn found(&mut self, record: Record) -> Step {
        self.at = record.end + RECORD_TRAILER;
        self.last_id = Some(record.id);
        Step::Record(record)
    }

    fn follows(&self, record: Record) -> bool {
        self.last_id.is_some_and(|last| last.checked_add(1) == Some(record.id)) && self.is_sealed(record)
    }

    fn finish(&mut self) -> Step {
        self.at = self.bytes.len();
        self.free_space = 0;
        self.ids = None;
        self.last_id = None;
        Step::End
    }

    /// Goes on at the next record that is whole and one of this chunk's.
    fn resync(&mut self) -> Step {
        let lost = self.at;
        let is_blank = self.bytes.get(lost..lost + 4).is_none_or(|magic| magic == [0; 4]);
        let live = self.bytes.get(..self.free_space).unwrap_or_default();
        let mut from = lost + 1;
        while let Some(found) = live.get(from..).and_then(|rest| memchr::memmem::find(rest, RECORD_MAGIC)) {
            let at = from + found;
            let ours = |record: &Record| self.ids.as_ref().is_some_and(|ids| ids.contains(&record.id));
            if let Some(record) = self.record_at(at).filter(|record| self.is_sealed(*record) && ours(record))
            {
                self.at = record.start;
                return Step::Lost(lost);
            }
            from = at + 1;
        }
        self.finish();
        // Zeros are where the free space really starts; that the file ends here was noted.
        let is_cut = self.bytes.len() < CHUNK;
        if is_blank || is_cut { Step::End } else { Step::Lost(lost) }
    }

    fn record_at(&self, at: usize) -> Option<Record> {
        let mut cursor = Cursor::new(&self.bytes, at, self.bytes.len());
        if cursor.take(4).ok()? != RECORD_MAGIC {
            return None;
        }
        let (size, id, filetime) = (cursor.u32().ok()? as usize, cursor.u64().ok()?, cursor.u64().ok()?);
        let end = at.checked_add(size)?.checked_sub(RECORD_TRAILER)?;
        let fits = size >= RECORD_HEADER + RECORD_TRAILER && end + RECORD_TRAILER <= self.bytes.len();
        fits.then_some(Record { start: at, body: at + RECORD_HEADER, end, id, filetime })
    }

    /// The size after the record is the size before it.
    fn is_sealed(&self, record: Record) -> bool {
        let size = self.bytes.get(record.start + 4..record.start + 8);
        size == self.bytes.get(record.end..record.end + RECORD_TRAILER)
    }
}

/// In a chunk's flags: its checksums are not kept.
const NO_CHECKSUM: u32 = 4;

fn crc(parts: &[Option<&[u8]>]) -> u32 {
    let mut crc = flate2::Crc::new();
    parts.iter().for_each(|part| crc.update(part.unwrap_or_default()));
    crc.sum()
}
