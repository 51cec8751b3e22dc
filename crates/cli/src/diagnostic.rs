//! Diagnostics of queries for people: code, message, the line of the query, a caret, a label, a help.

use std::io::{self, Write};

use sluice_detect::output::Style;
use sluice_detect::output::visible::{visible, width};
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::span::Span;

/// Spaces before the line of the query.
const INDENT: &str = "    ";

/// Writes diagnostics about `query` to stderr. That stderr is gone is no reason to stop.
pub(crate) fn print(diagnostics: &[Diagnostic], query: &str, file: Option<&str>, style: &Style) {
    let mut err = io::stderr().lock();
    for diagnostic in diagnostics {
        let place = Place::of(query, diagnostic.span);
        let at = file.map(|file| format!("{}:{}:{}", visible(file), place.line, place.column));
        let _ = err.write_all(render(diagnostic, query, at.as_deref(), style).as_bytes());
    }
}

/// A diagnostic as text, each line ended. `at` is where it stands, if that is another file's line and column.
pub(crate) fn render(diagnostic: &Diagnostic, query: &str, at: Option<&str>, style: &Style) -> String {
    let (word, colour) = if diagnostic.is_error() { ("error", "1;31") } else { ("warning", "1;33") };
    let mut out = style.paint(colour, &format!("{word} {}", diagnostic.code));
    out.push(' ');
    let used = word.len() + diagnostic.code.len() + 2;
    out.push_str(&words(&visible(&diagnostic.message), style.width, used, INDENT));
    out.push('\n');
    let place = Place::of(query, diagnostic.span);
    if at.is_some() || query.trim_end().contains('\n') {
        let at = at.map_or_else(|| format!("line {}:{}", place.line, place.column), str::to_owned);
        out.push_str(&style.paint("2", &format!("{INDENT}{at}")));
        out.push('\n');
    }
    out.push_str(&snippet(&place, diagnostic, colour, style));
    if let Some(help) = &diagnostic.help {
        out.push_str(&format!("{INDENT}{} ", style.paint("1", "help:")));
        out.push_str(&words(&visible(help), style.width, INDENT.len() + 6, &format!("{INDENT}      ")));
        out.push('\n');
    }
    out
}

/// A place in a query: line and column from 1, the line's text, and the marked part of it.
pub(crate) struct Place<'a> {
    /// Line, from 1.
    pub(crate) line: usize,
    /// Character in the line, from 1.
    pub(crate) column: usize,
    before: &'a str,
    marked: &'a str,
    after: &'a str,
}

impl<'a> Place<'a> {
    pub(crate) fn of(query: &'a str, span: Span) -> Self {
        let start = floor(query, span.start);
        let end = floor(query, span.end).max(start);
        let line_start = query[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = query[start..].find('\n').map_or(query.len(), |at| start + at);
        let end = end.min(line_end);
        Self {
            line: query[..line_start].matches('\n').count() + 1,
            column: query[line_start..start].chars().count() + 1,
            before: &query[line_start..start],
            marked: &query[start..end],
            after: query[end..line_end].trim_end(),
        }
    }
}

/// The last character boundary at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The line of the query, cut to a window around the marked part, and the caret under it.
fn snippet(place: &Place<'_>, diagnostic: &Diagnostic, colour: &str, style: &Style) -> String {
    let room = style.width.saturating_sub(INDENT.len()).max(20);
    let plain = |text: &str| visible(&text.replace('\t', " ")).into_owned();
    let marked = head(&plain(place.marked), room * 2 / 3);
    let before = last(&plain(place.before), (room - width(&marked).max(1)) / 2);
    let after = head(&plain(place.after), room.saturating_sub(width(&before) + width(&marked)));
    let pad = " ".repeat(width(&before));
    let caret = "^".repeat(width(&marked).max(1));
    let mut out = format!("{INDENT}{before}{marked}{after}\n{INDENT}{pad}{}", style.paint(colour, &caret));
    let label = visible(&diagnostic.label).into_owned();
    let used = INDENT.len() + width(&pad) + width(&caret) + 1;
    if label.is_empty() {
    } else if used + width(&label) <= style.width {
        out.push_str(&format!(" {}", style.paint(colour, &label)));
    } else {
        out.push_str(&format!("\n{INDENT}{}", words(&label, style.width, INDENT.len(), INDENT)));
    }
    out.push('\n');
    out
}

fn head(text: &str, cells: usize) -> String {
    sluice_detect::output::visible::cut(text, cells).into_owned()
}

fn last(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let reversed: String = text.chars().rev().collect();
    head(&reversed, cells).chars().rev().collect()
}

/// Text broken at spaces; the first line begins after `used` cells, the others after `indent`.
fn words(text: &str, cells: usize, used: usize, indent: &str) -> String {
    let mut out = String::new();
    let mut at = used;
    for word in text.split(' ') {
        let wide = width(word);
        if at + wide > cells && at > width(indent) {
            out.push('\n');
            out.push_str(indent);
            at = width(indent);
        } else if !out.is_empty() && !out.ends_with('\n') {
            out.push(' ');
            at += 1;
        }
        out.push_str(word);
        at += wide;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(width: usize) -> Style {
        Style { width, colour: false, full: false, zone: jiff::tz::TimeZone::UTC }
    }

    #[test]
    fn the_caret_stands_under_the_place() {
        let found = Diagnostic::error("SPL0004", Span::new(8, 9), "`dedup` expected a field, found `|`")
            .with_label("a field name goes here")
            .with_help("for example `dedup host`");
        assert_eq!(
            render(&found, "| dedup | head", None, &style(80)),
            "error SPL0004 `dedup` expected a field, found `|`\n    | dedup | head\n            ^ a field name goes \
             here\n    help: for example `dedup host`\n"
        );
    }

    #[test]
    fn a_long_line_is_shown_around_the_place() {
        let query = format!("{}|bad|{}", "a".repeat(200), "b".repeat(200));
        let found = Diagnostic::error("SPL0100", Span::new(201, 204), "no command `bad`");
        let text = render(&found, &query, None, &style(60));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().all(|line| width(line) <= 60), "{text}");
        let at = lines[2].find('^').unwrap();
        let before: String = lines[1].chars().take(at).collect();
        assert!(lines[1][before.len()..].starts_with("bad"), "{text}");
    }

    #[test]
    fn a_span_outside_the_text_marks_its_end() {
        let place = Place::of("a\nbé", Span::new(4, 99));
        assert_eq!((place.line, place.column), (2, 2));
        assert_eq!(Place::of("", Span::new(5, 9)).line, 1);
    }

    #[test]
    fn escapes_in_a_query_are_shown() {
        let found = Diagnostic::error("SPL0001", Span::new(0, 1), "found \x1b");
        assert!(!render(&found, "\x1b[31m", None, &style(80)).contains('\x1b'));
    }
}
