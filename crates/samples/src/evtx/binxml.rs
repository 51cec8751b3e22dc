//! The tokens of BinXML, appended to a chunk.

use super::chunk::{Chunk, hash};
use crate::value::{Guid, Value};

/// The type of text.
pub(super) const TEXT: u8 = 0x01;
/// The type of an unsigned byte.
pub(super) const U8: u8 = 0x04;
/// The type of an unsigned 16-bit number.
pub(super) const U16: u8 = 0x06;
/// The type of an unsigned 32-bit number.
pub(super) const U32: u8 = 0x08;
/// The type of an unsigned 64-bit number.
pub(super) const U64: u8 = 0x0A;
/// The type of a GUID.
pub(super) const GUID: u8 = 0x0F;
/// The type of a FILETIME.
pub(super) const TIME: u8 = 0x11;
/// The type of a security identifier.
pub(super) const SID: u8 = 0x13;
/// The type of a 64-bit number in hexadecimal.
pub(super) const HEX64: u8 = 0x15;
/// The type of nested BinXML.
pub(super) const BIN_XML: u8 = 0x21;
const HEX32: u8 = 0x14;
const BOOL: u8 = 0x0D;

/// No element depends on a value: it is there even if the value is null.
pub(super) const ALWAYS: u16 = 0xFFFF;

const MORE: u8 = 0x40;
const END: u8 = 0x00;
const OPEN: u8 = 0x01;
const CLOSE_START: u8 = 0x02;
const CLOSE_EMPTY: u8 = 0x03;
const CLOSE: u8 = 0x04;
const VALUE: u8 = 0x05;
const ATTRIBUTE: u8 = 0x06;
const TEMPLATE_INSTANCE: u8 = 0x0C;
const SUBSTITUTION: u8 = 0x0D;
const OPTIONAL_SUBSTITUTION: u8 = 0x0E;
const FRAGMENT_HEADER: [u8; 4] = [0x0F, 1, 1, 0];

/// An element or attribute list whose size is not known yet.
#[must_use]
pub(super) struct Open(usize);

/// The table of sizes and types before the values of a template instance.
#[must_use]
pub(super) struct Slots {
    next: usize,
}

/// What appends the tokens. Sizes are cut to the 16 or 32 bits they have.
///
/// INVARIANT: a size that does not fit is that of a record longer than a chunk, which
/// [`Chunk::append`] refuses.
impl Chunk {
    /// A fragment header.
    pub(super) fn fragment(&mut self) {
        self.bytes.extend_from_slice(&FRAGMENT_HEADER);
    }

    /// The end of a stream.
    pub(super) fn end(&mut self) {
        self.bytes.push(END);
    }

    /// An element of a template; with attributes, [`Chunk::attributes`] comes next.
    pub(super) fn open(&mut self, name: &str, depends_on: u16, has_attributes: bool) -> Open {
        self.bytes.push(if has_attributes { OPEN | MORE } else { OPEN });
        self.put_u16(depends_on);
        let open = self.sized();
        self.name(name);
        open
    }

    /// The start of an attribute list.
    pub(super) fn attributes(&mut self) -> Open {
        self.sized()
    }

    /// An attribute, whose value comes next.
    pub(super) fn attribute(&mut self, name: &str, more_follow: bool) {
        self.bytes.push(if more_follow { ATTRIBUTE | MORE } else { ATTRIBUTE });
        self.name(name);
    }

    /// The end of an attribute list.
    pub(super) fn end_attributes(&mut self, open: Open) {
        self.close_size(open);
    }

    /// The end of a start tag, before content.
    pub(super) fn close_start(&mut self) {
        self.bytes.push(CLOSE_START);
    }

    /// The end of an element without content.
    pub(super) fn close_empty(&mut self, open: Open) {
        self.bytes.push(CLOSE_EMPTY);
        self.close_size(open);
    }

    /// The end of an element with content.
    pub(super) fn close(&mut self, open: Open) {
        self.bytes.push(CLOSE);
        self.close_size(open);
    }

    /// Constant text.
    pub(super) fn constant(&mut self, text: &str) {
        self.bytes.extend_from_slice(&[VALUE, TEXT]);
        self.put_u16(text.encode_utf16().count() as u16);
        self.put_text(text);
    }

    /// The place of a value of a template instance.
    pub(super) fn substitution(&mut self, index: u16, kind: u8) {
        self.place(SUBSTITUTION, index, kind);
    }

    /// The place of a value that may be null; its element or attribute is then left out.
    pub(super) fn optional(&mut self, index: u16, kind: u8) {
        self.place(OPTIONAL_SUBSTITUTION, index, kind);
    }

    fn place(&mut self, token: u8, index: u16, kind: u8) {
        self.bytes.push(token);
        self.put_u16(index);
        self.bytes.push(kind);
    }

    /// An instance of a template, which `define` writes if this chunk does not have it yet.
    pub(super) fn instance(&mut self, guid: Guid, define: impl FnOnce(&mut Chunk)) {
        let bytes = guid.to_bytes();
        self.bytes.extend_from_slice(&[TEMPLATE_INSTANCE, 1]);
        self.put_u32(guid.first);
        match self.find_template(&bytes) {
            Some(offset) => self.put_u32(offset),
            None => self.define(&bytes, define),
        }
    }

    fn define(&mut self, guid: &[u8; 16], define: impl FnOnce(&mut Chunk)) {
        self.put_u32(self.bytes.len() as u32 + 4);
        let previous = self.link_template(guid);
        self.put_u32(previous);
        self.bytes.extend_from_slice(guid);
        let open = self.sized();
        self.fragment();
        define(self);
        self.end();
        self.close_size(open);
    }

    /// The start of the values of a template instance.
    pub(super) fn slots(&mut self, count: usize) -> Slots {
        self.put_u32(count as u32);
        let next = self.bytes.len();
        self.bytes.resize(next + 4 * count, 0);
        Slots { next }
    }

    /// The next value, which `fill` appends.
    pub(super) fn slot(&mut self, slots: &mut Slots, kind: u8, fill: impl FnOnce(&mut Chunk)) {
        let start = self.bytes.len();
        fill(self);
        let size = (self.bytes.len() - start) as u16;
        let [low, high] = size.to_le_bytes();
        self.bytes[slots.next..slots.next + 4].copy_from_slice(&[low, high, kind, 0]);
        slots.next += 4;
    }

    /// The next value, which is null.
    pub(super) fn null_slot(&mut self, slots: &mut Slots) {
        slots.next += 4;
    }

    /// The value as bytes.
    pub(super) fn put_value(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Text(text) => self.put_text(text),
            Value::U8(number) => self.bytes.push(*number),
            Value::U16(number) => self.put_u16(*number),
            Value::U32(number) | Value::Hex32(number) => self.put_u32(*number),
            Value::U64(number) | Value::Hex64(number) => self.put_u64(*number),
            Value::Time(time) => self.put_u64(time.0),
            Value::Guid(guid) => self.bytes.extend_from_slice(&guid.to_bytes()),
            Value::Sid(sid) => self.bytes.extend_from_slice(&sid.to_bytes()),
            Value::Bool(truth) => self.put_u32(u32::from(*truth)),
        }
    }

    /// A reference to a name, and the name itself if this chunk does not have it yet.
    fn name(&mut self, name: &str) {
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let hash = hash(&units);
        if let Some(offset) = self.find_name(hash, &units) {
            return self.put_u32(offset);
        }
        self.put_u32(self.bytes.len() as u32 + 4);
        let previous = self.link_name(hash);
        self.put_u32(previous);
        self.put_u16(hash as u16);
        self.put_u16((units.len() / 2) as u16);
        self.bytes.extend_from_slice(&units);
        self.put_u16(0);
    }

    fn sized(&mut self) -> Open {
        let open = Open(self.bytes.len());
        self.put_u32(0);
        open
    }

    fn close_size(&mut self, Open(at): Open) {
        self.patch_u32(at, (self.bytes.len() - at - 4) as u32);
    }
}

/// The type of a value, which its template also names; a null takes the place of text.
pub(super) fn kind(value: &Value) -> u8 {
    match value {
        Value::Null | Value::Text(_) => TEXT,
        Value::U8(_) => U8,
        Value::U16(_) => U16,
        Value::U32(_) => U32,
        Value::U64(_) => U64,
        Value::Hex32(_) => HEX32,
        Value::Hex64(_) => HEX64,
        Value::Time(_) => TIME,
        Value::Guid(_) => GUID,
        Value::Sid(_) => SID,
        Value::Bool(_) => BOOL,
    }
}
