//! JSON text → a tape: one flat list of values in order of appearance.
//!
//! An event is tokenised once, into memory that is kept from event to event; what it means is then
//! read off the tape. Text is not copied or unescaped here. Depth is bounded and nothing recurses.

use memchr::memchr2;

use super::text::unescape;
use super::tree::quote;

/// Values nested deeper than this are not read.
pub(super) const MAX_DEPTH: usize = 128;

/// The values of one JSON document. The first is its root.
#[derive(Debug, Default)]
pub(super) struct Tape {
    nodes: Vec<Node>,
    /// Objects and arrays that are still open, by their place on the tape.
    open: Vec<usize>,
}

/// One value, with its key if it stands in an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) key: Text,
    /// A string without its quotes; anything else as written.
    pub(super) value: Text,
    pub(super) kind: Kind,
    /// Place of the value after this one and all inside it.
    next: u32,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    Bool,
    Null,
}

/// A place in the text. Documents are shorter than 4 GiB: see `lines::LONGEST`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Text {
    start: u32,
    end: u32,
    /// It holds a backslash.
    pub(super) escaped: bool,
}

/// Why text is not JSON, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

impl Tape {
    /// Reads one value at `at`; gives the place after it.
    pub(super) fn read(&mut self, text: &[u8], at: usize) -> Result<usize, Flaw> {
        self.nodes.clear();
        self.open.clear();
        if u32::try_from(text.len()).is_err() {
            return Err(Flaw { at, what: "longer than 4 GiB" });
        }
        let mut cursor = Cursor { text, at };
        self.value(&mut cursor, Text::default())?;
        while let Some(&parent) = self.open.last() {
            self.member(&mut cursor, parent)?;
        }
        Ok(cursor.at)
    }

    /// Begins an object that is not written anywhere: its members follow by [`Tape::push`] and [`Tape::open`].
    pub(super) fn begin(&mut self) {
        self.nodes.clear();
        self.open.clear();
        self.open(Text::default(), Kind::Object);
    }

    /// Adds a value to the innermost open object or array.
    pub(super) fn push(&mut self, key: Text, value: Text, kind: Kind) {
        let next = self.nodes.len() as u32 + 1;
        self.nodes.push(Node { key, value, kind, next });
    }

    /// Adds an object or array, whose members follow.
    pub(super) fn open(&mut self, key: Text, kind: Kind) {
        self.open.push(self.nodes.len());
        self.push(key, Text::default(), kind);
    }

    /// Ends the innermost open object or array.
    pub(super) fn end(&mut self) {
        let next = self.nodes.len() as u32;
        if let Some(node) = self.open.pop().and_then(|at| self.nodes.get_mut(at)) {
            node.next = next;
        }
    }

    /// Appends an object or array that is not written anywhere to the text as JSON, with those inside, and points
    /// there.
    // Recursion is bounded: whoever builds a tape keeps to `MAX_DEPTH`.
    pub(super) fn write(&mut self, at: usize, text: &mut String) {
        let Some(kind) = self.nodes.get(at).map(|node| node.kind) else { return };
        let start = text.len();
        text.push(if kind == Kind::Object { '{' } else { '[' });
        let mut next = self.first_child(at);
        while let Some(here) = next {
            let Some(child) = self.nodes.get(here).copied() else { break };
            if here > at + 1 {
                text.push(',');
            }
            if kind == Kind::Object {
                write_string(child.key, text);
                text.push(':');
            }
            match child.kind {
                Kind::Object | Kind::Array => self.write(here, text),
                Kind::String => write_string(child.value, text),
                Kind::Number | Kind::Bool | Kind::Null => {
                    text.extend_from_within(child.value.start as usize..child.value.end as usize);
                }
            }
            next = self.sibling(at, here);
        }
        text.push(if kind == Kind::Object { '}' } else { ']' });
        if let Some(node) = self.nodes.get_mut(at) {
            node.value = Text::new(start, text.len(), false);
        }
    }

    /// Whether the text of a key is not what it means.
    pub(super) fn has_escaped_key(&self) -> bool {
        self.nodes.iter().any(|node| node.key.escaped)
    }

    /// Appends to the document what its keys and strings that hold escapes mean, and points there: they can be read
    /// as they stand.
    pub(super) fn resolve(&mut self, document: &mut String) {
        let mut meaning = String::new();
        for node in &mut self.nodes {
            let value = (node.kind == Kind::String).then_some(&mut node.value);
            for place in std::iter::once(&mut node.key).chain(value).filter(|place| place.escaped) {
                let start = document.len();
                meaning.clear();
                unescape(place.of(document), &mut meaning);
                document.push_str(&meaning);
                *place = Text::new(start, document.len(), false);
            }
        }
    }

    /// The document's root.
    pub(super) fn root(&self) -> Option<&Node> {
        self.nodes.first()
    }

    /// Place of the root, for [`Tape::children`].
    pub(super) const ROOT: usize = 0;

    pub(super) fn node(&self, at: usize) -> Option<&Node> {
        self.nodes.get(at)
    }

    /// The values directly inside an object or array, each with its place.
    pub(super) fn children(&self, parent: usize) -> impl Iterator<Item = (usize, &Node)> {
        let end = self.nodes.get(parent).map_or(0, |node| node.next as usize);
        let mut at = parent + 1;
        std::iter::from_fn(move || {
            let node = self.nodes.get(at).filter(|_| at < end)?;
            let here = at;
            at = node.next as usize;
            Some((here, node))
        })
    }

    /// The first value inside an object or array.
    pub(super) fn first_child(&self, parent: usize) -> Option<usize> {
        self.children(parent).next().map(|(at, _)| at)
    }

    /// The value after this one inside `parent`.
    pub(super) fn sibling(&self, parent: usize, at: usize) -> Option<usize> {
        let next = self.node(at)?.next;
        (next < self.node(parent)?.next).then_some(next as usize)
    }

    /// The place of an object's member by its key as written.
    pub(super) fn find(&self, text: &str, parent: usize, key: &str) -> Option<usize> {
        if self.node(parent)?.kind != Kind::Object {
            return None;
        }
        self.children(parent).find(|(_, node)| node.key.of(text) == key).map(|(at, _)| at)
    }

    /// The place of a member of a member.
    pub(super) fn find_path(&self, text: &str, parent: usize, path: &[&str]) -> Option<usize> {
        path.iter().try_fold(parent, |at, key| self.find(text, at, key))
    }

    /// One member of the innermost open object or array, or its end.
    fn member(&mut self, cursor: &mut Cursor<'_>, parent: usize) -> Result<(), Flaw> {
        let is_object = self.nodes.get(parent).is_some_and(|node| node.kind == Kind::Object);
        let is_first = self.nodes.len() == parent + 1;
        match cursor.peek() {
            Some(b'}') if is_object => return self.close(cursor),
            Some(b']') if !is_object => return self.close(cursor),
            Some(b',') if !is_first => {
                cursor.at += 1;
                cursor.peek();
            }
            Some(_) if is_first => {}
            Some(_) => return Err(cursor.flaw("expected `,` or the end of the value")),
            None => return Err(cursor.flaw("ends inside a value")),
        }
        if !is_object {
            return self.value(cursor, Text::default());
        }
        let key = cursor.key()?;
        self.value(cursor, key)
    }

    fn close(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Flaw> {
        cursor.at += 1;
        let next = self.nodes.len();
        if let Some(node) = self.open.pop().and_then(|at| self.nodes.get_mut(at)) {
            node.value.end = cursor.at as u32;
            node.next = next as u32;
        }
        Ok(())
    }

    fn value(&mut self, cursor: &mut Cursor<'_>, key: Text) -> Result<(), Flaw> {
        let next = self.nodes.len() + 1;
        let (kind, value) = match cursor.peek() {
            Some(b'"') => (Kind::String, cursor.string()?),
            Some(open @ (b'{' | b'[')) => {
                if self.open.len() >= MAX_DEPTH {
                    return Err(cursor.flaw("nested deeper than 128 levels"));
                }
                self.open.push(next - 1);
                let value = Text::new(cursor.at, cursor.at, false);
                cursor.at += 1;
                (if open == b'{' { Kind::Object } else { Kind::Array }, value)
            }
            Some(b'-' | b'0'..=b'9') => (Kind::Number, cursor.number()),
            Some(b't') => (Kind::Bool, cursor.word("true")?),
            Some(b'f') => (Kind::Bool, cursor.word("false")?),
            Some(b'n') => (Kind::Null, cursor.word("null")?),
            Some(_) => return Err(cursor.flaw("expected a value")),
            None => return Err(cursor.flaw("ends inside a value")),
        };
        self.nodes.push(Node { key, value, kind, next: next as u32 });
        Ok(())
    }
}

impl Text {
    pub(super) fn new(start: usize, end: usize, escaped: bool) -> Self {
        Self { start: start as u32, end: end as u32, escaped }
    }

    /// The text as written.
    pub(super) fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Where it begins.
    pub(super) fn start(&self) -> usize {
        self.start as usize
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

fn write_string(place: Text, text: &mut String) {
    let plain = place.of(text).to_owned();
    quote(&plain, text);
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn flaw(&self, what: &'static str) -> Flaw {
        Flaw { at: self.at, what }
    }

    /// The next byte that is no white space; the cursor is put on it.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    fn key(&mut self) -> Result<Text, Flaw> {
        if self.peek() != Some(b'"') {
            return Err(self.flaw("expected a key"));
        }
        let key = self.string()?;
        if self.peek() != Some(b':') {
            return Err(self.flaw("expected `:`"));
        }
        self.at += 1;
        Ok(key)
    }

    /// A string; the cursor is on its first quote. Control characters are let through.
    fn string(&mut self) -> Result<Text, Flaw> {
        let start = self.at + 1;
        let (mut at, mut escaped) = (start, false);
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let Some(found) = quote_or_backslash(rest) else {
                return Err(self.flaw("a string has no end"));
            };
            at += found;
            if rest.get(found) == Some(&b'"') {
                self.at = at + 1;
                return Ok(Text::new(start, at, escaped));
            }
            escaped = true;
            at += 2;
        }
    }

    fn number(&mut self) -> Text {
        let start = self.at;
        while let Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') = self.text.get(self.at) {
            self.at += 1;
        }
        Text::new(start, self.at, false)
    }

    fn word(&mut self, word: &str) -> Result<Text, Flaw> {
        let (start, end) = (self.at, self.at + word.len());
        if self.text.get(start..end) != Some(word.as_bytes()) {
            return Err(self.flaw("expected a value"));
        }
        self.at = end;
        Ok(Text::new(start, end, false))
    }
}

/// The place of the first `"` or `\`. Most strings are short: two words are looked at before
/// `memchr2`, which pays off on long ones, is called.
fn quote_or_backslash(bytes: &[u8]) -> Option<usize> {
    let (words, _) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().take(2).enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zero_bytes(word ^ (ONES * b'"' as u64)) | zero_bytes(word ^ (ONES * b'\\' as u64));
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let looked = words.len().min(2) * 8;
    memchr2(b'"', b'\\', bytes.get(looked..)?).map(|at| looked + at)
}

const ONES: u64 = 0x0101_0101_0101_0101;

/// The high bit of each byte that is zero; of bytes above the first such, it may be set by mistake.
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & (ONES << 7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Tape, Flaw> {
        let mut tape = Tape::default();
        tape.read(text.as_bytes(), 0).map(|_| tape)
    }

    #[test]
    fn members_are_found_by_key() {
        let text = r#" {"a": {"b": [1, {"c": 2}], "d": "x\"y"}, "e": null} "#;
        let tape = read(text).unwrap();
        let d = tape.find_path(text, Tape::ROOT, &["a", "d"]).and_then(|at| tape.node(at)).unwrap();
        assert_eq!(d.value.of(text), r#"x\"y"#);
        assert!(d.value.escaped);
        let b = tape.find_path(text, Tape::ROOT, &["a", "b"]).unwrap();
        assert_eq!(tape.children(b).count(), 2);
        assert_eq!(tape.node(b).unwrap().value.of(text), r#"[1, {"c": 2}]"#);
        assert_eq!(tape.children(Tape::ROOT).count(), 2);
    }

    #[test]
    fn flaws_are_named_with_their_place() {
        assert_eq!(read(r#"{"a": }"#).unwrap_err(), Flaw { at: 6, what: "expected a value" });
        assert_eq!(read(r#"{"a": 1"#).unwrap_err(), Flaw { at: 7, what: "ends inside a value" });
        assert_eq!(read(r#"{"a": "1}"#).unwrap_err().what, "a string has no end");
        assert_eq!(read(r#"{"a": 1,}"#).unwrap_err().what, "expected a key");
        assert_eq!(read(&"[".repeat(1_000_000)).unwrap_err().what, "nested deeper than 128 levels");
    }

    proptest! {
        #[test]
        fn the_first_quote_is_found(text in "[a\"\\\\é]{0,40}") {
            let plain = text.bytes().position(|byte| byte == b'"' || byte == b'\\');
            prop_assert_eq!(quote_or_backslash(text.as_bytes()), plain);
        }

        #[test]
        fn takes_what_serde_takes(text in "[\\[\\]{}\":,0-9truefalsn\\\\ -]{0,40}") {
            let ours = read(&text).is_ok();
            if serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>().next()
                .is_some_and(|value| value.is_ok()) {
                prop_assert!(ours, "{}", text);
            }
        }
    }
}
