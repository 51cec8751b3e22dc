//! One chunk: 64 KiB with a header, records, and hash tables of names and templates.

use flate2::Crc;

use crate::time::FileTime;

/// The size of a chunk in the file.
pub(super) const CHUNK_SIZE: usize = 65_536;
const HEADER_SIZE: usize = 512;
/// The header without its tables and checksums.
const HEADER_FIELDS: u32 = 128;
/// The flag that Windows sets in every chunk it writes.
const WRITTEN: u32 = 1;
const RECORD_HEADER_SIZE: usize = 24;

/// The chunk that is being filled.
pub(super) struct Chunk {
    /// The header, which stays zero until [`Chunk::finish`], and the records so far.
    pub(super) bytes: Vec<u8>,
    tables: Tables,
    records: Option<Records>,
}

/// The offsets of the newest name and template of each bucket, 0 for none.
///
/// Each entry begins with the offset of the one before it in its bucket.
#[derive(Clone, Copy)]
struct Tables {
    names: [u32; 64],
    templates: [u32; 32],
}

/// The records of a chunk: number in the file, record id, and the offset of the last.
struct Records {
    first: (u64, u64),
    last: (u64, u64),
    last_offset: u32,
}

impl Chunk {
    /// A chunk without records.
    pub(super) fn new() -> Self {
        let mut bytes = Vec::with_capacity(2 * CHUNK_SIZE);
        bytes.resize(HEADER_SIZE, 0);
        Chunk { bytes, tables: Tables { names: [0; 64], templates: [0; 32] }, records: None }
    }

    /// Whether it has no record yet.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_none()
    }

    /// Adds a record whose BinXML `fill` appends; false, and nothing added, if it is too long.
    pub(super) fn append(
        &mut self,
        (number, id): (u64, u64),
        time: FileTime,
        fill: impl FnOnce(&mut Chunk),
    ) -> bool {
        let (start, tables) = (self.bytes.len(), self.tables);
        self.bytes.extend_from_slice(b"**\0\0");
        self.put_u32(0);
        self.put_u64(id);
        self.put_u64(time.0);
        debug_assert_eq!(self.bytes.len(), start + RECORD_HEADER_SIZE);
        fill(self);
        // The copy of the size that ends a record is within its size, which is a multiple of 8.
        let size = (self.bytes.len() + 4 - start).next_multiple_of(8);
        if start + size > CHUNK_SIZE {
            self.bytes.truncate(start);
            self.tables = tables;
            return false;
        }
        self.bytes.resize(start + size - 4, 0);
        self.put_u32(size as u32);
        self.patch_u32(start + 4, size as u32);
        let first = self.records.as_ref().map_or((number, id), |records| records.first);
        self.records = Some(Records { first, last: (number, id), last_offset: start as u32 });
        true
    }

    /// The whole chunk as it goes to the file, leaving this one empty.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        let mut chunk = std::mem::replace(self, Chunk::new());
        let free = chunk.bytes.len();
        chunk.bytes.resize(CHUNK_SIZE, 0);
        let header = chunk.header(free);
        chunk.bytes[..HEADER_SIZE].copy_from_slice(&header);
        chunk.bytes
    }

    fn header(&self, free: usize) -> Vec<u8> {
        let (first, last, last_offset) =
            self.records.as_ref().map_or(((0, 0), (0, 0), 0), |r| (r.first, r.last, r.last_offset));
        let mut header = b"ElfChnk\0".to_vec();
        for number in [first.0, last.0, first.1, last.1] {
            header.extend(number.to_le_bytes());
        }
        let records = checksum(&[&self.bytes[HEADER_SIZE..free]]);
        for number in [HEADER_FIELDS, last_offset, free as u32, records] {
            header.extend(number.to_le_bytes());
        }
        header.resize(120, 0);
        let tables: Vec<u8> =
            self.tables.names.iter().chain(&self.tables.templates).flat_map(|at| at.to_le_bytes()).collect();
        let all = checksum(&[&header, &tables]);
        header.extend(WRITTEN.to_le_bytes());
        header.extend(all.to_le_bytes());
        header.extend(tables);
        header
    }

    /// The offset of the name, if this chunk has it.
    pub(super) fn find_name(&self, hash: u32, name: &[u8]) -> Option<u32> {
        let entry = |at: usize| self.bytes.get(at + 8..at + 8 + name.len());
        let units = (name.len() / 2) as u16;
        self.walk(self.tables.names[name_bucket(hash)], |at| {
            self.bytes.get(at + 6..at + 8) == Some(&units.to_le_bytes()) && entry(at) == Some(name)
        })
    }

    /// Makes the name that is appended next the newest of its bucket; gives the one before.
    pub(super) fn link_name(&mut self, hash: u32) -> u32 {
        let here = self.bytes.len() as u32;
        std::mem::replace(&mut self.tables.names[name_bucket(hash)], here)
    }

    /// The offset of the template with this GUID, if this chunk has it.
    pub(super) fn find_template(&self, guid: &[u8; 16]) -> Option<u32> {
        let newest = self.tables.templates[template_bucket(guid)];
        self.walk(newest, |at| self.bytes.get(at + 4..at + 20) == Some(guid))
    }

    /// Makes the template that is appended next the newest of its bucket; gives the one before.
    pub(super) fn link_template(&mut self, guid: &[u8; 16]) -> u32 {
        let here = self.bytes.len() as u32;
        std::mem::replace(&mut self.tables.templates[template_bucket(guid)], here)
    }

    /// Follows a bucket from its newest entry to the first that is meant.
    fn walk(&self, newest: u32, is_meant: impl Fn(usize) -> bool) -> Option<u32> {
        let next = |at: &u32| {
            let at = *at as usize;
            let link = self.bytes.get(at..at + 4)?.first_chunk::<4>()?;
            Some(u32::from_le_bytes(*link)).filter(|next| *next != 0)
        };
        let first = Some(newest).filter(|at| *at != 0);
        std::iter::successors(first, next).find(|at| is_meant(*at as usize))
    }

    pub(super) fn put_u16(&mut self, number: u16) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn put_u32(&mut self, number: u32) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn put_u64(&mut self, number: u64) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    /// Appends text as UTF-16.
    pub(super) fn put_text(&mut self, text: &str) {
        if !text.is_ascii() {
            return self.bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        }
        let start = self.bytes.len();
        self.bytes.resize(start + 2 * text.len(), 0);
        let units = self.bytes[start..].as_chunks_mut::<2>().0;
        units.iter_mut().zip(text.bytes()).for_each(|(unit, byte)| unit[0] = byte);
    }

    /// Overwrites four bytes that were appended before.
    pub(super) fn patch_u32(&mut self, at: usize, number: u32) {
        self.bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
}

fn name_bucket(hash: u32) -> usize {
    // Windows takes the bucket from the 16 bits it stores.
    (hash & 0xFFFF) as usize % 64
}

fn template_bucket(guid: &[u8; 16]) -> usize {
    hash(guid) as usize % 32
}

/// The hash of Windows' name and template tables, over 16-bit units.
pub(super) fn hash(bytes: &[u8]) -> u32 {
    let fold =
        |hash: u32, unit: &[u8; 2]| hash.wrapping_mul(65_599).wrapping_add(u16::from_le_bytes(*unit).into());
    bytes.as_chunks::<2>().0.iter().fold(0, fold)
}

/// The CRC32 of these slices, one after the other.
pub(super) fn checksum(slices: &[&[u8]]) -> u32 {
    let mut crc = Crc::new();
    slices.iter().for_each(|slice| crc.update(slice));
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn names_hash_as_in_files_of_windows() {
        assert_eq!(hash(&utf16("Event")) & 0xFFFF, 0x0CBA);
        assert_eq!(hash(&utf16("Provider")) & 0xFFFF, 0x7BF1);
    }

    #[test]
    fn templates_fall_in_the_bucket_they_have_in_files_of_windows() {
        let guid = *b"\x25\xc8\x79\xaa\xcb\x04\x13\xb5\x4c\xe6\x00\x08\x5e\xc8\xb1\xaa";
        assert_eq!(template_bucket(&guid), 3);
        let guid = *b"\xc8\xca\x88\x65\x55\x57\xb0\x26\x61\x42\x3a\x49\xd3\x6c\xb3\x4b";
        assert_eq!(template_bucket(&guid), 20);
    }

    #[test]
    fn a_record_that_does_not_fit_leaves_no_trace() {
        let mut chunk = Chunk::new();
        assert!(!chunk.append((1, 1), FileTime::MIDNIGHT, |chunk| chunk.put_text(&"x".repeat(40_000))));
        assert!(chunk.is_empty() && chunk.bytes.len() == HEADER_SIZE);
    }
}
