//! Bytes → JSON objects that may run over several lines, in an array or one after the other.

use std::io::{ErrorKind, Read};

use super::documents::Document;
use crate::format::lines::{self, LONGEST};

/// Bytes read at once.
const CHUNK: usize = 1 << 20;

/// Cuts a stream into objects by balancing brackets.
///
/// Damage ends an object where it shows: at a line end inside a string, or at a `{` that follows a
/// value. So each byte is looked at once, whatever the bytes are.
pub(super) struct Values {
    bytes: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    /// Offset of the buffer's first byte.
    base: u64,
    /// The line of `at`, counted from 1.
    line: u64,
    is_at_end: bool,
}

/// How far an object has been looked through.
#[derive(Default)]
struct Scan {
    length: usize,
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
    /// The last byte that is no white space, outside of strings.
    last: u8,
}

/// What the scan came to.
enum Stop {
    End,
    Flaw(&'static str),
}

impl Values {
    pub(super) fn new(bytes: Box<dyn Read + Send>) -> Self {
        Self { bytes, buffer: Vec::new(), at: 0, filled: 0, base: 0, line: 1, is_at_end: false }
    }

    pub(super) fn next(&mut self) -> std::io::Result<Option<Document<'_>>> {
        match self.separators()? {
            None => Ok(None),
            Some(b'{') => self.object().map(Some),
            Some(_) => self.junk().map(Some),
        }
    }

    /// Skips what may stand between objects; gives the byte after it.
    fn separators(&mut self) -> std::io::Result<Option<u8>> {
        loop {
            let rest = self.buffer.get(self.at..self.filled).unwrap_or_default();
            let is_separator = |byte: &u8| byte.is_ascii_whitespace() || b",[]".contains(byte);
            match rest.iter().position(|byte| !is_separator(byte)) {
                Some(length) => {
                    let byte = rest.get(length).copied();
                    self.advance(length);
                    return Ok(byte);
                }
                None if self.is_at_end => return Ok(None),
                None => {
                    self.advance(rest.len());
                    self.fill()?;
                }
            }
        }
    }

    fn object(&mut self) -> std::io::Result<Document<'_>> {
        let mut scan = Scan::default();
        let stop = loop {
            let rest = self.buffer.get(self.at + scan.length..self.filled).unwrap_or_default();
            if let Some(stop) = scan.through(rest) {
                break stop;
            }
            if scan.length > LONGEST {
                break Stop::Flaw("an object longer than 64 MiB skipped");
            }
            if self.is_at_end {
                break Stop::Flaw("ends inside a value");
            }
            self.fill()?;
        };
        let flaw = match stop {
            Stop::End => None,
            Stop::Flaw(what) => Some(what),
        };
        Ok(self.give(scan.length, flaw))
    }

    /// Skips to the next object.
    fn junk(&mut self) -> std::io::Result<Document<'_>> {
        let mut length = 0;
        loop {
            let rest = self.buffer.get(self.at + length..self.filled).unwrap_or_default();
            if let Some(found) = memchr::memchr(b'{', rest) {
                return Ok(self.give(length + found, Some("expected a JSON object")));
            }
            length += rest.len();
            if self.is_at_end || length > LONGEST {
                return Ok(self.give(length, Some("expected a JSON object")));
            }
            self.fill()?;
        }
    }

    fn give(&mut self, length: usize, flaw: Option<&'static str>) -> Document<'_> {
        let (start, line) = (self.at, self.line);
        self.advance(length);
        let bytes = self.buffer.get(start..start + length).unwrap_or_default();
        Document { bytes, offset: self.base + start as u64, line, flaw }
    }

    fn advance(&mut self, length: usize) {
        let passed = self.buffer.get(self.at..self.at + length).unwrap_or_default();
        self.line += lines::count(passed);
        self.at += length;
    }

    /// Reads on; what is unread moves to the front of the buffer.
    fn fill(&mut self) -> std::io::Result<()> {
        self.buffer.copy_within(self.at..self.filled, 0);
        self.filled -= self.at;
        self.base += self.at as u64;
        self.at = 0;
        if self.buffer.len() < self.filled + CHUNK {
            let length = (self.buffer.len() * 2).max(self.filled + CHUNK);
            self.buffer.resize(length, 0);
        }
        let Some(room) = self.buffer.get_mut(self.filled..) else { return Ok(()) };
        match self.bytes.read(room) {
            Ok(0) => self.is_at_end = true,
            Ok(read) => self.filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Scan {
    /// Looks through more bytes of the object. `None` if it goes on after them.
    fn through(&mut self, bytes: &[u8]) -> Option<Stop> {
        for &byte in bytes {
            if self.is_in_string {
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = true,
                    b'"' => self.is_in_string = false,
                    b'\n' => return Some(Stop::Flaw("a line ends inside a string")),
                    _ => {}
                }
                self.length += 1;
                continue;
            }
            match byte {
                b'"' => self.is_in_string = true,
                b'{' if !matches!(self.last, 0 | b':' | b',' | b'[' | b'{') => {
                    return Some(Stop::Flaw("expected the end of an object before `{`"));
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            self.length += 1;
            if !byte.is_ascii_whitespace() {
                self.last = byte;
            }
            if self.depth == 0 {
                return Some(Stop::End);
            }
        }
        None
    }
}
