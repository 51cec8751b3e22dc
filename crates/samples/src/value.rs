//! The values of event fields, with the types Windows gives them.

use std::borrow::Cow;
use std::fmt;

use crate::time::FileTime;

/// Text that is mostly constant: field names, channels, paths of known programs.
pub type Text = Cow<'static, str>;

/// The value of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value: a substitution of type null, which renders as empty text.
    Null,
    /// UTF-16 text in EVTX.
    Text(Text),
    /// An unsigned byte.
    U8(u8),
    /// An unsigned 16-bit number, such as a port.
    U16(u16),
    /// An unsigned 32-bit number, such as a process id.
    U32(u32),
    /// An unsigned 64-bit number.
    U64(u64),
    /// A 32-bit number that renders in hexadecimal.
    Hex32(u32),
    /// A 64-bit number that renders in hexadecimal, such as a logon id.
    Hex64(u64),
    /// A time in ticks of 100 ns.
    Time(FileTime),
    /// A GUID.
    Guid(Guid),
    /// A security identifier.
    Sid(Sid),
    /// True or false; four bytes in EVTX.
    Bool(bool),
}

impl Value {
    /// Text of a constant or of a `String`.
    pub fn text(text: impl Into<Text>) -> Self {
        Value::Text(text.into())
    }
}

/// The text that Windows renders; a GUID has no braces here, see [`Guid`].
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Text(text) => f.write_str(text),
            Value::U8(number) => number.fmt(f),
            Value::U16(number) => number.fmt(f),
            Value::U32(number) => number.fmt(f),
            Value::U64(number) => number.fmt(f),
            Value::Hex32(number) => write!(f, "{number:#x}"),
            Value::Hex64(number) => write!(f, "{number:#x}"),
            Value::Time(time) => time.fmt(f),
            Value::Guid(guid) => guid.fmt(f),
            Value::Sid(sid) => sid.fmt(f),
            Value::Bool(truth) => truth.fmt(f),
        }
    }
}

/// A GUID, in parts so that it renders as written: `C5A1F0E2-FE1A-6B05-47E9-000000001F00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guid {
    /// The first group, stored with its low byte first.
    pub first: u32,
    /// The second group, stored with its low byte first.
    pub second: u16,
    /// The third group, stored with its low byte first.
    pub third: u16,
    /// The last two groups, stored in the order they are written.
    pub rest: [u8; 8],
}

impl Guid {
    /// The 16 bytes as Windows stores them.
    pub fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&self.first.to_le_bytes());
        bytes[4..6].copy_from_slice(&self.second.to_le_bytes());
        bytes[6..8].copy_from_slice(&self.third.to_le_bytes());
        bytes[8..].copy_from_slice(&self.rest);
        bytes
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c @ ..] = self.rest;
        write!(f, "{:08X}-{:04X}-{:04X}-{a:02X}{b:02X}-", self.first, self.second, self.third)?;
        c.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// A security identifier of the NT authority: `S-1-5-` and these numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sid(pub Cow<'static, [u32]>);

impl Sid {
    /// `S-1-5-18`, the account that Sysmon and most services run as.
    pub const SYSTEM: Sid = Sid(Cow::Borrowed(&[18]));

    /// The bytes as Windows stores them.
    pub fn to_bytes(&self) -> Vec<u8> {
        let count = u8::try_from(self.0.len()).unwrap_or(u8::MAX);
        let mut bytes = vec![1, count, 0, 0, 0, 0, 0, 5];
        bytes.extend(self.0.iter().take(usize::from(count)).flat_map(|number| number.to_le_bytes()));
        bytes
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S-1-5")?;
        self.0.iter().try_for_each(|number| write!(f, "-{number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_renders_as_its_groups_are_written() {
        let guid = Guid {
            first: 0x5770385F,
            second: 0xC22A,
            third: 0x43E0,
            rest: *b"\xBF\x4C\x06\xF5\x69\x8F\xFB\xD9",
        };
        assert_eq!(guid.to_string(), "5770385F-C22A-43E0-BF4C-06F5698FFBD9");
        assert_eq!(guid.to_bytes()[..4], [0x5F, 0x38, 0x70, 0x57]);
    }

    #[test]
    fn the_system_sid_has_one_number() {
        assert_eq!(Sid::SYSTEM.to_string(), "S-1-5-18");
        assert_eq!(Sid::SYSTEM.to_bytes(), [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]);
    }
}
