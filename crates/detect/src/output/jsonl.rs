//! JSON lines: one object a row, fields in order, a field without value left out.

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
        let names = block.rows.fields();
        let mut line = Line::default();
        for row in block.rows.iter() {
            let row = row?;
            line.begin();
            for (name, value) in &block.marks {
                line.text(name, value);
            }
            for (at, name) in names.iter().enumerate() {
                if let Some(cell) = row.cell(at) {
                    line.cell(name, &cell);
                }
            }
            out.write_all(line.end().as_bytes())?;
        }
    }
    Ok(())
}

#[derive(Default)]
struct Line(String);

impl Line {
    fn cell(&mut self, name: &str, cell: &Cell<'_>) {
        match cell {
            Cell::Null => {}
            Cell::Number(seconds) if name == "_time" => {
                if let Some(text) = time::epoch(*seconds) {
                    self.raw(name, &text);
                }
            }
            Cell::Number(number) if number.is_finite() => self.raw(name, &number_to_text(*number)),
            Cell::Number(number) => self.text(name, &number_to_text(*number)),
            Cell::Formatted(number, text) if number.is_finite() => self.raw(name, text),
            Cell::Formatted(_, text) => self.text(name, text),
            Cell::Integer(number) => self.raw(name, &number.to_string()),
            Cell::Text(text) => self.text(name, text),
            Cell::Bool(_) => self.text(name, &cell.text().unwrap_or_default()),
            Cell::List(list) => self.list(name, &list.iter().collect::<Vec<_>>()),
        }
    }

    fn list(&mut self, name: &str, values: &[&str]) {
        match values {
            [] => {}
            [single] => self.text(name, single),
            several => {
                self.name(name);
                for (at, value) in several.iter().enumerate() {
                    self.0.push(if at == 0 { '[' } else { ',' });
                    quote(value, &mut self.0);
                }
                self.0.push(']');
            }
        }
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        quote(value, &mut self.0);
    }

    fn raw(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.push_str(value);
    }

    fn name(&mut self, name: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        quote(name, &mut self.0);
        self.0.push(':');
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

/// Writes a text as a JSON string.
fn quote(text: &str, into: &mut String) {
    // Most text is as it is.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
        into.push('"');
        into.push_str(text);
        into.push('"');
        return;
    }
    into.push_str(&visible_json(serde_json::Value::from(text).to_string()));
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
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
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
        line.cell("_time", &Cell::Number(1_700_000_000.25));
        line.cell("a", &Cell::Text("1"));
        line.cell("b", &Cell::Number(2.0));
        line.cell("c", &Cell::Null);
        line.cell("d", &Cell::Integer(3));
        line.cell("e", &Cell::Number(f64::INFINITY));
        line.list("f", &["x", "y"]);
        line.cell("g", &Cell::Formatted(50.0, "50.000000"));
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
    fn a_row_without_values_is_an_empty_object() {
        assert_eq!(Line::default().end(), "{}\n");
    }
}
