//! Grammar of aggregates: `count, sum(bytes) AS total, dc(eval(lower(user))) BY host`.
//!
//! `stats`, `eventstats` and `streamstats` share it.

use crate::args::OptionArg;
use crate::code;
use crate::command::bin;
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
        let call = call(cursor)?;
        if call.function == "sparkline" && matches!(command, "eventstats" | "streamstats" | "tstats") {
            return Err(sparkline_elsewhere(call.span, command));
        }
        calls.push(call);
        cursor.commas();
    }
    if calls.is_empty() {
        return Err(cursor.expected("a stats function").with_help(format!("for example `{command} count`")));
    }
    Ok(calls)
}

/// Reads one call with its name.
pub(crate) fn call(cursor: &mut Cursor<'_>) -> Parse<AggregateCall> {
    cursor.skip_space();
    let start = cursor.place();
    let Some(word) = cursor.word() else { return Err(cursor.expected("a stats function")) };
    let is_sparkline = word.text.eq_ignore_ascii_case("sparkline");
    let called = cursor.eat_after_space('(');
    let argument = match called {
        true if is_sparkline => Some(sparkline(cursor)?),
        true => argument(cursor, word.span)?,
        false => None,
    };
    let span = cursor.span_from(start);
    let written = written(cursor, &word.text, argument.as_ref(), span);
    let name = cursor.alias()?.unwrap_or_else(|| Name::new(written, span));
    let (function, percentile) = function(&word.text);
    Ok(AggregateCall { function, percentile, argument, name, span: cursor.span_from(start) })
}

/// `sparkline` where it draws nothing.
pub(crate) fn sparkline_elsewhere(span: Span, command: &str) -> Diagnostic {
    Diagnostic::error(code::UNSUPPORTED_FUNCTION, span, format!("`sparkline` has no meaning in `{command}`"))
        .with_label("a chart of all rows of a group")
        .with_help("`stats sparkline(count, 1h)` makes one a group")
}

/// `count, 1h)`, `avg(x))`: the function, and the span in seconds; the `(` has been taken.
fn sparkline(cursor: &mut Cursor<'_>) -> Parse<Expr> {
    let start = cursor.place();
    let inner = call(cursor)?;
    if matches!(inner.argument, Some(Expr { kind: ExprKind::Wildcard(_), .. }))
        || inner.function == "sparkline"
    {
        return Err(Diagnostic::error(
            code::UNEXPECTED_TOKEN,
            inner.span,
            "expected a function of one field",
        )
        .with_label("not a function of one field")
        .with_help("for example `sparkline(avg(bytes), 1h)`"));
    }
    let mut args: Vec<Expr> = inner.argument.into_iter().collect();
    if cursor.eat_after_space(',') {
        let value = cursor.word().ok_or_else(|| cursor.expected("a span such as `1h`"))?;
        let span = value.span;
        let seconds = seconds(&OptionArg { name: Name::new("span", span), value })?;
        args.push(Expr { kind: ExprKind::Number(seconds.to_string()), span });
    }
    if !cursor.eat_after_space(')') {
        return Err(cursor.expected("`)`"));
    }
    Ok(Expr { kind: ExprKind::Call(inner.function, args), span: cursor.span_from(start) })
}

fn seconds(span: &OptionArg) -> Parse<f64> {
    let (number, unit) = bin::span(span)?;
    let unit = match unit.as_str() {
        "" | "s" => 1.0,
        "us" => 1e-6,
        "ms" => 1e-3,
        "cs" => 1e-2,
        "ds" => 1e-1,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        "w" => 604_800.0,
        _ => return Err(span.bad("a span of one length, such as `1h` or `7d`")),
    };
    Ok(number * unit)
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

/// A field or field pattern.
pub(crate) fn field(name: String, span: Span) -> Expr {
    let kind = if name.contains('*') { ExprKind::Wildcard(name) } else { ExprKind::Field(name) };
    Expr { kind, span }
}

/// The result's name where none is given: the call as written.
fn written(cursor: &Cursor<'_>, word: &str, argument: Option<&Expr>, span: Span) -> String {
    match argument.map(|argument| &argument.kind) {
        None => word.to_owned(),
        Some(ExprKind::Field(name) | ExprKind::Wildcard(name)) if !holds_eval(cursor.source(span)) => {
            format!("{word}({name})")
        }
        Some(_) => cursor.source(span).to_owned(),
    }
}

/// Whether the argument of a call is written `eval(…)`.
fn holds_eval(call: &str) -> bool {
    let argument = call.split_once('(').map_or("", |(_, argument)| argument.trim_start());
    argument.split_once('(').is_some_and(|(word, _)| word.trim_end().eq_ignore_ascii_case("eval"))
}

/// A function's canonical name and its percentile.
pub(crate) fn function(word: &str) -> (String, Option<f64>) {
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

/// One call with its name as text.
pub(crate) fn print_call(call: &AggregateCall) -> String {
    let percentile = call.percentile.map(|p| p.to_string()).unwrap_or_default();
    let function = format!("{}{percentile}", call.function);
    let (text, default) = match call.argument.as_ref().map(|argument| (&argument.kind, argument)) {
        None => (function.clone(), function),
        Some((ExprKind::Field(name) | ExprKind::Wildcard(name), _)) => {
            (format!("{function}({})", name::field(name)), format!("{function}({name})"))
        }
        Some((ExprKind::Call(inner, args), _)) if function == "sparkline" => {
            let (span, args) = match args.split_last() {
                Some((Expr { kind: ExprKind::Number(seconds), .. }, before)) => {
                    (format!(", {seconds}s"), before)
                }
                _ => (String::new(), args.as_slice()),
            };
            let inner = AggregateCall {
                function: inner.clone(),
                argument: args.first().cloned(),
                name: Name::new(String::new(), call.span),
                ..call.clone()
            };
            let inner = print_call(&inner);
            let inner = inner.rsplit_once(" AS ").map_or(inner.as_str(), |(inner, _)| inner);
            (format!("sparkline({inner}{span})"), String::new())
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
        assert_eq!(read("count(\"evalal(a=1)\")"), "count(\"evalal(a=1)\")");
        assert_eq!(read("max(eval(a))"), "max(a) AS \"max(eval(a))\"");
    }

    #[test]
    fn sparklines_have_a_function_and_a_span() {
        assert_eq!(read("sparkline"), "sparkline");
        assert_eq!(read("sparkline(count)"), "sparkline(count) AS \"sparkline(count)\"");
        assert_eq!(read("sparkline(mean(x), 1h) as s by a"), "sparkline(avg(x), 3600s) AS s BY a");
        assert_eq!(
            read("sparkline(avg(x), 1mon)"),
            "`span` expected a span of one length, such as `1h` or `7d`, found `1mon`"
        );
        let mut cursor = Cursor::new("sparkline(count)");
        assert_eq!(calls(&mut cursor, "eventstats").unwrap_err().code, code::UNSUPPORTED_FUNCTION);
        assert_eq!(read("sparkline(avg(a*))"), "expected a function of one field");
    }

    #[test]
    fn what_is_absent_is_named() {
        assert_eq!(read("by a"), "expected a stats function, found `by`");
        assert_eq!(read("sum(a"), "no closing `)` for this `(`");
        assert_eq!(read("sum(a*b+1 c)"), "expected `)`, found `c`");
    }
}
