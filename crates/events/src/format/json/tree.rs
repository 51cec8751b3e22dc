//! A JSON text as a tree, for those who look into it, change it and write it again. Readers, which only want
//! fields, read the tape.

use super::tape::{Kind, Node, Tape};
use super::text::unescape;

/// A JSON value. Numbers stay as they are written, members in their order, repeated keys too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as written.
    Number(String),
    /// A string, its escapes resolved.
    String(String),
    /// `[…]`
    Array(Vec<Json>),
    /// `{…}`
    Object(Vec<(String, Json)>),
}

/// Reads a text that is one JSON value and nothing else.
pub fn parse(text: &str) -> Option<Json> {
    let mut tape = Tape::default();
    let end = tape.read(text.as_bytes(), 0).ok()?;
    let only_space = text.get(end..)?.trim_ascii().is_empty();
    if only_space { value(&tape, text, Tape::ROOT) } else { None }
}

// Recursion is bounded by the tape's depth.
fn value(tape: &Tape, text: &str, at: usize) -> Option<Json> {
    let node = tape.node(at)?;
    let written = node.value.of(text);
    Some(match node.kind {
        Kind::Null => Json::Null,
        Kind::Bool => Json::Bool(written == "true"),
        Kind::Number if is_number(written) => Json::Number(written.to_owned()),
        Kind::Number => return None,
        Kind::String => Json::String(plain(written, node.value.escaped)),
        Kind::Array => {
            Json::Array(tape.children(at).map(|(at, _)| value(tape, text, at)).collect::<Option<_>>()?)
        }
        Kind::Object => Json::Object(
            tape.children(at)
                .map(|(at, node)| Some((key(node, text), value(tape, text, at)?)))
                .collect::<Option<_>>()?,
        ),
    })
}

fn key(node: &Node, text: &str) -> String {
    plain(node.key.of(text), node.key.escaped)
}

fn plain(written: &str, escaped: bool) -> String {
    if !escaped {
        return written.to_owned();
    }
    let mut meaning = String::new();
    unescape(written, &mut meaning);
    meaning
}

/// Whether a text is a number as JSON writes them: the tape takes any of their characters.
pub fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let whole = digits(text);
    if whole == 0 || (whole > 1 && text.starts_with('0')) {
        return false;
    }
    let mut rest = text.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = fraction.get(length..).unwrap_or_default();
    }
    if let Some(power) = rest.strip_prefix(['e', 'E']) {
        let power = power.strip_prefix(['+', '-']).unwrap_or(power);
        return !power.is_empty() && digits(power) == power.len();
    }
    rest.is_empty()
}

impl Json {
    /// As a field's value: a string without quotes, a number as written, an array or object as JSON. Null is
    /// no value.
    pub fn text(&self) -> Option<String> {
        match self {
            Json::Null => None,
            Json::Bool(value) => Some(value.to_string()),
            Json::Number(text) | Json::String(text) => Some(text.clone()),
            Json::Array(_) | Json::Object(_) => Some(self.to_string()),
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Json::Number(text) => out.push_str(text),
            Json::String(text) => quote(text, out),
            Json::Array(values) => {
                out.push('[');
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    value.write(out);
                }
                out.push(']');
            }
            Json::Object(members) => {
                out.push('{');
                for (at, (key, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    quote(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// Without spaces, as Splunk writes it.
impl std::fmt::Display for Json {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        out.write_str(&text)
    }
}

pub(super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            plain => out.push(plain),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_and_written_again() {
        let text = r#" {"a": [1, 2.50, "x\"y\u00e9"], "b": {"c": null, "d": true}, "a": -0.1e+3} "#;
        let written = r#"{"a":[1,2.50,"x\"yé"],"b":{"c":null,"d":true},"a":-0.1e+3}"#;
        assert_eq!(parse(text).unwrap().to_string(), written);
    }

    #[test]
    fn only_whole_and_strict_values_are_json() {
        for text in ["", "{", "{a:1}", "01", "1.", "1e", "-", "[1,]", "{} x", "'a'", "nul", "1-2"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("\"a\"").unwrap().text().as_deref(), Some("a"));
        assert_eq!(parse("null").unwrap().text(), None);
        assert!(parse(&"[".repeat(100_000)).is_none());
    }
}
