//! Zeek's logs in its own TSV, with a header that names fields, types and separators.
//!
//! Values of sets and vectors are several values of their field. What is unset is no value.
//!
//! Such a file is read by one core: its header may change within it.

use std::borrow::Cow;

use crate::batch::EventBuilder;
use crate::field;
use crate::filter::{Seen, Tests};
use crate::format::glance::{self, Glance};
use crate::format::line_reader::{self, Line, LineFormat};
use crate::format::{Format, Source, zeek_names};
use crate::{Reader, time};

/// A reader of Zeek's TSV.
pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    let log = zeek_names::log_of_file(&source.name);
    let mut zeek = Zeek {
        file: source.name.clone(),
        header: Header::default(),
        glance: Glance::new(&events, Format::Zeek),
        sourcetype: String::new(),
        source: String::new(),
    };
    zeek.call(log);
    line_reader::open(source, events, zeek)
}

struct Zeek {
    file: String,
    header: Header,
    glance: Option<Glance>,
    sourcetype: String,
    source: String,
}

/// What the lines that begin with `#` say.
struct Header {
    separator: String,
    set_separator: String,
    empty: String,
    unset: String,
    columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    name: String,
    has_several: bool,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            separator: "\t".to_owned(),
            set_separator: ",".to_owned(),
            empty: "(empty)".to_owned(),
            unset: "-".to_owned(),
            columns: Vec::new(),
        }
    }
}

impl LineFormat for Zeek {
    fn line(&mut self, line: &str, events: &mut EventBuilder) -> Line {
        match line.strip_prefix('#') {
            Some(directive) => self.directive(directive),
            None => self.row(line, events),
        }
    }
}

impl Zeek {
    /// Says what the events of a log are called.
    fn call(&mut self, log: Option<&str>) {
        zeek_names::sourcetype(log, &mut self.sourcetype);
        match log {
            Some(log) => zeek_names::source(log, &mut self.source),
            None => self.file.clone_into(&mut self.source),
        }
    }

    fn directive(&mut self, directive: &str) -> Line {
        if let Some(separator) = directive.strip_prefix("separator ") {
            self.header.separator = plain(separator.trim()).into_owned();
            return if self.header.separator.is_empty() {
                Line::Lost("its separator is empty")
            } else {
                Line::Nothing
            };
        }
        let Some((name, value)) = directive.split_once(self.header.separator()) else { return Line::Nothing };
        match name {
            "set_separator" if !value.is_empty() => self.header.set_separator = plain(value).into_owned(),
            "empty_field" => value.clone_into(&mut self.header.empty),
            "unset_field" => value.clone_into(&mut self.header.unset),
            "path" => self.call(Some(value).filter(|log| !log.is_empty() && *log != self.header.unset)),
            "fields" => self.header.fields(value),
            "types" => self.header.types(value),
            _ => {}
        }
        Line::Nothing
    }

    fn row(&mut self, line: &str, events: &mut EventBuilder) -> Line {
        let header = &self.header;
        if header.columns.is_empty() {
            return Line::Lost("a row before the `#fields` of its log");
        }
        if line.split(header.separator()).count() != header.columns.len() {
            return Line::Lost("its row has more or fewer cells than its header has fields");
        }
        let look = &mut |name: &str, tests: Tests<'_>| header.look(line, name, tests);
        if self.glance.as_mut().is_some_and(|glance| !glance.may_matter(look)) {
            return Line::PassedOver;
        }
        events.set(field::RAW, line);
        for (column, cell) in header.columns.iter().zip(line.split(header.separator())) {
            if cell == header.unset {
                continue;
            }
            if column.name == "ts"
                && let Some(seconds) = time::parse(cell, &jiff::tz::TimeZone::UTC)
            {
                events.set_time(seconds);
            }
            header.give(column, cell, events);
        }
        let called = [
            (field::SOURCE, &*self.source),
            (field::SOURCETYPE, &*self.sourcetype),
            (field::INDEX, zeek_names::INDEX),
            (field::HOST, field::UNKNOWN_HOST),
        ];
        called.into_iter().for_each(|(name, value)| events.set(name, value));
        Line::Event(None)
    }
}

impl Header {
    /// Never empty: `split` would cut between all characters.
    fn separator(&self) -> &str {
        if self.separator.is_empty() { "\t" } else { &self.separator }
    }

    fn fields(&mut self, value: &str) {
        let names = value.split(self.separator());
        let names = names.map(zeek_names::field);
        self.columns = names.map(|name| Column { name: name.into_owned(), has_several: false }).collect();
    }

    fn types(&mut self, value: &str) {
        let separator = self.separator().to_owned();
        for (column, kind) in self.columns.iter_mut().zip(value.split(&separator)) {
            column.has_several = kind.starts_with("set[") || kind.starts_with("vector[");
        }
    }

    fn give(&self, column: &Column, cell: &str, events: &mut EventBuilder) {
        if !events.wants(&column.name) {
            return;
        }
        if !column.has_several {
            let value = if cell == self.empty { "" } else { cell };
            return events.set(&column.name, &plain(value));
        }
        if cell == self.empty {
            return;
        }
        let values = cell.split(&self.set_separator).filter(|value| *value != self.unset);
        values.for_each(|value| events.set(&column.name, &plain(value)));
    }

    /// What a row tells of a field.
    fn look(&self, line: &str, name: &str, tests: Tests<'_>) -> Seen {
        if name == field::RAW {
            return tests.of_raw(line.as_bytes());
        }
        let mut cells =
            self.columns.iter().zip(line.split(self.separator())).filter(|(column, _)| column.name == name);
        let Some((column, cell)) = cells.next() else { return Seen::Absent };
        if column.has_several || cell.contains('\\') || cell == self.empty || cells.next().is_some() {
            return Seen::Unknown;
        }
        if cell == self.unset { Seen::Absent } else { glance::plain(tests, cell) }
    }
}

/// A cell with its escapes resolved: `\x2c`, and `\\`.
fn plain(cell: &str) -> Cow<'_, str> {
    if !cell.contains('\\') {
        return Cow::Borrowed(cell);
    }
    let mut bytes = Vec::with_capacity(cell.len());
    let mut rest = cell.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match tail {
            [b'\\', after @ ..] if *first == b'\\' => {
                bytes.push(b'\\');
                rest = after;
            }
            [b'x', high, low, after @ ..] if *first == b'\\' => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(*first),
            },
            _ => bytes.push(*first),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn digit(byte: u8) -> Option<u8> {
    u8::try_from(char::from(byte).to_digit(16)?).ok()
}

#[cfg(test)]
mod tests;
