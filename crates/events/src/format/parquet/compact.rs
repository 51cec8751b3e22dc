//! Thrift's compact protocol, in which a file's footer and the headers of its pages are written, as far as they are
//! looked at before the crate `parquet` reads them.

use std::io::{self, ErrorKind, Read};

/// Structs and lists in one another that are skipped.
const DEEPEST: usize = 32;

/// Types of values that are told apart here. What a list says of its elements and a field of its value is the same.
pub(super) const I32: u8 = 5;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// Reads values one by one.
pub(super) struct Compact<R> {
    bytes: R,
    /// Bytes that were read.
    pub(super) read: u64,
}

impl<R: Read> Compact<R> {
    pub(super) fn new(bytes: R) -> Self {
        Self { bytes, read: 0 }
    }

    /// The number and the type of the struct's next field, after the one with the number `last`; `None` at its end.
    pub(super) fn field(&mut self, last: i16) -> io::Result<Option<(i16, u8)>> {
        let byte = self.byte()?;
        let (delta, kind) = (byte >> 4, byte & 15);
        if kind == 0 {
            return Ok(None);
        }
        let number = if delta == 0 { self.integer()? } else { i64::from(last) + i64::from(delta) };
        let number = i16::try_from(number).map_err(|_| damaged())?;
        Ok(Some((number, kind)))
    }

    /// A whole number.
    pub(super) fn integer(&mut self) -> io::Result<i64> {
        let value = self.varint()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// How many elements a list has, and their type.
    pub(super) fn list(&mut self) -> io::Result<(u64, u8)> {
        let byte = self.byte()?;
        let count = if byte >> 4 == 15 { self.varint()? } else { u64::from(byte >> 4) };
        Ok((count, byte & 15))
    }

    /// Skips a field's value.
    pub(super) fn skip(&mut self, kind: u8) -> io::Result<()> {
        match kind {
            // The type of a field that is true or false says which.
            1 | 2 => Ok(()),
            kind => self.skip_inner(kind, 0),
        }
    }

    // Recursion is bounded by `DEEPEST`.
    fn skip_inner(&mut self, kind: u8, depth: usize) -> io::Result<()> {
        if depth > DEEPEST {
            return Err(damaged());
        }
        match kind {
            1..=3 => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            7 => self.pass(8),
            8 => {
                let length = self.varint()?;
                self.pass(length)
            }
            LIST | 10 => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.skip_inner(kind, depth + 1))
            }
            11 => {
                let count = self.varint()?;
                let kinds = if count == 0 { 0 } else { self.byte()? };
                (0..count).try_for_each(|_| {
                    self.skip_inner(kinds >> 4, depth + 1)?;
                    self.skip_inner(kinds & 15, depth + 1)
                })
            }
            STRUCT => {
                let mut last = 0;
                while let Some((number, kind)) = self.field(last)? {
                    last = number;
                    if kind > 2 {
                        self.skip_inner(kind, depth + 1)?;
                    }
                }
                Ok(())
            }
            _ => Err(damaged()),
        }
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.bytes.read_exact(&mut byte)?;
        self.read += 1;
        Ok(byte[0])
    }

    fn varint(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(damaged())
    }

    fn pass(&mut self, length: u64) -> io::Result<()> {
        let passed = io::copy(&mut self.bytes.by_ref().take(length), &mut io::sink())?;
        self.read += passed;
        if passed == length { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }
}

pub(super) fn damaged() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "its headers are not what they should be")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_skipped() {
        // 1: i32 -3, 2: true, 4: "ab", 5: [1, 2], 6: {1: i32 0}, 7: i32 300
        let bytes =
            [0x15, 5, 0x11, 0x28, 2, b'a', b'b', 0x19, 0x25, 2, 4, 0x1c, 0x15, 0, 0, 0x15, 0xd8, 4, 0];
        let mut compact = Compact::new(&bytes[..]);
        let (mut last, mut numbers) = (0, Vec::new());
        while let Some((number, kind)) = compact.field(last).unwrap() {
            last = number;
            if kind == I32 {
                numbers.push((number, compact.integer().unwrap()));
            } else {
                compact.skip(kind).unwrap();
            }
        }
        assert_eq!(numbers, [(1, -3), (7, 300)]);
        assert_eq!(compact.read, bytes.len() as u64);
    }

    #[test]
    fn what_has_no_end_is_damaged() {
        assert!(Compact::new(&[0xff; 20][..]).integer().is_err());
        assert!(Compact::new(&[0x1c; 100][..]).skip(STRUCT).is_err());
        assert!(Compact::new(&[0x9f, 0xff, 0xff, 1][..]).skip(LIST).is_err());
    }
}
