//! Where in a file a query's text stands. Files fold, indent, escape and continue lines, so the text is laid beside
//! the file's, character by character, and each place where the two part is noted.

use std::ops::Range;

/// How a file writes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As it is, but for the kind and number of blanks.
    Plain,
    /// `\` at a line's end: the value goes on.
    Conf,
    /// YAML's `'…'`: a quote is written twice.
    Single,
    /// JSON's and YAML's `"…"`: escapes.
    Double,
}

/// A place in the file for each place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    marks: Vec<Mark>,
}

/// From this byte of the text on, characters stand in the file from this line and column on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    at: usize,
    line: usize,
    column: usize,
}

impl Origin {
    /// Where `search` stands in `text` after the byte `from`; `None` if it is not there.
    pub(super) fn find(text: &str, from: usize, search: &str, style: Style) -> Option<Self> {
        let before = text.get(..from)?;
        let mut file = Place {
            rest: text.get(from..)?,
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
        };
        let mut marks: Vec<Mark> = Vec::new();
        let mut blank = true;
        for (at, c) in search.char_indices() {
            if c.is_whitespace() {
                blank = true;
                continue;
            }
            if blank {
                file.skip_blanks(style);
                marks.push(Mark { at, line: file.line, column: file.column });
                blank = false;
            }
            let escaped = file.step(c, style)?;
            if escaped {
                marks.push(Mark { at: at + c.len_utf8(), line: file.line, column: file.column });
            }
        }
        (!marks.is_empty()).then_some(Self { marks })
    }

    /// Line and column of a byte of the text, from 1.
    pub(super) fn place(&self, search: &str, at: usize) -> (usize, usize) {
        let after = self.marks.partition_point(|mark| mark.at <= at).saturating_sub(1);
        let Some(mark) = self.marks.get(after) else { return (1, 1) };
        let between =
            search.get(mark.at..at.clamp(mark.at, search.len())).map_or(0, |text| text.chars().count());
        (mark.line, mark.column + between)
    }
}

/// Where the file has been read to.
struct Place<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
}

impl Place<'_> {
    fn advance(&mut self, chars: usize) {
        let mut rest = self.rest.chars();
        for c in rest.by_ref().take(chars) {
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.rest = rest.as_str();
    }

    fn skip_blanks(&mut self, style: Style) {
        loop {
            let mut next = self.rest.chars();
            match (next.next(), next.next()) {
                (Some(c), _) if c.is_whitespace() => self.advance(1),
                (Some('\\'), Some('\n' | '\r')) if style != Style::Plain => self.advance(2),
                (Some('\\'), Some('n' | 't' | 'r' | ' ')) if style == Style::Double => self.advance(2),
                _ => return,
            }
        }
    }

    /// Passes over a character of the text; `None` if another one stands there. Whether it was escaped.
    fn step(&mut self, wanted: char, style: Style) -> Option<bool> {
        let mut next = self.rest.chars();
        let (first, second) = (next.next()?, next.next());
        let length = match (style, first, second) {
            (Style::Single, '\'', Some('\'')) if wanted == '\'' => 2,
            (Style::Double, '\\', Some('u')) => return self.unicode(wanted),
            (Style::Double, '\\', Some(second)) if second == wanted => 2,
            (Style::Double, '\\', _) => return None,
            _ if first == wanted => 1,
            _ => return None,
        };
        self.advance(length);
        Some(length > 1)
    }

    /// `\u00e4`, or two of them for a character beyond 16 bits.
    fn unicode(&mut self, wanted: char) -> Option<bool> {
        let units: Vec<u16> = wanted.encode_utf16(&mut [0; 2]).to_vec();
        for unit in units {
            let digits = self.rest.strip_prefix("\\u")?.get(..4)?;
            if u16::from_str_radix(digits, 16) != Ok(unit) {
                return None;
            }
            self.advance(6);
        }
        Some(true)
    }
}

/// The value of the key `search` at the start of a line.
pub(super) fn of_yaml(text: &str, search: &str) -> Option<Origin> {
    let key = "search:";
    let start = if text.starts_with(key) { 0 } else { text.find("\nsearch:")? + 1 } + key.len();
    let line_end = text.get(start..)?.find('\n').map_or(text.len(), |end| start + end);
    let first = text.get(start..line_end)?.trim_start();
    let at = line_end - first.len();
    match first.chars().next() {
        Some('|' | '>') => Origin::find(text, line_end, search, Style::Plain),
        Some('\'') => Origin::find(text, at + 1, search, Style::Single),
        Some('"') => Origin::find(text, at + 1, search, Style::Double),
        _ => Origin::find(text, start, search, Style::Plain),
    }
}

/// The value of the key `search` in a line of JSON.
pub(super) fn of_json(text: &str, line: Range<usize>, search: &str) -> Option<Origin> {
    let key = "\"search\"";
    let keys = text.get(line.clone())?.match_indices(key).map(|(at, _)| line.start + at + key.len());
    keys.into_iter().find_map(|after| {
        let value =
            text.get(after..line.end)?.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        Origin::find(text, line.end - value.len(), search, Style::Double)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(origin: Option<Origin>, search: &str, of: &str) -> (usize, usize) {
        origin.unwrap().place(search, search.find(of).unwrap())
    }

    #[test]
    fn yaml_writes_text_in_five_ways() {
        let search = "a=1 | eval b='c' | nope";
        for (written, line, column) in [
            ("name: x\nsearch: a=1 | eval b='c' | nope\n", 2, 28),
            ("name: x\nsearch: a=1\n  | eval b='c'\n  | nope\n", 4, 5),
            ("name: x\nsearch: |-\n  a=1 | eval b='c'\n  | nope\n", 4, 5),
            ("search: >\n  a=1 |\n  eval b='c' | nope\n", 3, 16),
            ("name: x\nsearch: 'a=1 | eval b=''c'' | nope'\n", 2, 31),
            ("name: x\nsearch: \"a=1 | eval b='c'\\n| nope\"\n", 2, 30),
        ] {
            assert_eq!(place(of_yaml(written, search), search, "nope"), (line, column), "{written}");
        }
    }

    #[test]
    fn json_escapes_are_passed_over() {
        let search = "a=\"ä\" | nope";
        let text = "{}\n{\"search\": \"a=\\\"\\u00e4\\\" | nope\"}";
        assert_eq!(place(of_json(text, 3..text.len(), search), search, "nope"), (2, 28));
    }

    #[test]
    fn text_that_is_not_there_has_no_place() {
        assert_eq!(Origin::find("a b", 0, "a c", Style::Plain), None);
        assert_eq!(of_yaml("name: x", "a"), None);
    }
}
