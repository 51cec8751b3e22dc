//! What ops ask of the rows before them, other than fields: their order, their number, and whether they are known.

use std::sync::Arc;

use sluice_events::request::Floor;
use sluice_spl::ops::{AggregateCall, Extend, Limit, Measure, Name, Op, Project};
use sluice_spl::tree::{Expr, ExprKind};

/// What tells readers how new events must be, if of those that the ops make rows of, row by row, the newest are needed.
pub(crate) fn floor(ops: &[Op]) -> Option<Arc<Floor>> {
    let first = ops.iter().find(|op| !is_row_by_row(op) && !matches!(op, Op::Lookup(_)));
    matches!(first, Some(Op::Limit(Limit::First(_)))).then(Arc::default)
}

/// Whether the ops group the events, row by row as they become, by aggregates that do not ask which came first.
pub(crate) fn is_unordered(ops: &[Op]) -> bool {
    let are_unordered =
        |calls: &[AggregateCall]| calls.iter().all(|call| UNORDERED.contains(&call.function.as_str()));
    let goes_on = |op: &&Op| match op {
        Op::Window(window) => window.running.is_none() && are_unordered(&window.calls),
        // A lookup may be of a time.
        op => is_row_by_row(op),
    };
    let end = ops.iter().find(|op| !goes_on(op));
    matches!(end, Some(Op::Aggregate(aggregate)) if are_unordered(&aggregate.calls))
}

/// Aggregates that are the same in any order.
const UNORDERED: [&str; 12] =
    ["count", "dc", "values", "sum", "sumsq", "avg", "mean", "min", "max", "range", "median", "perc"];

/// Whether an op does to a row what no other row, nor its place, has a part in.
pub(crate) fn is_row_by_row(op: &Op) -> bool {
    matches!(op, Op::Filter(_) | Op::Extend(_) | Op::Project(_) | Op::Rename(_) | Op::Rex(_) | Op::Extract(_))
}

/// Whether an op must know every field of its rows, and not only those it names.
pub(crate) fn needs_fields(op: &Op) -> bool {
    match op {
        Op::Project(Project { fields, .. }) => any_pattern(fields),
        Op::Rename(rename) => rename.pairs.iter().any(|(from, _)| from.is_pattern()),
        Op::FillNull(fill) => fill.fields.is_empty() || any_pattern(&fill.fields),
        Op::Extend(Extend { assignments }) => {
            assignments.iter().any(|assignment| assignment.target.text.contains('{'))
        }
        Op::Aggregate(aggregate) => aggregate.calls.iter().any(|call| is_wild(call.argument.as_ref())),
        Op::Window(window) => window.calls.iter().any(|call| is_wild(call.argument.as_ref())),
        Op::Lookup(lookup) => lookup.outputs.is_empty(),
        Op::Convert(convert) => convert.conversions.iter().any(|conversion| conversion.field.is_pattern()),
        Op::Replace(replace) => replace.fields.is_empty() || any_pattern(&replace.fields),
        Op::FillDown(fields) => fields.is_empty() || any_pattern(fields),
        Op::ToJson(json) => json.fields.is_empty() || json.fields.iter().any(|(name, _)| name.is_pattern()),
        Op::Pivot(pivot) => pivot
            .measures
            .iter()
            .any(|measure| matches!(measure, Measure::Call(call) if is_wild(call.argument.as_ref()))),
        Op::Totals(totals) => totals.fields.is_empty() || totals.fields.iter().any(Name::is_pattern),
        Op::AppendCols(_)
        | Op::SelfJoin(_)
        | Op::AppendPipe(_)
        | Op::Combine(_)
        | Op::ForEach(_)
        | Op::Format(_)
        | Op::Join(_)
        | Op::Map(_)
        | Op::Session(_)
        | Op::Transpose(_)
        | Op::Uniq
        | Op::Untable(_)
        | Op::Wrap(_)
        | Op::WriteLookup(_) => true,
        _ => false,
    }
}

fn any_pattern(fields: &[Name]) -> bool {
    fields.iter().any(Name::is_pattern)
}

fn is_wild(argument: Option<&Expr>) -> bool {
    matches!(argument, Some(Expr { kind: ExprKind::Wildcard(_), .. }))
}
