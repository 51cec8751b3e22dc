//! Grammar of pipelines: commands between `|`, and going on after an error at the next `|`.

use crate::code;
use crate::command::{self, Command};
use crate::cursor::{self, Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::span::Span;
use crate::tree::{Call, Pipeline, Subsearch};

/// What came out of a query's text.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The commands that could be read.
    pub pipeline: Pipeline,
    /// Errors and warnings, in the order of the text. With an error the pipeline is incomplete.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a query whose macros are expanded.
pub(crate) fn parse(text: &str) -> Parsed {
    if text.trim().is_empty() {
        let error = Diagnostic::error(code::EMPTY_QUERY, Span::new(0, text.len()), "there is no query");
        return Parsed { pipeline: Pipeline::default(), diagnostics: vec![error] };
    }
    let mut cursor = Cursor::new(text);
    let pipeline = pipeline(&mut cursor, false);
    let mut diagnostics = cursor.diagnostics;
    // Behind an open quote everything is part of the string: further errors would be noise.
    if let Some(at) = diagnostics.iter().position(|d| d.code == code::UNBALANCED_QUOTE) {
        diagnostics.truncate(at + 1);
    }
    diagnostics.extend(cursor::entity_warnings(text));
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    Parsed { pipeline, diagnostics }
}

/// Reads the text of a subsearch, which may begin with any command.
pub(crate) fn parse_nested(text: &str) -> Result<Pipeline, Vec<Diagnostic>> {
    let mut cursor = Cursor::new(text);
    let pipeline = pipeline(&mut cursor, true);
    cursor.skip_space();
    let mut errors = cursor.diagnostics.iter().filter(|found| found.is_error()).cloned().collect::<Vec<_>>();
    errors.extend(cursor.peek().map(|_| cursor.stray()));
    if errors.is_empty() { Ok(pipeline) } else { Err(errors) }
}

/// Reads `[ … ]` at the cursor, and where it stands.
pub(crate) fn argument(cursor: &mut Cursor<'_>) -> Parse<Subsearch> {
    let start = cursor.place();
    Ok(Subsearch { pipeline: subsearch(cursor)?, span: cursor.span_from(start) })
}

/// Reads `[ … ]` at the cursor.
pub(crate) fn subsearch(cursor: &mut Cursor<'_>) -> Parse<Pipeline> {
    cursor.bracketed(|cursor| Ok(pipeline(cursor, true)))
}

fn pipeline(cursor: &mut Cursor<'_>, nested: bool) -> Pipeline {
    let mut commands = Vec::new();
    let mut result = first(cursor, nested);
    loop {
        match result {
            Ok(call) => commands.push(call),
            Err(error) => recover(cursor, error),
        }
        if !next(cursor, nested) {
            return Pipeline { commands };
        }
        result = call(cursor);
    }
}

fn recover(cursor: &mut Cursor<'_>, error: Diagnostic) {
    let open_quote = error.code == code::UNBALANCED_QUOTE;
    cursor.diagnostics.push(error);
    cursor.skip_command();
    while open_quote && cursor.bump().is_some() {}
}

/// Takes the `|` before the next command; false at the pipeline's end.
fn next(cursor: &mut Cursor<'_>, nested: bool) -> bool {
    loop {
        cursor.skip_space();
        match cursor.peek() {
            None => return false,
            Some(']') if nested => return false,
            Some('|') => {
                cursor.bump();
                return true;
            }
            Some(_) => {
                let error = cursor.stray();
                cursor.diagnostics.push(error);
                cursor.bump();
                cursor.skip_command();
            }
        }
    }
}

/// The first command; without a `|` before it, it may be a search that does not say so.
fn first(cursor: &mut Cursor<'_>, nested: bool) -> Parse<Call> {
    if cursor.eat_after_space('|') || names_command(cursor, nested) {
        return call(cursor);
    }
    cursor.skip_space();
    if nested && cursor.peek() == Some(']') {
        let span = cursor.span_from(cursor.place());
        return Err(Diagnostic::error(code::EMPTY_QUERY, span, "there is no query in these brackets"));
    }
    let start = cursor.place();
    let name_span = cursor.span_from(start);
    let command = command::search::parse(cursor)?;
    Ok(Call { name: "search", command, span: trimmed(cursor, start), name_span })
}

/// Whether a query without `|` at its start begins with a command's name. In a subsearch any command may;
/// elsewhere `search` only, all other words are search terms.
fn names_command(cursor: &mut Cursor<'_>, nested: bool) -> bool {
    cursor.skip_space();
    let place = cursor.place();
    let name = name(cursor);
    let known = command::resolve(&name).filter(|name| nested || *name == "search");
    let ends = cursor.peek().is_none_or(|c| c.is_whitespace() || matches!(c, '|' | '(' | '[' | ']' | '"'));
    cursor.skip_space();
    let compared = matches!(cursor.peek(), Some('=' | '!'));
    cursor.back_to(place);
    known.is_some() && ends && !compared
}

fn name(cursor: &mut Cursor<'_>) -> String {
    cursor.take_until(|c| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
}

fn call(cursor: &mut Cursor<'_>) -> Parse<Call> {
    cursor.skip_space();
    let start = cursor.place();
    let word = name(cursor);
    if word.is_empty() {
        return Err(cursor.expected("a command"));
    }
    let name_span = cursor.span_from(start);
    let name = command::resolve(&word).ok_or_else(|| unknown(&word, name_span))?;
    let command = Command::parse(name, name_span, cursor)?;
    if !cursor.at_command_end() {
        return Err(cursor.stray());
    }
    Ok(Call { name, command, span: trimmed(cursor, start), name_span })
}

/// The range from `start`, without the white space behind it.
fn trimmed(cursor: &Cursor<'_>, start: usize) -> Span {
    let span = cursor.span_from(start);
    Span::new(span.start, span.start + cursor.source(span).trim_end().len())
}

fn unknown(word: &str, span: Span) -> Diagnostic {
    let error = Diagnostic::error(code::UNKNOWN_COMMAND, span, format!("there is no command `{word}`"))
        .with_label("no such command");
    match nearest(word, command::names()) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => error.with_help("`sluice help` lists the commands"),
    }
}

#[cfg(test)]
mod tests {
    use crate::code;

    fn codes(text: &str) -> Vec<(&'static str, usize)> {
        crate::parse(text).diagnostics.iter().map(|d| (d.code, d.span.start)).collect()
    }

    #[test]
    fn a_name_cannot_be_one_of_the_engine_s_own() {
        let parsed = super::parse("a=1 | table \0rest");
        assert_eq!(parsed.diagnostics[0].code, code::UNEXPECTED_CHARACTER);
        assert!(super::parse_nested("table \0rest").is_err());
        assert!(crate::parse_expr("a.'\0rest'").is_err());
        assert!(crate::parse_search("\0rest=1").is_err());
    }

    #[test]
    fn every_command_with_an_error_is_reported() {
        let found = codes("a | evla x=1 | eval y= | stats count | where");
        assert_eq!(
            found,
            [(code::UNKNOWN_COMMAND, 4), (code::UNEXPECTED_TOKEN, 23), (code::UNEXPECTED_TOKEN, 44),]
        );
    }

    #[test]
    fn the_nearest_command_is_suggested() {
        let error = crate::parse("| satts count").diagnostics.remove(0);
        assert_eq!(error.help.as_deref(), Some("did you mean `stats`?"));
    }

    #[test]
    fn nothing_is_an_error_of_its_own() {
        assert_eq!(codes("  "), [(code::EMPTY_QUERY, 0)]);
        assert_eq!(codes("a | | table b"), [(code::UNEXPECTED_TOKEN, 4)]);
        assert_eq!(codes("a | append []"), [(code::EMPTY_QUERY, 12)]);
    }

    #[test]
    fn an_open_quote_is_reported_once() {
        assert_eq!(codes("a | eval x=\"abc | where y | foo"), [(code::UNBALANCED_QUOTE, 11)]);
    }

    #[test]
    fn entities_are_read_as_what_they_stand_for() {
        assert_eq!(codes("a | where b &gt;= 3"), [(code::HTML_ENTITY, 12)]);
    }

    #[test]
    fn a_first_word_is_a_term_without_its_pipe() {
        let parsed = crate::parse("stats count");
        assert_eq!(crate::print(&parsed.pipeline), "stats count");
        assert_eq!(parsed.pipeline.commands[0].name, "search");
    }
}
