//! BinXML as a flat list of tokens: a template's definition, or a fragment in a value.

use super::cursor::{Cursor, Damage};
use super::utf16;
use super::value::{self, Value};

/// Elements within elements; real events have five.
const MAX_DEPTH: usize = 64;
/// UTF-16 units of an element's or attribute's name.
const MAX_NAME: u16 = 1_024;
/// Text of a definition, which is at most 64 KiB itself but may point to names again and again.
const MAX_TEXT: usize = 1 << 20;

/// A part of [`Tokens::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    start: usize,
    end: usize,
}

/// One token.
///
/// INVARIANT ([`Parser`] keeps it): `Open`, then attributes each followed by its text and values,
/// then `Content` or `Empty`; after `Content` what the element holds, then `Close`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// An element starts. It ends before token `end`, and is left out if value `dependency` is null.
    Open { name: Span, dependency: Option<u16>, end: usize },
    /// An attribute starts.
    Attribute(Span),
    /// The start tag is closed, content follows.
    Content,
    /// The start tag is closed as an empty element's.
    Empty,
    /// The element is closed.
    Close,
    /// Text as it stands.
    Text(Span),
    /// The instance's value of this number goes here; nothing if it is `optional` and empty.
    Value { id: u16, optional: bool },
    /// A template instance, whose body is at this place in the chunk.
    Instance(usize),
}

/// A parsed definition or fragment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub list: Vec<Token>,
    text: String,
    /// Where names are used, in order.
    pub names: Vec<NameUse>,
}

/// A name's use. Names are stored in the chunk once, where they are used first; other uses point there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NameUse {
    /// Place in the chunk of the pointer to the name.
    pub pointer: usize,
    /// The name is stored right behind the pointer.
    pub is_here: bool,
    /// As stored: UTF-16.
    pub stored: Box<[u8]>,
}

impl Tokens {
    pub(super) fn text(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// All names and fixed text, without gaps.
    pub(super) fn all_text(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// What it took to parse, in bytes and tokens.
    pub(super) fn size(&self) -> usize {
        self.text.len() + self.list.len()
    }
}

/// A template instance: where its definition is, and its values, appended to a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instance {
    pub definition: u32,
    /// Just after it.
    pub end: usize,
}

/// Bytes before a definition's tokens: next definition, GUID, size.
pub(super) const DEFINITION_HEADER: usize = 24;
/// Bytes of a stored name before its characters: next name of the same hash, hash, length.
pub(super) const NAME_HEADER: usize = 8;

/// Reads the template instance whose body (after the token) is at `at`.
pub(super) fn instance(
    chunk: &[u8],
    at: usize,
    end: usize,
    values: &mut Vec<Value>,
) -> Result<Instance, Damage> {
    let mut cursor = Cursor::new(chunk, at, end);
    cursor.take(5)?;
    let definition = cursor.u32()?;
    if cursor.at == definition as usize {
        cursor.take(DEFINITION_HEADER - 4)?;
        let size = cursor.u32()?;
        cursor.take(size as usize)?;
    }
    let count = cursor.u32()? as usize;
    let Some(size) = count.checked_mul(4).filter(|&size| size <= cursor.left()) else {
        return Err(Damage("it counts more values than it holds"));
    };
    let (kinds, _) = cursor.take(size)?.as_chunks::<4>();
    let mut start = cursor.at;
    values.reserve(count);
    for &[low, high, kind, _] in kinds {
        let length = usize::from(u16::from_le_bytes([low, high]));
        values.push(Value { kind, start, length });
        start += length;
    }
    cursor.take(start - cursor.at)?;
    Ok(Instance { definition, end: start })
}

/// Where the body of the only template instance in this stream is; `None` if the stream is
/// anything else than a header and one instance.
pub(super) fn single_instance(stream: &[u8]) -> Option<usize> {
    match stream {
        [0x0f, _, _, _, 0x0c, ..] => Some(5),
        [0x0c, ..] => Some(1),
        _ => None,
    }
}

/// Parses the template definition at this place in the chunk.
pub(super) fn definition(chunk: &[u8], at: u32) -> Result<Tokens, Damage> {
    let mut cursor = Cursor::new(chunk, at as usize, chunk.len());
    cursor.take(DEFINITION_HEADER - 4)?;
    let size = cursor.u32()? as usize;
    let start = cursor.at;
    cursor.take(size)?;
    parse(chunk, start, start + size, true)
}

/// Parses BinXML at `start..end` of the chunk. Only in a template do elements have dependencies.
pub(super) fn parse(chunk: &[u8], start: usize, end: usize, in_template: bool) -> Result<Tokens, Damage> {
    let cursor = Cursor::new(chunk, start, end);
    let mut parser =
        Parser { chunk, cursor, in_template, tokens: Tokens::default(), open: Vec::new(), in_tag: false };
    while !parser.cursor.is_at_end() && parser.token()? {}
    if parser.in_tag || !parser.open.is_empty() {
        return Err(Damage("an element is not closed"));
    }
    Ok(parser.tokens)
}

struct Parser<'a> {
    chunk: &'a [u8],
    cursor: Cursor<'a>,
    in_template: bool,
    tokens: Tokens,
    /// Places in the list of the elements that are open.
    open: Vec<usize>,
    /// Between `Open` and `Content` or `Empty`.
    in_tag: bool,
}

impl<'a> Parser<'a> {
    /// Reads one token; false at the end of the stream.
    fn token(&mut self) -> Result<bool, Damage> {
        let token = self.cursor.u8()?;
        match token {
            0x00 => return Ok(false),
            0x01 | 0x41 => self.open(token == 0x41)?,
            0x02 => self.content()?,
            0x03 => self.empty()?,
            0x04 => self.close()?,
            0x05 | 0x45 => self.value()?,
            0x06 | 0x46 => self.attribute()?,
            0x07 | 0x47 => self.text()?,
            0x08 | 0x48 => self.char_reference()?,
            0x09 | 0x49 => self.entity_reference()?,
            0x0a => drop(self.name()?),
            0x0b => drop(self.counted_text()?),
            0x0c => self.instance()?,
            0x0d | 0x0e => self.substitution(token == 0x0e)?,
            0x0f => drop(self.cursor.take(3)?),
            _ => return Err(Damage("it holds an unknown token")),
        }
        Ok(true)
    }

    fn open(&mut self, has_attributes: bool) -> Result<(), Damage> {
        if self.in_tag || self.open.len() >= MAX_DEPTH {
            return Err(Damage("its elements are out of order"));
        }
        let dependency = if self.in_template { Some(self.cursor.u16()?) } else { None };
        self.cursor.take(4)?;
        let name = self.name()?;
        if has_attributes {
            self.cursor.take(4)?;
        }
        self.open.push(self.tokens.list.len());
        let dependency = dependency.filter(|&id| id != u16::MAX);
        self.tokens.list.push(Token::Open { name, dependency, end: 0 });
        self.in_tag = true;
        Ok(())
    }

    fn content(&mut self) -> Result<(), Damage> {
        self.end_tag()?;
        self.tokens.list.push(Token::Content);
        Ok(())
    }

    fn empty(&mut self) -> Result<(), Damage> {
        self.end_tag()?;
        self.tokens.list.push(Token::Empty);
        self.end_element()
    }

    fn close(&mut self) -> Result<(), Damage> {
        if self.in_tag {
            return Err(Damage("its elements are out of order"));
        }
        self.tokens.list.push(Token::Close);
        self.end_element()
    }

    fn end_tag(&mut self) -> Result<(), Damage> {
        if !std::mem::take(&mut self.in_tag) {
            return Err(Damage("its elements are out of order"));
        }
        Ok(())
    }

    fn end_element(&mut self) -> Result<(), Damage> {
        let after = self.tokens.list.len();
        let open = self.open.pop().ok_or(Damage("its elements are out of order"))?;
        if let Some(Token::Open { end, .. }) = self.tokens.list.get_mut(open) {
            *end = after;
        }
        Ok(())
    }

    fn attribute(&mut self) -> Result<(), Damage> {
        if !self.in_tag {
            return Err(Damage("its elements are out of order"));
        }
        let name = self.name()?;
        self.tokens.list.push(Token::Attribute(name));
        Ok(())
    }

    /// A value that is the same in all instances.
    fn value(&mut self) -> Result<(), Damage> {
        let kind = self.cursor.u8()?;
        let length = match kind {
            0x01 => usize::from(self.cursor.u16()?) * 2,
            0x00 => 0,
            0x03 | 0x04 => 1,
            0x05 | 0x06 => 2,
            0x07 | 0x08 | 0x0b | 0x0d | 0x14 => 4,
            0x09 | 0x0a | 0x0c | 0x11 | 0x15 => 8,
            0x0f | 0x12 => 16,
            _ => return Err(Damage("a fixed value has a type that it cannot have")),
        };
        let bytes = self.cursor.take(length)?;
        let start = self.tokens.text.len();
        value::push(kind, bytes, &mut self.tokens.text)?;
        self.push_text(start);
        Ok(())
    }

    fn text(&mut self) -> Result<(), Damage> {
        let bytes = self.counted_text()?;
        let start = self.tokens.text.len();
        utf16::push(bytes, &mut self.tokens.text);
        self.push_text(start);
        Ok(())
    }

    fn counted_text(&mut self) -> Result<&'a [u8], Damage> {
        let units = self.cursor.u16()?;
        self.cursor.take(usize::from(units) * 2)
    }

    fn char_reference(&mut self) -> Result<(), Damage> {
        let unit = u32::from(self.cursor.u16()?);
        let start = self.tokens.text.len();
        self.tokens.text.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        self.push_text(start);
        Ok(())
    }

    /// The five of XML; others stay as they are written, nothing is ever expanded.
    fn entity_reference(&mut self) -> Result<(), Damage> {
        let name = self.name()?;
        let name = self.tokens.text(name).to_owned();
        let start = self.tokens.text.len();
        match quick_xml::escape::resolve_predefined_entity(&name) {
            Some(text) => self.tokens.text.push_str(text),
            None => self.tokens.text.extend(["&", &name, ";"]),
        }
        self.push_text(start);
        Ok(())
    }

    fn push_text(&mut self, start: usize) {
        let end = self.tokens.text.len();
        self.tokens.list.push(Token::Text(Span { start, end }));
    }

    fn instance(&mut self) -> Result<(), Damage> {
        if self.in_tag {
            return Err(Damage("its elements are out of order"));
        }
        let at = self.cursor.at;
        let end = at + self.cursor.left();
        self.cursor.at = instance(self.chunk, at, end, &mut Vec::new())?.end;
        self.tokens.list.push(Token::Instance(at));
        Ok(())
    }

    fn substitution(&mut self, optional: bool) -> Result<(), Damage> {
        let id = self.cursor.u16()?;
        self.cursor.u8()?;
        self.tokens.list.push(Token::Value { id, optional });
        Ok(())
    }

    /// A name is stored where it is first used in the chunk, later uses point there.
    fn name(&mut self) -> Result<Span, Damage> {
        let pointer = self.cursor.at;
        let at = self.cursor.u32()? as usize;
        let mut stored = Cursor::new(self.chunk, at, self.chunk.len());
        stored.take(NAME_HEADER - 2)?;
        let units = stored.u16()?;
        if units > MAX_NAME || self.tokens.text.len() > MAX_TEXT {
            return Err(Damage("a name is too long"));
        }
        let bytes = stored.take(usize::from(units) * 2)?;
        let is_here = at == self.cursor.at;
        if is_here {
            self.cursor.take(stored.at - at + 2)?;
        }
        self.tokens.names.push(NameUse { pointer, is_here, stored: bytes.into() });
        let start = self.tokens.text.len();
        utf16::push(bytes, &mut self.tokens.text);
        Ok(Span { start, end: self.tokens.text.len() })
    }
}
