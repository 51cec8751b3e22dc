//! The typed values of BinXML, as the text that Windows renders for them.

use std::fmt::Write;

use super::cursor::{Cursor, Damage};
use super::utf16;

/// A value is BinXML of its own.
pub(super) const BINXML: u8 = 0x21;
/// A value is a FILETIME.
pub(super) const FILETIME: u8 = 0x11;
/// A value is an unsigned number of 64 bits.
pub(super) const UINT64: u8 = 0x0a;
/// Set in the kind of an array.
const ARRAY: u8 = 0x80;

/// Where a substitution's value lies in the chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    pub kind: u8,
    pub start: usize,
    pub length: usize,
}

impl Value {
    pub(super) fn bytes(self, chunk: &[u8]) -> &[u8] {
        chunk.get(self.start..self.start + self.length).unwrap_or_default()
    }

    /// Nothing was given for it.
    pub(super) fn is_null(self) -> bool {
        self.kind == 0
    }

    /// Text of one byte a character.
    pub(super) fn is_ansi(self) -> bool {
        self.kind & !ARRAY == 0x02
    }

    pub(super) fn is_array(self) -> bool {
        self.kind & ARRAY != 0
    }
}

/// Appends the text of a single value, or of an array with commas between its items.
///
/// Kinds are those of MS-EVEN6, 2.2.12. GUIDs are upper-case as Splunk shows them.
pub(super) fn push(kind: u8, bytes: &[u8], out: &mut String) -> Result<(), Damage> {
    if kind & ARRAY != 0 {
        return push_items(kind, bytes, out);
    }
    let mut cursor = Cursor::new(bytes, 0, bytes.len());
    match kind {
        0x00 | BINXML => {}
        0x01 => utf16::push(bytes, out),
        0x02 => push_ansi(bytes, out),
        0x03 => push_number(cursor.u8()?.cast_signed().into(), out),
        0x04 => push_number(cursor.u8()?.into(), out),
        0x05 => push_number(cursor.u16()?.cast_signed().into(), out),
        0x06 => push_number(cursor.u16()?.into(), out),
        0x07 => push_number(cursor.u32()?.cast_signed().into(), out),
        0x08 => push_number(cursor.u32()?.into(), out),
        0x09 => push_number(cursor.u64()?.cast_signed().into(), out),
        UINT64 => push_number(cursor.u64()?.into(), out),
        0x0b => write(out, format_args!("{}", f32::from_bits(cursor.u32()?))),
        0x0c => write(out, format_args!("{}", f64::from_bits(cursor.u64()?))),
        0x0d => push_bool(cursor.u32()?, out),
        0x0e => push_hex(bytes, out),
        0x0f => push_guid(&mut cursor, out)?,
        0x10 if bytes.len() < 8 => write(out, format_args!("{:#x}", cursor.u32()?)),
        0x10 | 0x15 => write(out, format_args!("{:#x}", cursor.u64()?)),
        FILETIME => push_filetime(cursor.u64()?, out),
        0x12 => push_systemtime(&mut cursor, out)?,
        0x13 => push_sid(&mut cursor, out)?,
        0x14 => write(out, format_args!("{:#x}", cursor.u32()?)),
        _ => return Err(Damage("a value has an unknown type")),
    }
    Ok(())
}

/// Writing to a String does not fail.
fn write(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

fn push_number(number: i128, out: &mut String) {
    let mut digits = [0u8; 40];
    let mut at = digits.len();
    let (is_negative, number) = (number < 0, u64::try_from(number.unsigned_abs()).unwrap_or(u64::MAX));
    let mut left = number;
    loop {
        at -= 1;
        let digit = b'0' + (left % 10) as u8;
        if let Some(place) = digits.get_mut(at) {
            *place = digit;
        }
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if is_negative {
        out.push('-');
    }
    out.push_str(std::str::from_utf8(digits.get(at..).unwrap_or_default()).unwrap_or_default());
}

/// The system's code page is not stored; Windows-1252 is the commonest.
fn push_ansi(bytes: &[u8], out: &mut String) {
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
    out.extend(text.chars().filter(|&c| c != '\0'));
}

/// Windows puts bit masks into some booleans: those stay numbers.
fn push_bool(value: u32, out: &mut String) {
    match value {
        0 => out.push_str("false"),
        1 => out.push_str("true"),
        other => push_number(other.cast_signed().into(), out),
    }
}

fn push_hex(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            out.push(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0').into());
        }
    }
}

fn push_guid(cursor: &mut Cursor<'_>, out: &mut String) -> Result<(), Damage> {
    let (first, second, third) = (cursor.u32()?, cursor.u16()?, cursor.u16()?);
    write(out, format_args!("{{{first:08X}-{second:04X}-{third:04X}-"));
    push_hex(cursor.take(2)?, out);
    out.push('-');
    push_hex(cursor.take(6)?, out);
    out.push('}');
    Ok(())
}

fn push_sid(cursor: &mut Cursor<'_>, out: &mut String) -> Result<(), Damage> {
    let (revision, count) = (cursor.u8()?, cursor.u8()?);
    let authority = cursor.take(6)?.iter().fold(0u64, |sum, &byte| sum << 8 | u64::from(byte));
    write(out, format_args!("S-{revision}-{authority}"));
    for _ in 0..count {
        write(out, format_args!("-{}", cursor.u32()?));
    }
    Ok(())
}

/// 100 ns in a second.
const TICKS: u64 = 10_000_000;

/// Nine digits of fraction, as Splunk shows event times.
fn push_filetime(filetime: u64, out: &mut String) {
    let filetime = if filetime > i64::MAX as u64 { 0 } else { filetime };
    let (seconds, ticks) = (filetime / TICKS, filetime % TICKS);
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    write(out, format_args!("{:04}-{month:02}-{day:02}", year % 10_000));
    write(out, format_args!("T{hour:02}:{minute:02}:{second:02}.{ticks:07}00Z"));
}

/// The date so many days after 1601-01-01: Howard Hinnant's `civil_from_days`.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 584_694;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, date)
}

fn push_systemtime(cursor: &mut Cursor<'_>, out: &mut String) -> Result<(), Damage> {
    let mut part = || cursor.u16();
    let (year, month, _weekday, day) = (part()?, part()?, part()?, part()?);
    let (hour, minute, second, millis) = (part()?, part()?, part()?, part()?);
    write(out, format_args!("{year:04}-{month:02}-{day:02}"));
    write(out, format_args!("T{hour:02}:{minute:02}:{second:02}.{millis:03}000000Z"));
    Ok(())
}

fn push_items(kind: u8, bytes: &[u8], out: &mut String) -> Result<(), Damage> {
    for (at, (kind, item)) in items(kind, bytes)?.enumerate() {
        if at > 0 {
            out.push(',');
        }
        push(kind, item, out)?;
    }
    Ok(())
}

/// The items of an array: their kind and bytes.
pub(super) fn items(kind: u8, bytes: &[u8]) -> Result<Items<'_>, Damage> {
    let kind = kind & !ARRAY;
    let width = match kind {
        0x01 | 0x02 | 0x13 => 0,
        0x03 | 0x04 => 1,
        0x05 | 0x06 => 2,
        0x07 | 0x08 | 0x0b | 0x0d | 0x14 => 4,
        0x09 | 0x0a | 0x0c | FILETIME | 0x15 => 8,
        0x0f | 0x12 => 16,
        _ => return Err(Damage("an array has items of an unknown type")),
    };
    Ok(Items { kind, width, rest: bytes })
}

/// See [`items`].
pub(super) struct Items<'a> {
    kind: u8,
    width: usize,
    rest: &'a [u8],
}

impl<'a> Iterator for Items<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (length, skip) = match self.kind {
            0x01 => self.string(2),
            0x02 => self.string(1),
            0x13 => (8 + 4 * usize::from(self.rest.get(1).copied().unwrap_or(0)), 0),
            _ => (self.width, 0),
        };
        let length = length.min(self.rest.len());
        let (item, after) = self.rest.split_at(length);
        self.rest = after.get(skip..).unwrap_or_default();
        Some((self.kind, item))
    }
}

impl Items<'_> {
    /// Length of the string at the front, and of the NUL after it.
    fn string(&self, unit: usize) -> (usize, usize) {
        let length =
            self.rest.chunks_exact(unit).take_while(|unit| unit.iter().any(|&b| b != 0)).count() * unit;
        if length + unit > self.rest.len() { (self.rest.len(), 0) } else { (length, unit) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: u8, bytes: &[u8]) -> String {
        let mut out = String::new();
        push(kind, bytes, &mut out).unwrap();
        out
    }

    #[test]
    fn values_are_written_as_windows_writes_them() {
        assert_eq!(text(0x03, &[0xff]), "-1");
        assert_eq!(text(0x0a, &u64::MAX.to_le_bytes()), "18446744073709551615");
        assert_eq!(text(0x0d, &[1, 0, 0, 0]), "true");
        assert_eq!(text(0x0e, &[0, 0xab]), "00AB");
        assert_eq!(text(0x15, &[0, 0, 0, 0, 0, 0, 0, 0x80]), "0x8000000000000000");
        assert_eq!(text(0x13, &[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]), "S-1-5-18");
        assert_eq!(text(0x11, &134_400_284_421_221_234u64.to_le_bytes()), "2026-11-24T21:14:02.122123400Z");
        let guid =
            [0x5f, 0x38, 0x70, 0x57, 0x2a, 0xc2, 0xe0, 0x43, 0xbf, 0x4c, 6, 0xf5, 0x69, 0x8f, 0xfb, 0xd9];
        assert_eq!(text(0x0f, &guid), "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}");
    }

    #[test]
    fn arrays_have_items() {
        assert_eq!(text(0x81, b"a\0\0\0b\0\0\0"), "a,b");
        assert_eq!(text(0x84, &[1, 2, 3]), "1,2,3");
        assert_eq!(text(0x81, b""), "");
    }

    #[test]
    fn a_short_value_is_damage() {
        assert!(push(0x0a, &[1, 2], &mut String::new()).is_err());
        assert!(push(0x99, &[1, 2], &mut String::new()).is_err());
    }
}
