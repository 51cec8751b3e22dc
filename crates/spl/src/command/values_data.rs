//! Rows written in a query, as CSV or JSON, for `makeresults`.

use std::collections::BTreeMap;

use crate::ops::ValuesData;

/// How deep JSON may nest.
const MAX_DEPTH: usize = 64;

/// CSV whose first line names the fields; an empty cell is no value.
pub(crate) fn csv(text: &str) -> Option<ValuesData> {
    let mut lines = csv_lines(text.trim_start()).into_iter();
    let fields: Vec<String> = lines.next()?.into_iter().map(|name| name.trim().to_owned()).collect();
    let row = |line: Vec<String>| {
        let mut cells = line.into_iter().map(|cell| Some(cell).filter(|cell| !cell.is_empty()));
        fields.iter().map(|_| cells.next().flatten()).collect()
    };
    let rows = lines.map(row).collect();
    Some(ValuesData { fields, rows })
}

fn csv_lines(text: &str) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    let (mut line, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                line.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut line));
            }
            _ => cell.push(c),
        }
    }
    line.push(cell);
    lines.push(line);
    lines.retain(|line| line.iter().any(|cell| !cell.is_empty()));
    lines
}

/// A JSON array of objects. A value that is itself an object or array stays JSON text.
pub(crate) fn json(text: &str) -> Option<ValuesData> {
    let mut reader = Json { rest: text.trim() };
    let mut fields: Vec<String> = Vec::new();
    let mut objects = Vec::new();
    reader.eat('[')?;
    while reader.eat(']').is_none() {
        objects.push(reader.object(&mut fields)?);
        let more = reader.eat(',').is_some();
        if !more && !reader.rest.starts_with(']') {
            return None;
        }
    }
    let row = |mut object: BTreeMap<String, Option<String>>| {
        fields.iter().map(|field| object.remove(field).flatten()).collect()
    };
    let rows = objects.into_iter().map(row).collect();
    reader.rest.is_empty().then_some(ValuesData { fields, rows })
}

struct Json<'a> {
    rest: &'a str,
}

impl<'a> Json<'a> {
    fn eat(&mut self, c: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(c)?.trim_start();
        Some(())
    }

    /// An object's fields; names that are new are added to `fields`.
    fn object(&mut self, fields: &mut Vec<String>) -> Option<BTreeMap<String, Option<String>>> {
        let mut object = BTreeMap::new();
        self.eat('{')?;
        while self.eat('}').is_none() {
            let name = self.string()?;
            self.eat(':')?;
            let value = self.value()?;
            if !fields.contains(&name) {
                fields.push(name.clone());
            }
            object.insert(name, value);
            let more = self.eat(',').is_some();
            if !more && !self.rest.starts_with('}') {
                return None;
            }
        }
        Some(object)
    }

    /// A value as text; null is none.
    fn value(&mut self) -> Option<Option<String>> {
        if self.rest.starts_with('"') {
            return self.string().map(Some);
        }
        let start = self.rest;
        if start.starts_with(['{', '[']) {
            self.skip_nested()?;
            let len = start.len() - self.rest.len();
            return start.get(..len).map(|text| Some(text.trim_end().to_owned()));
        }
        let end =
            start.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c))).unwrap_or(start.len());
        let (word, rest) = start.split_at(end);
        self.rest = rest.trim_start();
        let number = word.parse::<f64>().is_ok_and(f64::is_finite);
        match word {
            "null" => Some(None),
            "true" | "false" => Some(Some(word.to_owned())),
            _ => number.then(|| Some(word.to_owned())),
        }
    }

    fn skip_nested(&mut self) -> Option<()> {
        let mut depth = 0;
        loop {
            match self.rest.chars().next()? {
                '"' => _ = self.string()?,
                c => {
                    depth = if "{[".contains(c) { depth + 1 } else { depth - usize::from("}]".contains(c)) };
                    self.eat(c)?;
                }
            }
            match depth {
                0 => return Some(()),
                MAX_DEPTH.. => return None,
                _ => {}
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut chars = self.rest.strip_prefix('"')?.chars();
        loop {
            match chars.next()? {
                '"' => break,
                '\\' => text.push(escape(&mut chars)?),
                c => text.push(c),
            }
        }
        self.rest = chars.as_str().trim_start();
        Some(text)
    }
}

/// The character of a JSON escape, the backslash taken.
fn escape(chars: &mut std::str::Chars<'_>) -> Option<char> {
    match chars.next()? {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'u' => code_point(chars),
        c => Some(c),
    }
}

fn code_point(chars: &mut std::str::Chars<'_>) -> Option<char> {
    let mut unit = || -> Option<u32> {
        let digits: String = chars.by_ref().take(4).collect();
        u32::from_str_radix(&digits, 16).ok()
    };
    let first = unit()?;
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(first);
    }
    // A pair of surrogates: `\ud83d\ude00`.
    if chars.next() != Some('\\') || chars.next() != Some('u') {
        return None;
    }
    let digits: String = chars.by_ref().take(4).collect();
    let second = u32::from_str_radix(&digits, 16).ok()?.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    char::from_u32(0x10000 + ((first - 0xD800) << 10) + second)
}

/// The rows as a JSON array of objects. The first names all fields, so that their order is read again.
pub(crate) fn to_json(data: &ValuesData) -> String {
    let row = |(at, row): (usize, &Vec<Option<String>>)| {
        let pairs = data.fields.iter().zip(row).filter_map(|(field, cell)| match cell {
            Some(cell) => Some(format!("{}:{}", json_string(field), json_string(cell))),
            None => (at == 0).then(|| format!("{}:null", json_string(field))),
        });
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
    };
    format!("[{}]", data.rows.iter().enumerate().map(row).collect::<Vec<_>>().join(","))
}

fn json_string(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        c if c < ' ' => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn csv_cells_may_be_quoted() {
        let data = csv("\na,b\n\"x,\"\"y\"\"\",2\n,3").unwrap();
        assert_eq!(data.fields, ["a", "b"]);
        assert_eq!(data.rows, [vec![cell("x,\"y\""), cell("2")], vec![None, cell("3")]]);
    }

    #[test]
    fn json_values_become_text() {
        let data = json(r#"[{"a": 1.50, "b": null}, {"b": "x\u0041", "c": {"d": [1]}}]"#).unwrap();
        assert_eq!(data.fields, ["a", "b", "c"]);
        assert_eq!(
            data.rows,
            [vec![cell("1.50"), None, None], vec![None, cell("xA"), cell(r#"{"d": [1]}"#)]]
        );
    }

    #[test]
    fn broken_json_is_none() {
        for text in
            ["", "[", "[{]", r#"[{"a"}]"#, "[{\"a\":nope}]", "[] x", "[{\"a\":[}]", "[{\"a\":1 \"b\":2}]"]
        {
            assert!(json(text).is_none(), "{text}");
        }
    }
}
