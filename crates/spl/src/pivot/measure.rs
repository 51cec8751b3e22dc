//! What stands in a table's cells: aggregates, and expressions of aggregates.

use crate::aggregate;
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::expr;
use crate::ops::{AggregateCall, Measure, Name};
use crate::tree::{Expr, ExprKind};

/// Stats functions that an expression may hold; with two arguments and more `max` and its like are
/// functions of `eval`.
const FUNCTIONS: [&str; 27] = [
    "avg",
    "count",
    "dc",
    "earliest",
    "earliest_time",
    "estdc",
    "exactperc",
    "first",
    "last",
    "latest",
    "latest_time",
    "max",
    "median",
    "min",
    "mode",
    "per_day",
    "per_hour",
    "per_minute",
    "per_second",
    "perc",
    "range",
    "stdev",
    "stdevp",
    "sum",
    "sumsq",
    "upperperc",
    "var",
];

/// Reads one, with its name.
pub(super) fn read(cursor: &mut Cursor<'_>, command: &str) -> Parse<Measure> {
    cursor.skip_space();
    let start = cursor.place();
    cursor.keyword("eval");
    cursor.skip_space();
    if cursor.peek() != Some('(') {
        cursor.back_to(start);
        let call = aggregate::call(cursor)?;
        if call.function == "sparkline" {
            return Err(aggregate::sparkline_elsewhere(call.span, command));
        }
        return Ok(Measure::Call(call));
    }
    let written = cursor.bracketed(expr::parse)?;
    let span = cursor.span_from(start);
    let name = match cursor.alias()? {
        Some(name) => name,
        None => Name::new(cursor.source(span), span),
    };
    let mut calls = Vec::new();
    let expr = taken(&written, &mut calls);
    if calls.is_empty() {
        return Err(Diagnostic::error(code::TYPE_MISMATCH, span, "`eval` holds no stats function")
            .with_label("no stats function in it")
            .with_help("for example `eval(avg(bytes) / 1024) AS kilobytes`"));
    }
    Ok(Measure::Eval { written, expr, calls, name })
}

/// The expression with a field in place of each aggregate, which goes to `calls` under the field's name.
fn taken(expr: &Expr, calls: &mut Vec<AggregateCall>) -> Expr {
    if let ExprKind::Call(name, args) = &expr.kind
        && let Some(call) = call(name, args, expr, calls.len())
    {
        let kind = ExprKind::Field(call.name.text.clone());
        calls.push(call);
        return Expr { kind, span: expr.span };
    }
    let mut list = |exprs: &[Expr]| exprs.iter().map(|expr| taken(expr, calls)).collect::<Vec<_>>();
    let kind = match &expr.kind {
        ExprKind::Call(name, args) => ExprKind::Call(name.clone(), list(args)),
        ExprKind::Unary(op, inner) => ExprKind::Unary(*op, Box::new(taken(inner, calls))),
        ExprKind::Binary(op, left, right) => {
            let left = taken(left, calls);
            ExprKind::Binary(*op, Box::new(left), Box::new(taken(right, calls)))
        }
        ExprKind::In(inner, items) => {
            let inner = taken(inner, calls);
            ExprKind::In(Box::new(inner), items.iter().map(|item| taken(item, calls)).collect())
        }
        kind => kind.clone(),
    };
    Expr { kind, span: expr.span }
}

fn call(name: &str, args: &[Expr], whole: &Expr, at: usize) -> Option<AggregateCall> {
    let (function, percentile) = aggregate::function(name);
    if args.len() > 1 || !FUNCTIONS.contains(&function.as_str()) {
        return None;
    }
    let argument = args.first().map(|arg| match &arg.kind {
        ExprKind::Call(name, inner) if name == "eval" && inner.len() == 1 => {
            inner.first().unwrap_or(arg).clone()
        }
        _ => arg.clone(),
    });
    // No user's field begins so; the engine puts the result there.
    let name = Name::new(format!("\0e{at}"), whole.span);
    Some(AggregateCall { function, percentile, argument, name, span: whole.span })
}
