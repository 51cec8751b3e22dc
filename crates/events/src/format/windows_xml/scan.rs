//! Where the events are in a stream of XML.

use std::io::{self, Read};
use std::ops::Range;

use memchr::memmem::Finder;

use crate::format::Source;

/// Bytes read at a time: few enough that they are still in the core's cache when they are looked at.
const PIECE: usize = 128 << 10;
/// An event larger than this is lost.
const MAX_EVENT: usize = 64 << 20;

/// How characters are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// An event, in [`Scanner::bytes`].
    Event(Range<usize>),
    /// An event that cannot be read, and why.
    Lost(u64, &'static str),
    End,
}

/// Finds `<Event …>` to `</Event>`.
pub(super) struct Scanner {
    pub source: Source,
    pub encoding: Encoding,
    buffer: Vec<u8>,
    /// Offset in the input of the buffer's first byte.
    base: u64,
    /// Before this place in the buffer all is done.
    at: usize,
    is_eof: bool,
    open: Finder<'static>,
    close: Finder<'static>,
    /// From here on the next start and the next end were not looked for yet.
    open_from: usize,
    close_from: usize,
}

impl Scanner {
    pub(super) fn new(source: Source) -> Self {
        let base = source.start;
        Self {
            source,
            encoding: Encoding::Utf8,
            buffer: Vec::new(),
            base,
            at: 0,
            is_eof: false,
            open: Finder::new("<Event"),
            close: Finder::new("</Event>"),
            open_from: 0,
            close_from: 0,
        }
    }

    /// The bytes of an event found last.
    pub(super) fn bytes(&self, range: Range<usize>) -> &[u8] {
        self.buffer.get(range).unwrap_or_default()
    }

    /// Offset in the input of a place in the buffer.
    pub(super) fn offset(&self, at: usize) -> u64 {
        self.base + at as u64
    }

    /// The next event, or what is in its place.
    pub(super) fn next(&mut self) -> io::Result<Found> {
        if self.buffer.is_empty() && !self.is_eof {
            self.begin()?;
        }
        let Some(start) = self.find_start()? else { return Ok(Found::End) };
        if self.source.end.is_some_and(|end| self.offset(start) >= end) {
            return Ok(Found::End);
        }
        self.find_end(start)
    }

    /// Reads the first piece and learns the encoding from it.
    fn begin(&mut self) -> io::Result<()> {
        self.read()?;
        self.encoding = encoding(&self.buffer, self.base);
        self.open = Finder::new(&self.encoded("<Event")).into_owned();
        self.close = Finder::new(&self.encoded("</Event>")).into_owned();
        Ok(())
    }

    fn encoded(&self, text: &str) -> Vec<u8> {
        match self.encoding {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }

    /// The next `<Event` at or after `at`, dropping what is before it.
    fn find_start(&mut self) -> io::Result<Option<usize>> {
        loop {
            self.open_from = self.open_from.max(self.at);
            if let Some(start) = self.next_open() {
                self.at = start;
                return Ok(Some(start));
            }
            if self.is_eof {
                return Ok(None);
            }
            self.at = self.open_from.min(self.buffer.len());
            self.read()?;
        }
    }

    /// The end of the event that starts at `start`; if another starts before, this one is lost.
    fn find_end(&mut self, start: usize) -> io::Result<Found> {
        let mut start = start;
        self.open_from = start + self.open.needle().len();
        self.close_from = self.close_from.max(start);
        loop {
            let close = self.next_close();
            let open = self.next_open();
            match (open, close) {
                (_, Some(close)) if open.is_none_or(|open| close < open) => {
                    self.at = close + self.close.needle().len();
                    return Ok(Found::Event(start..self.at));
                }
                (Some(open), _) => {
                    self.at = open;
                    return Ok(Found::Lost(self.offset(start), "the event is not closed before the next"));
                }
                _ if self.is_eof => {
                    self.at = self.buffer.len();
                    return Ok(Found::Lost(self.offset(start), "the input ends within the event"));
                }
                _ if self.buffer.len() - start > MAX_EVENT => {
                    self.at = self.open_from;
                    return Ok(Found::Lost(self.offset(start), "the event is larger than 64 MiB"));
                }
                _ => {
                    self.at = start;
                    self.read()?;
                    start = self.at;
                }
            }
        }
    }

    /// The next tag `<Event`; if there is none, the search goes on from the last few bytes.
    fn next_open(&mut self) -> Option<usize> {
        loop {
            let Some(found) = find(&self.open, &self.buffer, self.open_from) else {
                let tail = self.open.needle().len() + self.width();
                self.open_from = self.open_from.max((self.buffer.len() + 1).saturating_sub(tail));
                return None;
            };
            self.open_from = found;
            let after = found + self.open.needle().len();
            match self.char_at(after) {
                None if !self.is_eof => return None,
                Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n') if self.is_aligned(found) => {
                    return Some(found);
                }
                _ => self.open_from = found + 1,
            }
        }
    }

    fn next_close(&mut self) -> Option<usize> {
        loop {
            let Some(found) = find(&self.close, &self.buffer, self.close_from) else {
                let tail = self.close.needle().len();
                self.close_from = self.close_from.max((self.buffer.len() + 1).saturating_sub(tail));
                return None;
            };
            self.close_from = found;
            if self.is_aligned(found) {
                return Some(found);
            }
            self.close_from = found + 1;
        }
    }

    /// Bytes of an ASCII character.
    fn width(&self) -> usize {
        if self.encoding == Encoding::Utf8 { 1 } else { 2 }
    }

    /// UTF-16 characters stand at even offsets.
    fn is_aligned(&self, at: usize) -> bool {
        self.encoding == Encoding::Utf8 || self.offset(at).is_multiple_of(2)
    }

    /// The ASCII character at this place; another is 0.
    fn char_at(&self, at: usize) -> Option<u8> {
        let unit = self.buffer.get(at..at + self.width())?;
        Some(match (self.encoding, unit) {
            (Encoding::Utf8, [c]) | (Encoding::Utf16Le, [c, 0]) | (Encoding::Utf16Be, [0, c]) => *c,
            _ => 0,
        })
    }

    /// Drops what is done and appends a piece.
    fn read(&mut self) -> io::Result<()> {
        let done = self.at.min(self.buffer.len());
        self.buffer.drain(..done);
        self.base += done as u64;
        self.at -= done;
        self.open_from = self.open_from.saturating_sub(done);
        self.close_from = self.close_from.saturating_sub(done);
        let filled = self.buffer.len();
        self.buffer.resize(filled + PIECE, 0);
        let room = self.buffer.get_mut(filled..).unwrap_or_default();
        let read = loop {
            match self.source.bytes.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.buffer.truncate(filled + *read.as_ref().unwrap_or(&0));
        self.is_eof = read? == 0;
        Ok(())
    }
}

fn find(finder: &Finder<'_>, buffer: &[u8], from: usize) -> Option<usize> {
    finder.find(buffer.get(from..)?).map(|found| from + found)
}

/// From the byte order mark, or from where the zeros of ASCII characters are.
fn encoding(head: &[u8], offset: u64) -> Encoding {
    match head {
        [0xff, 0xfe, ..] if offset == 0 => return Encoding::Utf16Le,
        [0xfe, 0xff, ..] if offset == 0 => return Encoding::Utf16Be,
        _ => {}
    }
    let head = head.get(..head.len().min(256)).unwrap_or_default();
    let first = usize::from(!offset.is_multiple_of(2));
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(first), zeros(1 - first));
    match head.len() / 4 {
        least if odd > least && odd > even => Encoding::Utf16Le,
        least if even > least && even > odd => Encoding::Utf16Be,
        _ => Encoding::Utf8,
    }
}
