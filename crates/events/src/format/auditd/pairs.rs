//! `key=value` pairs of an audit record.

use memchr::memchr;

/// One pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair<'a> {
    /// As written.
    pub(super) key: &'a str,
    /// Without its quotes.
    pub(super) value: &'a str,
    pub(super) is_quoted: bool,
}

/// The pairs of a record, from left to right. Those within `msg='…'` and `SADDR={ … }` are pairs of the record.
pub(super) struct Pairs<'a> {
    rest: &'a str,
}

impl<'a> Pairs<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// A value up to its closing quote, for a backslash is a character like any other; to the end, if there is none.
    fn quoted(&mut self, key: &'a str, text: &'a str) -> Pair<'a> {
        let (value, rest) = text.split_once('"').unwrap_or((text, ""));
        self.rest = rest;
        Pair { key, value, is_quoted: true }
    }

    /// A value up to white space, to the enriched part, or to the quote that `msg='…'` ends with.
    fn plain(&mut self, key: &'a str, text: &'a str) -> Pair<'a> {
        let ends = |char: char| char.is_whitespace() || matches!(char, '\u{1d}' | '\'');
        let (value, rest) = text.split_at(text.find(ends).unwrap_or(text.len()));
        self.rest = rest;
        Pair { key, value, is_quoted: false }
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Pair<'a>;

    fn next(&mut self) -> Option<Pair<'a>> {
        loop {
            let at = memchr(b'=', self.rest.as_bytes())?;
            let (before, after) = (self.rest.get(..at)?, self.rest.get(at + 1..)?);
            let key = last_word(before);
            if key.is_empty() {
                self.rest = after;
                continue;
            }
            let pair = match after.strip_prefix('"') {
                Some(quoted) => self.quoted(key, quoted),
                None => self.plain(key, after),
            };
            if pair.is_quoted || !matches!(pair.value, "" | "{") {
                return Some(pair);
            }
        }
    }
}

/// The key that ends here.
fn last_word(text: &str) -> &str {
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'[' | b']');
    let length = text.bytes().rev().take_while(is_key).count();
    text.get(text.len() - length..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pairs_may_be_nested() {
        let text = "pid=1 msg='op=login exe=\"C:\\\" res=ok'\u{1d}SADDR={ lport=21 } UID=\"root\" a==";
        let found: Vec<_> = Pairs::of(text).map(|pair| (pair.key, pair.value)).collect();
        let wanted = [
            ("pid", "1"),
            ("op", "login"),
            ("exe", "C:\\"),
            ("res", "ok"),
            ("lport", "21"),
            ("UID", "root"),
            ("a", "="),
        ];
        assert_eq!(found, wanted);
    }

    proptest! {
        #[test]
        fn any_text_is_safe(text in "[a-z=\" \\\\é'{\u{1d}]*") {
            Pairs::of(&text).count();
        }
    }
}
