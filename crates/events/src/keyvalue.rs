//! `key=value` in text: the fields that Splunk takes from an event by itself (`KV_MODE = auto`).
//!
//! Which characters make a key, what becomes of them and where a value ends was read off events of Splunk 10.4:
//! `user.name=x` gives `user_name`, `ip:port=x` gives `port`, `2fa=x` gives `fa`, `a=b=c` gives `a` the value
//! `b=c`, a quoted value ends at the next quote whatever stands before it, and an empty value is none.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::batch::EventBuilder;
use crate::field;

/// A key, made a field's name, and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<'a> {
    /// The field.
    pub key: Cow<'a, str>,
    /// As written, without quotes.
    pub value: &'a str,
}

/// The pairs of a text from left to right. A key may come again: Splunk keeps the first.
pub fn pairs(text: &str) -> impl Iterator<Item = Pair<'_>> {
    Pairs { text, at: 0, is_raw: false }
}

/// The same with the keys as they are written.
pub fn raw_pairs(text: &str) -> impl Iterator<Item = Pair<'_>> {
    Pairs { text, at: 0, is_raw: true }
}

/// Gives the current event the pairs of its text: of a key that comes again the first. What `is_set` names keeps
/// the value that the event has.
pub fn set(events: &mut EventBuilder, text: &str, is_set: impl Fn(&str) -> bool) {
    let mut seen = HashSet::new();
    for Pair { key, value } in pairs(text) {
        let is_wanted = events.wants(&key) && !field::is_metadata(&key) && !is_set(&key);
        if is_wanted && seen.insert(key.clone()) {
            events.set(&key, value);
        }
    }
}

/// A key as a field's name: what is no letter or digit becomes `_`, and `_` and digits at its start go
/// (`CLEAN_KEYS`).
pub fn clean(key: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || c == '_';
    let dropped = |c: char| !c.is_alphabetic();
    let rest = key.trim_start_matches(dropped);
    if rest.chars().all(is_plain) {
        return Cow::Borrowed(rest);
    }
    Cow::Owned(rest.chars().map(|c| if is_plain(c) { c } else { '_' }).collect())
}

struct Pairs<'a> {
    text: &'a str,
    at: usize,
    is_raw: bool,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Pair<'a>;

    fn next(&mut self) -> Option<Pair<'a>> {
        loop {
            let rest = self.text.get(self.at..)?;
            let sign = memchr::memchr(b'=', rest.as_bytes())?;
            let (before, after) = rest.split_at(sign);
            let written = before.rsplit(|c| !is_key(c)).next().unwrap_or_default();
            let (value, length) = value(after.get(1..).unwrap_or_default());
            self.at += sign + 1 + length;
            let key = if self.is_raw { Cow::Borrowed(written) } else { clean(written) };
            if !key.is_empty() && !value.is_empty() {
                return Some(Pair { key, value });
            }
        }
    }
}

fn is_key(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// The value at the start of a text, and how long it is with its quotes.
fn value(text: &str) -> (&str, usize) {
    if let Some(inside) = text.strip_prefix('"')
        && let Some(end) = memchr::memchr(b'"', inside.as_bytes())
    {
        return (inside.get(..end).unwrap_or_default(), end + 2);
    }
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '&' | '"');
    let end = text.find(ends).unwrap_or(text.len());
    (text.get(..end).unwrap_or_default(), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, &str)> {
        pairs(text).map(|pair| (pair.key.into_owned(), pair.value)).collect()
    }

    fn owned<'a>(pairs: &[(&str, &'a str)]) -> Vec<(String, &'a str)> {
        pairs.iter().map(|&(key, value)| (key.to_owned(), value)).collect()
    }

    #[test]
    fn keys_become_names() {
        let text = "zone-found=dmz user.name=eve ip:port=1.2.3.4 2fa=on --=x 7=y a-b=1 a_b=2";
        let expected = [
            ("zone_found", "dmz"),
            ("user_name", "eve"),
            ("port", "1.2.3.4"),
            ("fa", "on"),
            ("a_b", "1"),
            ("a_b", "2"),
        ];
        assert_eq!(read(text), owned(&expected));
        assert_eq!(
            raw_pairs("x-y=1 9=2").map(|pair| pair.key.into_owned()).collect::<Vec<_>>(),
            ["x-y", "9"]
        );
    }

    #[test]
    fn values_end_at_delimiters_or_quotes() {
        assert_eq!(
            read("e= q=\"a b, c\" s=\"say \\\"hi\\\"\" t=x"),
            owned(&[("q", "a b, c"), ("s", "say \\"), ("t", "x")])
        );
        assert_eq!(read("f=a=b g=x=y=z"), owned(&[("f", "a=b"), ("g", "x=y=z")]));
        assert_eq!(
            read("/buy?item=7&qty=2;a=1,b=2|c=3"),
            owned(&[("item", "7"), ("qty", "2"), ("a", "1"), ("b", "2"), ("c", "3")])
        );
        assert_eq!(read("open=\"no end"), []);
        assert_eq!(read("= == é=ü"), owned(&[("é", "ü")]));
    }

    #[test]
    fn the_first_of_a_key_stands() {
        let request = crate::request::Request {
            fields: ["a", "b"].map(crate::request::Wanted::one).into(),
            ..Default::default()
        };
        let mut events = EventBuilder::new(request.into(), Default::default(), "x", &Default::default(), 0);
        set(&mut events, "a=1 b=2 a=3 c=4 _time=5", |name| name == "b");
        events.finish_event(Default::default());
        let batch = events.take().unwrap();
        let text = |column: usize| {
            arrow::array::AsArray::as_string_view(batch.column(column)).iter().next().unwrap()
        };
        assert_eq!((text(0), text(1)), (Some("1"), None));
    }
}
