//! Bytes → JSON documents: lines, or values that run over several lines.
//!
//! Which of the two is seen from the beginning: a first line that is a whole object makes the input
//! JSON lines. Anything else (an array, pretty-printed objects) is cut where brackets balance.

use std::io::Read;

use crate::format::lines::{LONGEST, Lines};

/// One JSON document.
pub(super) struct Document<'a> {
    pub(super) bytes: &'a [u8],
    /// Offset of its first byte.
    pub(super) offset: u64,
    /// The line on which it begins, counted from 1 at the first that was read.
    pub(super) line: u64,
    /// Why it could not be taken.
    pub(super) flaw: Option<&'static str>,
}

/// Cuts a stream into documents.
pub(super) struct Documents {
    lines: Lines,
    end: Option<u64>,
}

impl Documents {
    pub(super) fn new(bytes: Box<dyn Read + Send>, start: u64, end: Option<u64>) -> Self {
        let _ = LONGEST;
        Self { lines: Lines::new(bytes, start), end }
    }

    pub(super) fn next(&mut self) -> std::io::Result<Option<Document<'_>>> {
        if self.end.is_some_and(|end| self.lines.offset() >= end) {
            return Ok(None);
        }
        Ok(self.lines.next()?.map(|line| Document {
            bytes: line.bytes,
            offset: line.offset,
            line: line.number,
            flaw: line.is_too_long.then_some("a line longer than 64 MiB skipped"),
        }))
    }
}
