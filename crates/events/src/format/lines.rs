//! Bytes → lines, with where each begins.

use std::io::{ErrorKind, Read};

use memchr::{memchr, memchr_iter};

/// Bytes read at once: few enough that they are still in the core's cache when they are looked at.
const CHUNK: usize = 128 << 10;
/// A longer line is skipped.
pub(crate) const LONGEST: usize = 64 << 20;

/// Reads lines from a stream.
pub(crate) struct Lines {
    bytes: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// Where the next line begins in the buffer.
    at: usize,
    /// Bytes of the buffer that hold something.
    filled: usize,
    /// Offset of the buffer's first byte in the input.
    base: u64,
    /// Lines given out or skipped so far.
    count: u64,
    is_at_end: bool,
}

/// One line, or what is left of one.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    /// Without its line end.
    pub(crate) bytes: &'a [u8],
    /// Offset of its first byte.
    pub(crate) offset: u64,
    /// Counted from 1 at the first line that was read.
    pub(crate) number: u64,
    /// It was longer than [`LONGEST`]; `bytes` is empty.
    pub(crate) is_too_long: bool,
}

impl Lines {
    /// Lines of a stream whose first byte is at `start` of the input.
    pub(crate) fn new(bytes: Box<dyn Read + Send>, start: u64) -> Self {
        Self { bytes, buffer: Vec::new(), at: 0, filled: 0, base: start, count: 0, is_at_end: false }
    }

    /// Where the next line begins.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// The next line.
    pub(crate) fn next(&mut self) -> std::io::Result<Option<Line<'_>>> {
        let mut looked = 0;
        loop {
            let rest = self.buffer.get(self.at + looked..self.filled).unwrap_or_default();
            if let Some(found) = memchr(b'\n', rest) {
                return Ok(Some(self.give(looked + found, 1)));
            }
            looked += rest.len();
            if looked > LONGEST {
                return self.skip_long().map(Some);
            }
            if self.is_at_end {
                return Ok((looked > 0).then(|| self.give(looked, 0)));
            }
            self.fill()?;
        }
    }

    /// Gives the line of this length, which is followed by `end` bytes of line end.
    fn give(&mut self, length: usize, end: usize) -> Line<'_> {
        let (start, offset) = (self.at, self.offset());
        self.at += length + end;
        self.count += 1;
        let bytes = self.buffer.get(start..start + length).unwrap_or_default();
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        Line { bytes, offset, number: self.count, is_too_long: false }
    }

    /// Drops everything up to the next line end.
    fn skip_long(&mut self) -> std::io::Result<Line<'_>> {
        let offset = self.offset();
        self.count += 1;
        loop {
            let rest = self.buffer.get(self.at..self.filled).unwrap_or_default();
            let found = memchr(b'\n', rest);
            self.at = found.map_or(self.filled, |found| self.at + found + 1);
            if found.is_some() || self.is_at_end {
                return Ok(Line { bytes: &[], offset, number: self.count, is_too_long: true });
            }
            self.fill()?;
        }
    }

    /// Reads on; what is unread moves to the front of the buffer.
    fn fill(&mut self) -> std::io::Result<()> {
        if self.at > 0 {
            self.buffer.copy_within(self.at..self.filled, 0);
            self.filled -= self.at;
            self.base += self.at as u64;
            self.at = 0;
        }
        if self.buffer.len() < self.filled + CHUNK {
            let length = (self.buffer.len() * 2).max(self.filled + CHUNK);
            self.buffer.resize(length, 0);
        }
        let Some(room) = self.buffer.get_mut(self.filled..) else { return Ok(()) };
        loop {
            match self.bytes.read(room) {
                Ok(0) => self.is_at_end = true,
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }
}

/// Line ends in these bytes.
pub(crate) fn count(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<(Vec<u8>, u64, u64)> {
        let mut lines = Lines::new(Box::new(std::io::Cursor::new(text.to_vec())), 100);
        let mut out = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            out.push((line.bytes.to_vec(), line.offset, line.number));
        }
        out
    }

    #[test]
    fn lines_know_where_they_begin() {
        assert_eq!(
            lines(b"a\r\n\nbc"),
            [(b"a".to_vec(), 100, 1), (b"".to_vec(), 103, 2), (b"bc".to_vec(), 104, 3)]
        );
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn a_line_longer_than_the_buffer_is_whole() {
        let mut text = vec![b'x'; CHUNK * 2 + 7];
        text.extend(b"\ny\n");
        let out = lines(&text);
        assert_eq!(out.iter().map(|line| line.0.len()).collect::<Vec<_>>(), [CHUNK * 2 + 7, 1]);
    }

    #[test]
    fn a_line_beyond_the_limit_is_skipped() {
        let bytes = std::io::repeat(b'x').take(LONGEST as u64 + 9).chain(&b"\nnext\n"[..]);
        let mut lines = Lines::new(Box::new(bytes), 0);
        assert!(lines.next().unwrap().unwrap().is_too_long);
        assert_eq!(lines.next().unwrap().unwrap().bytes, b"next");
        assert!(lines.next().unwrap().is_none());
    }
}
