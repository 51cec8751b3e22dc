//! Grammar of aggregates: `count, sum(bytes) AS total, dc(eval(lower(user))) BY host`.
//!
//! `stats`, `eventstats` and `streamstats` share it.

use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::expr;
use crate::ops::{AggregateCall, Name};
use crate::printer::{self, name};
use crate::span::Span;
use crate::tree::{Expr, ExprKind};

/// Names that are short for another.
const ALIASES: [(&str, &str); 5] =
    [("c", "count"), ("distinct_count", "dc"), ("mean", "avg"), ("estimated_dc", "estdc"), ("med", "median")];

/// Families of `perc95`; the longest prefix comes first.
const PERCENTILES: [(&str, &str); 5] = [
    ("exactperc", "exactperc"),
    ("upperperc", "upperperc"),
    ("percentile", "perc"),
    ("perc", "perc"),
    ("p", "perc"),
];

/// Reads calls separated by commas or spaces, up to BY, an option or the command's end.
pub(crate) fn calls(cursor: &mut Cursor<'_>, command: &str) -> Parse<Vec<AggregateCall>> {
    calls_until(cursor, command, &["by"])
}

/// The same up to one of these words in lower case.
pub(crate) fn calls_until(
    cursor: &mut Cursor<'_>,
    command: &str,
    stops: &[&str],
) -> Parse<Vec<AggregateCall>> {
    let mut calls = Vec::new();
    while !(cursor.at_command_end() || cursor.at_option() || stops.iter().any(|stop| cursor.at_keyword(stop)))
    {
        calls.push(call(cursor)?);
        cursor.commas();
    }
    if calls.is_empty() {
        return Err(cursor.expected("a stats function").with_help(format!("for example `{command} count`")));
    }
    Ok(calls)
}

fn call(cursor: &mut Cursor<'_>) -> Parse<AggregateCall> {
    cursor.skip_space();
    let start = cursor.place();
    let Some(word) = cursor.word() else { return Err(cursor.expected("a stats function")) };
    let called = cursor.eat_after_space('(');
    if called && word.text.eq_ignore_ascii_case("sparkline") {
        return Err(sparkline(word.span));
    }
    let argument = if called { argument(cursor, word.span)? } else { None };
    let span = cursor.span_from(start);
    let written = written(cursor, &word.text, argument.as_ref(), span);
    let name = cursor.alias()?.unwrap_or_else(|| Name::new(written, span));
    let (function, percentile) = function(&word.text);
    Ok(AggregateCall { function, percentile, argument, name, span: cursor.span_from(start) })
}

fn sparkline(span: Span) -> Diagnostic {
    Diagnostic::error(code::UNSUPPORTED_FUNCTION, span, "`sparkline` is not run here")
        .with_label("draws a chart in Splunk's table")
}

/// What stands between the parentheses; the `(` has been taken.
fn argument(cursor: &mut Cursor<'_>, function: Span) -> Parse<Option<Expr>> {
    cursor.skip_space();
    let start = cursor.place();
    let argument = match cursor.peek() {
        Some(')') => None,
        _ if cursor.keyword("eval") => {
            cursor.skip_space();
            match cursor.peek() {
                Some('(') => Some(cursor.bracketed(expr::parse)?),
                _ => Some(field("eval".to_owned(), cursor.span_from(start))),
            }
        }
        _ => {
            let name = cursor.field()?;
            Some(field(name.text, name.span))
        }
    };
    if cursor.eat_after_space(')') {
        return Ok(argument);
    }
    cursor.skip_space();
    match cursor.peek() {
        None | Some('|' | ']') => Err(Diagnostic::error(
            code::UNBALANCED_BRACKET,
            Span::new(function.end, function.end + 1),
            "no closing `)` for this `(`",
        )
        .with_label("opened here")),
        _ => Err(cursor.expected("`)`").with_help("an expression is written `sum(eval(a * b))`")),
    }
}

fn field(name: String, span: Span) -> Expr {
    let kind = if name.contains('*') { ExprKind::Wildcard(name) } else { ExprKind::Field(name) };
    Expr { kind, span }
}

/// The result's name where none is given: the call as written.
fn written(cursor: &Cursor<'_>, word: &str, argument: Option<&Expr>, span: Span) -> String {
    match argument.map(|argument| &argument.kind) {
        None => word.to_owned(),
        Some(ExprKind::Field(name) | ExprKind::Wildcard(name)) if !cursor.source(span).contains("eval") => {
            format!("{word}({name})")
        }
        Some(_) => cursor.source(span).to_owned(),
    }
}

/// A function's canonical name and its percentile.
fn function(word: &str) -> (String, Option<f64>) {
    let word = word.to_ascii_lowercase();
    if let Some((_, name)) = ALIASES.iter().find(|(alias, _)| *alias == word) {
        return ((*name).to_owned(), None);
    }
    let family = PERCENTILES.iter().find_map(|(prefix, name)| {
        let percentile: f64 = word.strip_prefix(prefix)?.parse().ok()?;
        (0.0..=100.0).contains(&percentile).then_some((*name, percentile))
    });
    match family {
        Some((name, percentile)) => (name.to_owned(), Some(percentile)),
        None => (word, None),
    }
}

/// Reads `BY a, b` if it comes next.
pub(crate) fn by(cursor: &mut Cursor<'_>) -> Parse<Vec<Name>> {
    if cursor.keyword("by") { cursor.fields(&["by"]) } else { Ok(Vec::new()) }
}

/// Calls and BY as text.
pub(crate) fn print(calls: &[AggregateCall], by: &[Name]) -> String {
    let calls: Vec<_> = calls.iter().map(print_call).collect();
    let mut out = calls.join(", ");
    if !by.is_empty() {
        out = format!("{out} BY {}", name::fields(by));
    }
    out
}

fn print_call(call: &AggregateCall) -> String {
    let percentile = call.percentile.map(|p| p.to_string()).unwrap_or_default();
    let function = format!("{}{percentile}", call.function);
    let (text, default) = match call.argument.as_ref().map(|argument| (&argument.kind, argument)) {
        None => (function.clone(), function),
        Some((ExprKind::Field(name) | ExprKind::Wildcard(name), _)) => {
            (format!("{function}({})", name::field(name)), format!("{function}({name})"))
        }
        Some((_, argument)) => {
            let text = format!("{function}(eval({}))", printer::expr::expr(argument));
            (text.clone(), text)
        }
    };
    if call.name.text == default { text } else { format!("{text} AS {}", name::field(&call.name.text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let mut cursor = Cursor::new(text);
        let result = calls(&mut cursor, "stats").and_then(|calls| Ok((calls, by(&mut cursor)?)));
        match result {
            Ok((calls, by)) => print(&calls, &by),
            Err(error) => error.message,
        }
    }

    #[test]
    fn functions_have_one_name_each() {
        assert_eq!(
            read("c distinct_count(a), mean(b)"),
            r#"count AS c, dc(a) AS "distinct_count(a)", avg(b) AS "mean(b)""#
        );
        assert_eq!(
            read("p95(x) as y perc99.5(x) exactperc50(x)"),
            "perc95(x) AS y, perc99.5(x), exactperc50(x)"
        );
    }

    #[test]
    fn arguments_are_fields_patterns_or_expressions() {
        assert_eq!(read("avg(*lay) AS *lay by a b"), "avg(*lay) AS *lay BY a, b");
        assert_eq!(read("count(eval(a=1)) sum(eval(b*2)) as c"), "count(eval(a=1)), sum(eval(b * 2)) AS c");
        assert_eq!(read("values(\"a b\") list(c{}.d)"), "values(\"a b\"), list(c{}.d)");
    }

    #[test]
    fn what_is_absent_is_named() {
        assert_eq!(read("by a"), "expected a stats function, found `by`");
        assert_eq!(read("sum(a"), "no closing `)` for this `(`");
        assert_eq!(read("sum(a*b+1 c)"), "expected `)`, found `c`");
    }
}
