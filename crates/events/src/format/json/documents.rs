//! Bytes → JSON documents: lines, or values that run over several lines.
//!
//! Which of the two is seen from the first line: one that begins an array, or an object that goes on
//! below it, makes the input a row of values that are cut where brackets balance. Anything else is
//! JSON lines.

use std::io::{Cursor, Read};

use super::values::Values;
use crate::format::HEAD;
use crate::format::lines::Lines;

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
pub(super) enum Documents {
    /// Nothing has been read yet.
    New {
        bytes: Option<Box<dyn Read + Send>>,
        start: u64,
        end: Option<u64>,
    },
    Lines {
        lines: Lines,
        end: Option<u64>,
    },
    Values(Values),
}

impl Documents {
    /// Documents of a stream whose first byte is at `start`, up to the last that begins before `end`.
    pub(super) fn new(bytes: Box<dyn Read + Send>, start: u64, end: Option<u64>) -> Self {
        Self::New { bytes: Some(bytes), start, end }
    }

    pub(super) fn next(&mut self) -> std::io::Result<Option<Document<'_>>> {
        if let Self::New { bytes, start, end } = self {
            let Some(bytes) = bytes.take() else { return Ok(None) };
            *self = Self::begin(bytes, *start, *end)?;
        }
        match self {
            Self::New { .. } => Ok(None),
            Self::Values(values) => values.next(),
            Self::Lines { lines, end } if end.is_some_and(|end| lines.offset() >= end) => Ok(None),
            Self::Lines { lines, .. } => Ok(lines.next()?.map(|line| Document {
                bytes: line.bytes,
                offset: line.offset,
                line: line.number,
                flaw: line.is_too_long.then_some("a line longer than 64 MiB skipped"),
            })),
        }
    }

    fn begin(mut bytes: Box<dyn Read + Send>, start: u64, end: Option<u64>) -> std::io::Result<Self> {
        if start > 0 || end.is_some() {
            return Ok(Self::Lines { lines: Lines::new(bytes, start), end });
        }
        let mut head = Vec::new();
        bytes.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
        let goes_on = goes_on(&head);
        let bytes: Box<dyn Read + Send> = Box::new(Cursor::new(head).chain(bytes));
        Ok(match goes_on {
            true => Self::Values(Values::new(bytes)),
            false => Self::Lines { lines: Lines::new(bytes, start), end },
        })
    }
}

/// Whether the value that begins here does not end on its line.
fn goes_on(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    match line {
        [b'[', ..] => true,
        [b'{', .., b'{' | b'[' | b',' | b':'] | [b'{'] => line.len() < head.len(),
        _ => false,
    }
}
