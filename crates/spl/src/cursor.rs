//! A place in the query text and the moves that every grammar shares: characters, spaces, quotes.
//!
//! SPL has no single token set: a word of `search` may hold `=`, one of `eval` may not. So each grammar
//! reads the characters itself, through this cursor.

use crate::code;
use crate::diagnostic::Diagnostic;
use crate::ops::Name;
use crate::span::Span;

/// What a grammar function gives back.
pub(crate) type Parse<T> = Result<T, Diagnostic>;

/// How deep brackets, subsearches and operators may nest. INVARIANT: [`Cursor::enter`] keeps it, so that
/// no recursion over a tree overflows the stack.
pub(crate) const MAX_DEPTH: usize = 128;

const ENTITIES: [(&str, char); 5] =
    [("&gt;", '>'), ("&lt;", '<'), ("&quot;", '"'), ("&amp;", '&'), ("&#39;", '\'')];

/// A position in a text.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    base: usize,
    depth: usize,
    /// Warnings, and errors that parsing went on after.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl<'a> Cursor<'a> {
    /// The start of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut cursor = Self::embedded(text, 0);
        // Names that begin with it are the engine's own.
        if let Some(at) = text.find('\0') {
            let error = Diagnostic::error(
                code::UNEXPECTED_CHARACTER,
                Span::new(at, at + 1),
                "a query holds no NUL character",
            );
            cursor.diagnostics.push(error);
        }
        cursor
    }

    /// The start of a text that stands at `base` of the query, as an expression in a quoted option does.
    pub(crate) fn embedded(text: &'a str, base: usize) -> Self {
        Self { text, at: 0, base, depth: 0, diagnostics: Vec::new() }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The next character and its length; an HTML entity counts as the character it stands for.
    fn next(&self) -> Option<(char, usize)> {
        let rest = self.rest();
        entity(rest).or_else(|| rest.chars().next().map(|c| (c, c.len_utf8())))
    }

    /// The next character.
    pub(crate) fn peek(&self) -> Option<char> {
        self.next().map(|(c, _)| c)
    }

    /// The character after the next.
    pub(crate) fn peek_second(&self) -> Option<char> {
        let (_, len) = self.next()?;
        let rest = self.rest().get(len..)?;
        entity(rest).map(|(c, _)| c).or_else(|| rest.chars().next())
    }

    /// Takes the next character.
    pub(crate) fn bump(&mut self) -> Option<char> {
        let (c, len) = self.next()?;
        self.at += len;
        Some(c)
    }

    /// Takes the next character if it is `c`.
    pub(crate) fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.bump();
        }
        found
    }

    /// Skips white space, then takes the next character if it is `c`.
    pub(crate) fn eat_after_space(&mut self, c: char) -> bool {
        let start = self.at;
        self.skip_space();
        let found = self.eat(c);
        if !found {
            self.at = start;
        }
        found
    }

    /// Skips white space.
    pub(crate) fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.bump();
        }
    }

    /// Where the cursor stands, for [`Cursor::back_to`] and [`Cursor::span_from`].
    pub(crate) fn place(&self) -> usize {
        self.at
    }

    /// Moves back to an earlier place.
    pub(crate) fn back_to(&mut self, place: usize) {
        self.at = place;
    }

    /// The range from `place` to here.
    pub(crate) fn span_from(&self, place: usize) -> Span {
        Span::new(self.base + place, self.base + self.at.max(place))
    }

    /// The text of a range that [`Cursor::span_from`] gave.
    pub(crate) fn source(&self, span: Span) -> &'a str {
        Span::new(span.start.saturating_sub(self.base), span.end.saturating_sub(self.base)).text(self.text)
    }

    /// The characters up to the first for which `stop` is true. A backslash pair of the query language
    /// (`\\`, `\"`, `\|`) never stops it; both characters are kept.
    pub(crate) fn take_until(&mut self, stop: impl Fn(char) -> bool) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek() {
            if c == '\\' && matches!(self.peek_second(), Some('\\' | '"' | '|')) {
                word.extend(self.bump());
            } else if stop(c) {
                break;
            }
            word.extend(self.bump());
        }
        word
    }

    /// A string between the quotes that the cursor stands at, its escapes resolved.
    pub(crate) fn quoted(&mut self) -> Parse<Name> {
        let start = self.at;
        let (quote, len) = self.next().unwrap_or(('"', 1));
        // A quote that came as an entity is closed by the same entity.
        let closing = self.rest().get(..len).unwrap_or("\"");
        self.at += len;
        let opener = self.span_from(start);
        let mut text = String::new();
        loop {
            let rest = self.rest();
            if rest.starts_with(closing) {
                self.at += closing.len();
                return Ok(Name::new(text, self.span_from(start)));
            }
            let Some(c) = rest.chars().next() else {
                self.at = start + len;
                return Err(unbalanced_quote(opener, quote));
            };
            self.at += c.len_utf8();
            text.push(match (c, self.rest().chars().next()) {
                ('\\', Some(next)) if next == '\\' || next == quote || (next == '|' && quote == '"') => {
                    self.at += next.len_utf8();
                    next
                }
                _ => c,
            });
        }
    }

    /// One level deeper; an error when that is too deep. Pair with [`Cursor::leave`].
    pub(crate) fn enter(&mut self) -> Parse<()> {
        if self.depth >= MAX_DEPTH {
            let span = self.span_from(self.at);
            let message = format!("the query nests deeper than {MAX_DEPTH} levels");
            return Err(Diagnostic::error(code::TOO_DEEP, span, message).with_label("too deep here"));
        }
        self.depth += 1;
        Ok(())
    }

    /// One level up.
    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// "expected …, found …" at the next character that is no space.
    pub(crate) fn expected(&self, what: &str) -> Diagnostic {
        let at = self.text.len() - self.rest().trim_start().len();
        if self.rest().trim_start().starts_with('`') {
            return self.unexpanded(at);
        }
        let (found, len) = Cursor::embedded(self.text, self.base).found_at(at);
        let span = Span::new(self.base + at, self.base + at + len);
        Diagnostic::error(code::UNEXPECTED_TOKEN, span, format!("expected {what}, found {found}"))
            .with_label(format!("{what} goes here"))
    }

    /// An error for the backtick at `at`.
    fn unexpanded(&self, at: usize) -> Diagnostic {
        let message = "found a backtick outside quotes; macros are expanded before the query is parsed";
        let span = Span::new(self.base + at, self.base + at + 1);
        Diagnostic::error(code::UNEXPECTED_CHARACTER, span, message).with_label("starts no token")
    }

    /// What stands at `at`, in words, and how long it is.
    fn found_at(mut self, at: usize) -> (String, usize) {
        self.at = at;
        let Some((first, len)) = self.next() else { return ("end of query".to_owned(), 0) };
        let word: String =
            self.rest().chars().take_while(|c| c.is_alphanumeric() || *c == '_').take(30).collect();
        if word.is_empty() { (format!("`{first}`"), len) } else { (format!("`{word}`"), word.len()) }
    }
}

fn entity(rest: &str) -> Option<(char, usize)> {
    if !rest.starts_with('&') {
        return None;
    }
    ENTITIES.iter().find(|(name, _)| rest.starts_with(name)).map(|(name, c)| (*c, name.len()))
}

/// A warning for each HTML entity in the text.
pub(crate) fn entity_warnings(text: &str) -> Vec<Diagnostic> {
    let places = text.match_indices('&').filter_map(|(at, _)| {
        let (c, len) = entity(text.get(at..)?)?;
        Some((Span::new(at, at + len), c))
    });
    places.map(|(span, c)| entity_warning(text, span, c)).collect()
}

fn entity_warning(text: &str, span: Span, c: char) -> Diagnostic {
    let name = span.text(text);
    Diagnostic::warning(code::HTML_ENTITY, span, format!("found the HTML entity `{name}`, expected `{c}`"))
        .with_label(format!("stands for `{c}`"))
        .with_help(format!("write `{c}`; inside quotes the entity is searched for as it stands"))
}

fn unbalanced_quote(opener: Span, quote: char) -> Diagnostic {
    Diagnostic::error(code::UNBALANCED_QUOTE, opener, format!("no closing `{quote}` for this quote"))
        .with_label("opened here")
        .with_help(format!("a quote inside a quoted string is written `\\{quote}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved_only_for_backslash_quote_and_pipe() {
        let read = |text: &str| Cursor::new(text).quoted().unwrap().text;
        assert_eq!(read(r#""\d+\.exe""#), r"\d+\.exe");
        assert_eq!(read(r#""(.*\\\)""#), r"(.*\\)");
        assert_eq!(read(r#""say \"hi\" \| x""#), r#"say "hi" | x"#);
    }

    #[test]
    fn a_quote_without_partner_points_at_its_opener() {
        let error = Cursor::new(r#""abc"#).quoted().unwrap_err();
        assert_eq!((error.code, error.span), (code::UNBALANCED_QUOTE, Span::new(0, 1)));
    }

    #[test]
    fn a_backtick_is_named_as_what_it_is() {
        assert_eq!(crate::parse("a | `b`").diagnostics[0].code, code::UNEXPECTED_CHARACTER);
    }

    #[test]
    fn an_entity_is_one_character() {
        let mut cursor = Cursor::new("a&gt;b");
        assert_eq!(cursor.take_until(|c| c == 'b'), "a>");
    }
}
