//! An event as the XML that Windows renders and Splunk indexes (`renderXml = true`).

use std::sync::Arc;

use super::cursor::Damage;
use super::templates::Templates;
use super::token::{self, Span, Token, Tokens};
use super::value::{self, BINXML, Value};

/// Templates within values within templates; real events have two levels.
const MAX_NESTING: usize = 8;

/// Appends the XML of the BinXML at `start..end` of the chunk to `out`.
pub(super) fn xml(
    chunk: &[u8],
    start: usize,
    end: usize,
    templates: &mut Templates,
    out: &mut String,
) -> Result<(), Damage> {
    Renderer { chunk, templates, out, scratch: String::new(), nesting: 0 }.stream(start, end)
}

struct Renderer<'a> {
    chunk: &'a [u8],
    templates: &'a mut Templates,
    out: &'a mut String,
    /// For one value's text.
    scratch: String,
    nesting: usize,
}

/// What the tokens of one template or fragment are rendered with.
struct Scope<'a> {
    tokens: &'a Tokens,
    values: &'a [Value],
    end: usize,
}

impl Renderer<'_> {
    fn stream(&mut self, start: usize, end: usize) -> Result<(), Damage> {
        if self.nesting >= MAX_NESTING {
            return Err(Damage("its templates are nested too deeply"));
        }
        self.nesting += 1;
        let stream = self.chunk.get(start..end).unwrap_or_default();
        let done = match token::single_instance(stream) {
            Some(body) => self.instance(start + body, end),
            None => {
                self.templates.spend(end - start)?;
                let tokens = token::parse(self.chunk, start, end, false)?;
                self.nodes(&Scope { tokens: &tokens, values: &[], end }, 0, tokens.list.len(), None)
            }
        };
        self.nesting -= 1;
        done
    }

    fn instance(&mut self, at: usize, end: usize) -> Result<(), Damage> {
        let mut values = Vec::new();
        let instance = token::instance(self.chunk, at, end, &mut values)?;
        let tokens: Arc<Tokens> = self.templates.tokens(self.chunk, instance.definition)?;
        let scope = Scope { tokens: &tokens, values: &values, end };
        self.nodes(&scope, 0, tokens.list.len(), None)
    }

    /// Renders the tokens `at..end`. `item` says which item of an array is meant.
    fn nodes(&mut self, scope: &Scope<'_>, at: usize, end: usize, item: Option<usize>) -> Result<(), Damage> {
        let mut at = at;
        while let Some(&token) = scope.tokens.list.get(at).filter(|_| at < end) {
            at += 1;
            self.templates.spend(1)?;
            match token {
                Token::Open { name, dependency, end } => {
                    self.elements(scope, at, end, name, dependency)?;
                    at = end;
                }
                Token::Text(span) => self.text(scope.tokens.text(span), false)?,
                Token::Value { id, .. } => self.value(scope, id, item, false)?,
                Token::Instance(body) => self.nested(body, scope.end)?,
                Token::Attribute(_) | Token::Content | Token::Empty | Token::Close => {}
            }
        }
        Ok(())
    }

    fn nested(&mut self, body: usize, end: usize) -> Result<(), Damage> {
        if self.nesting >= MAX_NESTING {
            return Err(Damage("its templates are nested too deeply"));
        }
        self.nesting += 1;
        let done = self.instance(body, end);
        self.nesting -= 1;
        done
    }

    /// An element: once, or for each item of an array in it.
    fn elements(
        &mut self,
        scope: &Scope<'_>,
        at: usize,
        end: usize,
        name: Span,
        dependency: Option<u16>,
    ) -> Result<(), Damage> {
        let is_left_out =
            dependency.and_then(|id| scope.values.get(usize::from(id))).is_some_and(|v| v.is_null());
        if is_left_out {
            return Ok(());
        }
        match self.array_length(scope, at, end) {
            None => self.element(scope, at, end, name, None),
            Some(items) => (0..items).try_for_each(|item| self.element(scope, at, end, name, Some(item))),
        }
    }

    /// Items of the first array that stands directly in the element.
    fn array_length(&self, scope: &Scope<'_>, at: usize, end: usize) -> Option<usize> {
        let mut at = at;
        while let Some(token) = scope.tokens.list.get(at).filter(|_| at < end) {
            at += 1;
            match token {
                Token::Open { end, .. } => at = *end,
                Token::Value { id, .. } => {
                    let Some(value) = scope.values.get(usize::from(*id)).filter(|v| v.is_array()) else {
                        continue;
                    };
                    let items = value::items(value.kind, value.bytes(self.chunk)).ok()?.count();
                    return Some(items.max(1));
                }
                _ => {}
            }
        }
        None
    }

    fn element(
        &mut self,
        scope: &Scope<'_>,
        at: usize,
        end: usize,
        name: Span,
        item: Option<usize>,
    ) -> Result<(), Damage> {
        let name = scope.tokens.text(name);
        self.out.extend(["<", name]);
        let mut at = at;
        let mut quoted: Option<usize> = None;
        while let Some(&token) = scope.tokens.list.get(at).filter(|_| at < end) {
            at += 1;
            match token {
                Token::Attribute(attribute) => {
                    self.end_attribute(&mut quoted);
                    let start = self.out.len();
                    self.out.extend([" ", scope.tokens.text(attribute), "='"]);
                    quoted = Some(start);
                }
                Token::Text(span) => self.text(scope.tokens.text(span), true)?,
                Token::Value { id, .. } => self.value(scope, id, item, true)?,
                Token::Content => {
                    self.end_attribute(&mut quoted);
                    self.out.push('>');
                    self.nodes(scope, at, end, item)?;
                    self.out.extend(["</", name, ">"]);
                    return Ok(());
                }
                _ => break,
            }
        }
        self.end_attribute(&mut quoted);
        self.out.push_str("/>");
        Ok(())
    }

    /// Closes an attribute's quote; one without a value is left out.
    fn end_attribute(&mut self, quoted: &mut Option<usize>) {
        let Some(start) = quoted.take() else { return };
        if self.out.ends_with("='") {
            self.out.truncate(start);
        } else {
            self.out.push('\'');
        }
    }

    fn value(
        &mut self,
        scope: &Scope<'_>,
        id: u16,
        item: Option<usize>,
        in_attribute: bool,
    ) -> Result<(), Damage> {
        let Some(value) = scope.values.get(usize::from(id)).copied() else { return Ok(()) };
        if value.kind == BINXML && !in_attribute && value.length > 0 {
            return self.stream(value.start, value.start + value.length);
        }
        let bytes = value.bytes(self.chunk);
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        match item.filter(|_| value.is_array()) {
            None => value::push(value.kind, bytes, &mut text)?,
            Some(item) => {
                if let Some((kind, bytes)) = value::items(value.kind, bytes)?.nth(item) {
                    value::push(kind, bytes, &mut text)?;
                }
            }
        }
        let done = self.text(&text, in_attribute);
        self.scratch = text;
        done
    }

    fn text(&mut self, text: &str, in_attribute: bool) -> Result<(), Damage> {
        self.templates.spend(text.len())?;
        push_escaped(text, in_attribute, self.out);
        Ok(())
    }
}

/// Appends text with XML's own characters escaped. What XML does not allow becomes `_`, as
/// Windows writes it.
fn push_escaped(text: &str, in_attribute: bool, out: &mut String) {
    // Most text has none of these; 0xef begins U+FFFE and U+FFFF. Without early return the compiler
    // checks many bytes at once.
    let may_need = |b: u8| {
        (b < 0x20) | (b == b'&') | (b == b'<') | (b == b'>') | (b == b'"') | (b == b'\'') | (b == 0xef)
    };
    if !text.bytes().fold(false, |found, byte| found | may_need(byte)) {
        out.push_str(text);
        return;
    }
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let escaped = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' if in_attribute => "&quot;",
            '\'' if in_attribute => "&apos;",
            '\t' | '\n' | '\r' => continue,
            '\0'..'\x20' | '\u{fffe}' | '\u{ffff}' => "_",
            _ => continue,
        };
        out.push_str(text.get(plain..at).unwrap_or_default());
        out.push_str(escaped);
        plain = at + c.len_utf8();
    }
    out.push_str(text.get(plain..).unwrap_or_default());
}
