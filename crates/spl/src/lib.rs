//! SPL: from text to what it means.
//!
//! **In** comes the text of a query. **Out** go three things: a [`tree::Pipeline`] with the place of
//! everything that was written, a list of [`ops::Op`] that says what it means, and [`Diagnostic`]s.
//! Nothing here knows events, files or the engine.
//!
//! ```text
//! text ──expand──▶ text ──parse──▶ Pipeline ──to_ops──▶ Vec<Op>
//!       (macros)                     ├──print──▶ canonical text
//!                                    └──lint───▶ warnings
//! ```
//!
//! Start reading at `command/dedup.rs`: one command is one file, with its documentation, grammar, meaning
//! and printing. `expr.rs` is the grammar of `eval` and `where`, `predicate.rs` that of `search`.
//!
//! ```
//! let parsed = sluice_spl::parse("index=wineventlog EventCode=3 | stats count BY DestinationIp");
//! assert!(parsed.diagnostics.is_empty());
//! let ops = sluice_spl::to_ops(&parsed.pipeline)?;
//! assert_eq!(ops.len(), 2);
//! # Ok::<(), Vec<sluice_spl::Diagnostic>>(())
//! ```

mod aggregate;
mod args;
mod brackets;
pub mod code;
pub mod command;
mod cursor;
mod dataset;
pub mod diagnostic;
mod expr;
mod lint;
pub mod macros;
mod meaning;
mod nearest;
pub mod ops;
mod pipeline;
mod pivot;
mod predicate;
mod printer;
#[cfg(test)]
mod properties;
pub mod span;
mod time_range;
pub mod tree;

pub use diagnostic::{Diagnostic, Severity};
pub use macros::{Expanded, Macro, Macros, expand};
pub use nearest::nearest;
pub use pipeline::Parsed;
pub use span::Span;

use cursor::Cursor;
use ops::Op;
use tree::{Call, Expr, Pipeline, Search, TimeRange};

/// Reads a query. Macros are expanded before, see [`expand`].
///
/// After an error it goes on at the next `|`, so that every command with an error is reported.
///
/// ```
/// let parsed = sluice_spl::parse("index=main | stats coutn BY | evla x=1");
/// assert_eq!(parsed.diagnostics.len(), 2);
/// ```
pub fn parse(text: &str) -> Parsed {
    pipeline::parse(text)
}

/// Reads a pipeline as it stands in brackets: it may begin with any command.
///
/// # Errors
///
/// What stands in the way of reading it.
pub fn parse_nested(text: &str) -> Result<Pipeline, Vec<Diagnostic>> {
    pipeline::parse_nested(text)
}

/// Says what a query means.
///
/// # Errors
///
/// Every command whose meaning is not built, and every mistake that grammar alone does not show.
pub fn to_ops(pipeline: &Pipeline) -> Result<Vec<Op>, Vec<Diagnostic>> {
    meaning::to_ops(pipeline)
}

/// Says what each command of a query means.
///
/// # Errors
///
/// As [`to_ops`].
pub fn to_ops_by_command(pipeline: &Pipeline) -> Result<Vec<Vec<Op>>, Vec<Diagnostic>> {
    meaning::to_ops_by_command(pipeline)
}

/// Writes a query in canonical form, one command a line.
///
/// ```
/// let parsed = sluice_spl::parse("search  a=1 |eval b = c+1|sort -b");
/// assert_eq!(sluice_spl::print(&parsed.pipeline), "a=1\n| eval b=c + 1\n| sort - b");
/// ```
pub fn print(pipeline: &Pipeline) -> String {
    printer::pipeline(pipeline)
}

/// Writes one command in canonical form.
///
/// ```
/// let parsed = sluice_spl::parse("search  a=1 |eval b = c+1");
/// assert_eq!(sluice_spl::print_command(&parsed.pipeline.commands[1]), "eval b=c + 1");
/// ```
pub fn print_command(call: &Call) -> String {
    printer::call(call)
}

/// Writes the predicate of a `search` on one line.
///
/// ```
/// let (search, _) = sluice_spl::parse_search("a=1  OR b=2")?;
/// assert_eq!(sluice_spl::print_search(&search), "a=1 OR b=2");
/// # Ok::<(), Vec<sluice_spl::Diagnostic>>(())
/// ```
pub fn print_search(search: &Search) -> String {
    printer::search::search(search)
}

/// Warnings about what is legal but surely not meant.
///
/// ```
/// let parsed = sluice_spl::parse("a=1 b=2 OR a=1 b=3");
/// assert_eq!(sluice_spl::lint(&parsed.pipeline)[0].code, sluice_spl::code::MIXED_AND_OR);
/// ```
pub fn lint(pipeline: &Pipeline) -> Vec<Diagnostic> {
    lint::lint(pipeline)
}

/// Reads the predicate of a `search`, and takes `earliest=` and `latest=` out of it.
///
/// # Errors
///
/// What stands in the way of reading it.
pub fn parse_search(text: &str) -> Result<(Search, TimeRange), Vec<Diagnostic>> {
    let mut cursor = Cursor::new(text);
    let search = predicate::parse(&mut cursor);
    let search = finish(cursor, search, "end of search")?;
    time_range::split(&search)
}

/// Takes `earliest=` and `latest=` out of a predicate.
///
/// # Errors
///
/// Where they stand in OR or NOT, and other time modifiers.
pub fn split_time(search: &Search) -> Result<(Search, TimeRange), Vec<Diagnostic>> {
    time_range::split(search)
}

/// Reads an eval expression.
///
/// # Errors
///
/// What stands in the way of reading it.
pub fn parse_expr(text: &str) -> Result<Expr, Vec<Diagnostic>> {
    let mut cursor = Cursor::new(text);
    let expr = expr::parse(&mut cursor);
    finish(cursor, expr, "end of expression")
}

/// The result, if the whole text was read without an error.
fn finish<T>(mut cursor: Cursor<'_>, result: cursor::Parse<T>, end: &str) -> Result<T, Vec<Diagnostic>> {
    cursor.skip_space();
    let rest = cursor.peek().map(|_| cursor.expected(end));
    let mut errors = cursor.diagnostics;
    errors.retain(Diagnostic::is_error);
    match (result, rest) {
        (Ok(value), None) if errors.is_empty() => Ok(value),
        (Ok(_), rest) => {
            errors.extend(rest);
            Err(errors)
        }
        (Err(error), _) => {
            errors.push(error);
            Err(errors)
        }
    }
}
