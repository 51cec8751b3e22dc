//! `top` and `rare`: a count of each combination, its share, the greatest or least of them.

use datafusion::logical_expr::{Operator, binary_expr, cast, lit};
use sluice_spl::ops::{self, Aggregate, AggregateCall, Filter, Name, Running, Sort, SortKey, SortKind, Top};
use sluice_spl::tree::{self, BinaryOp, CompareOp, ExprKind};

use super::{aggregate, filter, not_honoured, sort, window};
use crate::error::Result;
use crate::kernel::{self, Context};
use crate::plan::{Rel, column};
use crate::value::{self, NUMBER};

const COUNT: &str = "\0count";
const TOTAL: &str = "\0total";
const RANK: &str = "\0rank";

pub(crate) fn lower(top: &Top, rel: Rel, context: &Context) -> Result<Rel> {
    if top.other.is_some() {
        let span = top.fields.first().map_or_else(Default::default, |field| field.span);
        return Err(not_honoured("useother=true", span).into());
    }
    let groups: Vec<Name> = top.by.iter().chain(&top.fields).cloned().collect();
    let counted = Aggregate {
        calls: vec![call("count", None, COUNT)],
        by: groups.clone(),
        dedup_splitvals: false,
        allnum: false,
        delim: None,
    };
    let rel = aggregate::lower(&counted, rel, context)?;
    let rel = windowed(call("sum", Some(COUNT), TOTAL), &top.by, None, rel, context)?;
    let rel = sort::lower(&ranking(top), rel, context)?;
    let rel = ranked(top, rel, context)?;
    let mut columns: Vec<_> = groups.iter().map(|name| (column(&name.text), name.text.clone())).collect();
    if let Some(name) = &top.count_field {
        columns.push((column(COUNT), name.clone()));
    }
    if let Some(name) = &top.percent_field {
        let share = binary_expr(cast(column(COUNT), NUMBER), Operator::Divide, column(TOTAL));
        let percent = binary_expr(share, Operator::Multiply, lit(100.0_f64));
        let percent = kernel::call(
            "percent",
            value::TEXT,
            context,
            |_, args, rows| six_decimals(args, rows),
            vec![percent],
        );
        columns.push((percent, name.clone()));
    }
    columns.push((column(sluice_events::field::SEQ), sluice_events::field::SEQ.to_owned()));
    rel.select(columns)
}

/// Splunk prints shares with six decimals.
fn six_decimals(args: &[kernel::Arg], rows: usize) -> datafusion::common::Result<arrow::array::ArrayRef> {
    let [share] = args else { return Ok(kernel::nulls(&value::TEXT, rows)) };
    Ok(kernel::texts(rows, |row| share.number(row).map(|share| format!("{share:.6}").into())))
}

/// By count, ties by the lexicographically last value (Search Reference, `top`).
fn ranking(top: &Top) -> Sort {
    let key = |text: &str, descending, kind| SortKey {
        field: Name::new(text, Default::default()),
        descending,
        kind,
    };
    let mut keys: Vec<SortKey> = top.by.iter().map(|name| key(&name.text, false, SortKind::Auto)).collect();
    keys.push(key(COUNT, !top.rare, SortKind::Number));
    keys.extend(top.fields.iter().map(|name| key(&name.text, true, SortKind::Text)));
    Sort { keys, limit: None, reverse: false }
}

/// The first `limit` rows of each BY group.
fn ranked(top: &Top, rel: Rel, context: &Context) -> Result<Rel> {
    if top.limit == 0 {
        return Ok(rel);
    }
    let running = Running {
        current: true,
        window: 0,
        global: true,
        time_window: None,
        reset_on_change: false,
        reset_before: None,
        reset_after: None,
    };
    let rel = windowed(call("count", None, RANK), &top.by, Some(running), rel, context)?;
    let within = ExprKind::Binary(
        BinaryOp::Compare(CompareOp::LessOrEqual),
        Box::new(expr(ExprKind::Field(RANK.to_owned()))),
        Box::new(expr(ExprKind::Number(top.limit.to_string()))),
    );
    filter::lower(&Filter::Where(expr(within)), rel, context)
}

fn windowed(
    call: AggregateCall,
    by: &[Name],
    running: Option<Running>,
    rel: Rel,
    context: &Context,
) -> Result<Rel> {
    window::lower(&ops::Window { calls: vec![call], by: by.to_vec(), running, allnum: false }, rel, context)
}

fn call(function: &str, field: Option<&str>, name: &str) -> AggregateCall {
    AggregateCall {
        function: function.to_owned(),
        percentile: None,
        argument: field.map(|field| expr(ExprKind::Field(field.to_owned()))),
        name: Name::new(name, Default::default()),
        span: Default::default(),
    }
}

fn expr(kind: ExprKind) -> tree::Expr {
    tree::Expr { kind, span: Default::default() }
}
