//! JSON lines: one object a row, fields in order, a field without value left out.

use std::fmt::Write as _;
use std::io::{self, Write};

use sluice_engine::value::{Cell, number_to_text};

use super::{Block, time, visible};

/// Writes every row as a line. `_time` is epoch seconds with up to six digits; a multivalue field an array; what
/// SPL computed as a number a number; all else a string.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write(out: &mut dyn Write, blocks: &[Block<'_>]) -> io::Result<()> {
    for block in blocks {
        let keys: Vec<Key> = block.rows.fields().into_iter().map(Key::new).collect();
        let marks: Vec<(Key, &str)> =
            block.marks.iter().map(|(name, value)| (Key::new(name), *value)).collect();
        let mut line = Line::default();
        for row in block.rows.iter() {
            let row = row?;
            line.begin();
            for (key, value) in &marks {
                line.text(key, value);
            }
            for (at, key) in keys.iter().enumerate() {
                if let Some(cell) = row.cell(at) {
                    line.cell(key, &cell);
                }
            }
            out.write_all(line.end().as_bytes())?;
        }
    }
    Ok(())
}

/// The name of a field, as it stands before its value.
struct Key {
    written: String,
    is_time: bool,
}

impl Key {
    fn new(name: &str) -> Self {
        let mut written = String::new();
        quote(name, &mut written);
        written.push(':');
        Self { written, is_time: name == "_time" }
    }
}

#[derive(Default)]
struct Line(String);

impl Line {
    fn cell(&mut self, key: &Key, cell: &Cell<'_>) {
        match cell {
            Cell::Null => {}
            Cell::Number(seconds) if key.is_time => {
                if let Some(text) = time::epoch(*seconds) {
                    self.raw(key, &text);
                }
            }
            Cell::Number(number) if number.is_finite() => self.raw(key, &number_to_text(*number)),
            Cell::Number(number) => self.text(key, &number_to_text(*number)),
            Cell::Formatted(number, text) if number.is_finite() => self.raw(key, text),
            Cell::Formatted(_, text) => self.text(key, text),
            Cell::Integer(number) => self.raw(key, &number.to_string()),
            Cell::Text(text) => self.text(key, text),
            Cell::Bool(_) => self.text(key, &cell.text().unwrap_or_default()),
            Cell::List(list) => self.list(key, &list.iter().collect::<Vec<_>>()),
        }
    }

    fn list(&mut self, key: &Key, values: &[&str]) {
        match values {
            [] => {}
            [single] => self.text(key, single),
            several => {
                self.key(key);
                for (at, value) in several.iter().enumerate() {
                    self.0.push(if at == 0 { '[' } else { ',' });
                    quote(value, &mut self.0);
                }
                self.0.push(']');
            }
        }
    }

    fn text(&mut self, key: &Key, value: &str) {
        self.key(key);
        quote(value, &mut self.0);
    }

    fn raw(&mut self, key: &Key, value: &str) {
        self.key(key);
        self.0.push_str(value);
    }

    fn key(&mut self, key: &Key) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.0.push_str(&key.written);
    }

    fn begin(&mut self) {
        self.0.clear();
    }

    fn end(&mut self) -> &str {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push_str("}\n");
        &self.0
    }
}

/// Writes a text as a JSON string, without what [`visible_json`] would change.
fn quote(text: &str, into: &mut String) {
    into.reserve(text.len() + 2);
    into.push('"');
    let mut rest = text;
    loop {
        let (plain, behind) = rest.split_at_checked(plain_bytes(rest.as_bytes())).unwrap_or((rest, ""));
        into.push_str(plain);
        let Some(character) = behind.chars().next() else { break };
        match character {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            '\u{8}' => into.push_str("\\b"),
            '\u{c}' => into.push_str("\\f"),
            hidden if visible::is_hidden(hidden) => escape(hidden, into),
            shown => into.push(shown),
        }
        rest = behind.get(character.len_utf8()..).unwrap_or_default();
    }
    into.push('"');
}

/// How many bytes at the start stand in JSON as they are.
fn plain_bytes(text: &[u8]) -> usize {
    const AT_ONCE: usize = 16;
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') & (*byte != b'"') & (*byte != b'\\');
    // Without an end in between, so that many bytes are looked at by one instruction.
    let are_plain = |bytes: &&[u8]| bytes.iter().fold(true, |all, byte| all & is_plain(byte));
    let whole = text.chunks_exact(AT_ONCE).take_while(are_plain).count() * AT_ONCE;
    let rest = text.get(whole..).unwrap_or_default();
    whole + rest.iter().position(|byte| !is_plain(byte)).unwrap_or(rest.len())
}

fn escape(character: char, into: &mut String) {
    let mut units = [0; 2];
    for unit in character.encode_utf16(&mut units) {
        // Writing to a string does not fail.
        let _ = write!(into, "\\u{unit:04x}");
    }
}

/// The same JSON, where what JSON lets through but a terminal would obey or hide (DEL, C1, bidirectional overrides)
/// is escaped too.
pub fn visible_json(json: String) -> String {
    let is_hidden = |character| character != '\n' && visible::is_hidden(character);
    if !json.chars().any(is_hidden) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_hidden(character) {
            escape(character, &mut out);
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_kinds() {
        let mut line = Line::default();
        let mut cell = |name, cell| line.cell(&Key::new(name), &cell);
        cell("_time", Cell::Number(1_700_000_000.25));
        cell("a", Cell::Text("1"));
        cell("b", Cell::Number(2.0));
        cell("c", Cell::Null);
        cell("d", Cell::Integer(3));
        cell("e", Cell::Number(f64::INFINITY));
        line.list(&Key::new("f"), &["x", "y"]);
        line.cell(&Key::new("g"), &Cell::Formatted(50.0, "50.000000"));
        assert_eq!(
            line.end(),
            "{\"_time\":1700000000.25,\"a\":\"1\",\"b\":2,\"d\":3,\"e\":\"inf\",\"f\":[\"x\",\"y\"],\"g\":50.000000}\n"
        );
    }

    #[test]
    fn escapes_for_terminals_stay_json() {
        let hostile = "\x1b[31m\u{9b}\u{202e}\u{e0041}\"\\";
        let mut quoted = String::new();
        quote(hostile, &mut quoted);
        assert!(!quoted.chars().any(visible::is_hidden));
        assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), hostile);
    }

    #[test]
    fn a_string_is_written_as_serde_json_does_it() {
        let all: String = (0..0x800).chain(0x1_f600..0x1_f610).filter_map(char::from_u32).collect();
        let long = "C:\\Windows\\System32 and more of it \"quoted\", \u{1}".repeat(3);
        for text in [all.as_str(), &long, "", "0123456789abcdef", "0123456789abcde\n", "é"] {
            let mut quoted = String::new();
            quote(text, &mut quoted);
            assert_eq!(quoted, visible_json(serde_json::Value::from(text).to_string()));
        }
    }

    #[test]
    fn a_row_without_values_is_an_empty_object() {
        assert_eq!(Line::default().end(), "{}\n");
    }
}
