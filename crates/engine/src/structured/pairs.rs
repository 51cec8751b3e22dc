//! `key=value` in text, and elements of XML as pairs.

use std::borrow::Cow;
use std::collections::HashSet;

use sluice_events::keyvalue;

use super::Each;

/// What `extract` looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pairs {
    /// Characters between pairs.
    pub(crate) between: String,
    /// Characters between key and value.
    pub(crate) within: String,
    /// At most so many.
    pub(crate) limit: usize,
    /// Of the first so many characters.
    pub(crate) max_chars: usize,
    /// A key that comes again adds a value.
    pub(crate) adds: bool,
    /// Keys become names as the automatic extraction makes them.
    pub(crate) cleans: bool,
}

impl Pairs {
    /// The pairs of a text.
    pub(crate) fn each(&self, text: &str, each: Each<'_>) {
        let text = match text.char_indices().nth(self.max_chars) {
            Some((end, _)) => text.get(..end).unwrap_or(text),
            None => text,
        };
        if self.between.is_empty() && self.within.is_empty() {
            let pairs: &mut dyn Iterator<Item = keyvalue::Pair<'_>> =
                if self.cleans { &mut keyvalue::pairs(text) } else { &mut keyvalue::raw_pairs(text) };
            return self.take(pairs.map(|pair| (pair.key, pair.value)), each);
        }
        let parts = text.split(|c: char| self.between.contains(c));
        self.take(parts.filter_map(|part| self.pair(part)), each);
    }

    /// A value that holds one of the delimiters again is none.
    fn pair<'a>(&self, part: &'a str) -> Option<(Cow<'a, str>, &'a str)> {
        let is_delimiter = |c: char| self.within.contains(c);
        let (key, value) = part.split_once(is_delimiter)?;
        let (key, value) = (key.trim(), value.trim());
        if value.contains(is_delimiter) {
            return None;
        }
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
        let key = if self.cleans { keyvalue::clean(key) } else { Cow::Borrowed(key) };
        (!key.is_empty() && !value.is_empty()).then_some((key, value))
    }

    fn take<'a>(&self, pairs: impl Iterator<Item = (Cow<'a, str>, &'a str)>, each: Each<'_>) {
        let mut seen = HashSet::new();
        for (key, value) in pairs.take(self.limit) {
            if self.adds || seen.insert(key.clone()) {
                each(key, Cow::Borrowed(value));
            }
        }
    }
}

/// The pairs that Splunk takes by itself: of a key that comes again the first.
pub(crate) fn automatic(text: &str, each: Each<'_>) {
    let mut seen = HashSet::new();
    for pair in keyvalue::pairs(text) {
        if seen.insert(pair.key.clone()) {
            each(pair.key, Cow::Borrowed(pair.value));
        }
    }
}

/// `<key>value</key>`, wherever it stands: of a key that comes again the last, as `xmlkv` does it.
pub(crate) fn elements(text: &str, each: Each<'_>) {
    let mut found: Vec<(&str, &str)> = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        let Some((tag, inside)) = after.split_once('>') else { break };
        let name = tag.split(char::is_whitespace).next().unwrap_or_default();
        if name.is_empty() || name.starts_with(['/', '?', '!']) || tag.ends_with('/') {
            continue;
        }
        let Some((value, close)) = inside.split_once('<') else { break };
        let closes = close.strip_prefix('/').and_then(|close| close.strip_prefix(name));
        if closes.is_some_and(|close| close.trim_start().starts_with('>')) && !value.trim().is_empty() {
            found.push((name, value.trim()));
        }
    }
    let mut seen = HashSet::new();
    for (name, value) in found.into_iter().rev() {
        if seen.insert(name) {
            each(Cow::Borrowed(name), Cow::Borrowed(value));
        }
    }
}
