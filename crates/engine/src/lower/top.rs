//! `top` and `rare`: a count of each combination, its share, the greatest or least of them.

use datafusion::logical_expr::{Operator, binary_expr, cast, lit};
use sluice_events::field;
use sluice_spl::ops::{self, Aggregate, AggregateCall, Filter, Name, Running, Sort, SortKey, SortKind, Top};
use sluice_spl::tree::{self, BinaryOp, CompareOp, ExprKind};

use super::{aggregate, filter, sort, union, window};
use crate::error::Result;
use crate::kernel::{self, Context, text_literal};
use crate::plan::{Rel, column};
use crate::planner::Planner;
use crate::stage;
use crate::value::{self, Cell, NUMBER};

const COUNT: &str = "\0count";
const TOTAL: &str = "\0total";
const RANK: &str = "\0rank";

pub(crate) async fn lower(top: &Top, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let context = planner.context();
    let counted = Aggregate {
        calls: vec![call("count", None, COUNT)],
        by: top.by.iter().chain(&top.fields).cloned().collect(),
        dedup_splitvals: false,
        allnum: false,
        delim: None,
    };
    let rel = aggregate::lower(&counted, rel, context)?;
    let rel = windowed(call("sum", Some(COUNT), TOTAL), &top.by, None, rel, planner)?;
    let rel = sort::lower(&ranking(top), rel, context)?;
    if top.limit == 0 {
        return shown(top, rel, context);
    }
    let rel = windowed(call("count", None, RANK), &top.by, Some(so_far()), rel, planner)?;
    match &top.other {
        None => shown(top, within(top, CompareOp::LessOrEqual, rel, context)?, context),
        Some(other) => {
            // Both parts are taken from the same rows, so those are run once.
            let (rel, _) = stage::run(rel, planner).await?;
            with_others(top, other, rel, context)
        }
    }
}

/// The fields that are shown.
fn shown(top: &Top, rel: Rel, context: &Context) -> Result<Rel> {
    let groups = top.by.iter().chain(&top.fields);
    let mut columns: Vec<_> = groups.map(|name| (column(&name.text), name.text.clone())).collect();
    if let Some(name) = &top.count_field {
        columns.push((column(COUNT), name.clone()));
    }
    if let Some(name) = &top.percent_field {
        let share = binary_expr(cast(column(COUNT), NUMBER), Operator::Divide, column(TOTAL));
        let percent = binary_expr(share, Operator::Multiply, lit(100.0_f64));
        let percent = kernel::call(
            "percent",
            value::mixed(),
            context,
            |_, args, rows| six_decimals(args, rows),
            vec![percent],
        );
        columns.push((percent, name.clone()));
    }
    columns.push((column(field::SEQ), field::SEQ.to_owned()));
    rel.select(columns)
}

/// Splunk shows shares with six decimals.
fn six_decimals(args: &[kernel::Arg], rows: usize) -> datafusion::common::Result<arrow::array::ArrayRef> {
    let [share] = args else { return Ok(kernel::nulls(&value::mixed(), rows)) };
    let texts: Vec<_> = (0..rows).map(|row| share.number(row).map(|share| format!("{share:.6}"))).collect();
    Ok(kernel::mixed(rows, |row| match (share.number(row), texts.get(row)) {
        (Some(share), Some(Some(text))) => Cell::Formatted(share, text),
        _ => Cell::Null,
    }))
}

/// `useother=t`: what is beyond the limit is one row more of each BY group.
fn with_others(top: &Top, other: &str, rel: Rel, context: &Context) -> Result<Rel> {
    let rest = within(top, CompareOp::Greater, rel.clone(), context)?;
    let sums = Aggregate {
        calls: vec![call("sum", Some(COUNT), COUNT), call("first", Some(TOTAL), TOTAL)],
        by: top.by.clone(),
        dedup_splitvals: false,
        allnum: false,
        delim: None,
    };
    let rest = aggregate::lower(&sums, rest, context)?;
    // Without BY there is a row of sums of nothing, too.
    let rest = rest.filter(column(COUNT).is_not_null())?;
    let count = cast(column(COUNT), arrow::datatypes::DataType::Int64);
    let names = top.fields.iter().map(|name| (name.text.clone(), text_literal(other)));
    let rest = rest.extend(std::iter::once((COUNT.to_owned(), count)).chain(names).collect())?;
    let kept = shown(top, within(top, CompareOp::LessOrEqual, rel, context)?, context)?;
    let all = union::lower(kept, shown(top, rest, context)?, false, context)?;
    if top.by.is_empty() {
        return Ok(all);
    }
    let keys = top.by.iter().map(|name| key(&name.text, false, SortKind::Auto)).collect();
    sort::lower(&Sort { keys, limit: None, reverse: false }, all, context)
}

/// By count, ties by the lexicographically last value (Search Reference, `top`).
fn ranking(top: &Top) -> Sort {
    let mut keys: Vec<SortKey> = top.by.iter().map(|name| key(&name.text, false, SortKind::Auto)).collect();
    keys.push(key(COUNT, !top.rare, SortKind::Number));
    keys.extend(top.fields.iter().map(|name| key(&name.text, true, SortKind::Text)));
    Sort { keys, limit: None, reverse: false }
}

fn key(field: &str, descending: bool, kind: SortKind) -> SortKey {
    SortKey { field: Name::new(field, Default::default()), descending, kind }
}

/// All rows so far.
fn so_far() -> Running {
    Running {
        current: true,
        window: 0,
        global: true,
        time_window: None,
        reset_on_change: false,
        reset_before: None,
        reset_after: None,
    }
}

/// The rows whose rank in their BY group compares so with the limit.
fn within(top: &Top, op: CompareOp, rel: Rel, context: &Context) -> Result<Rel> {
    let within = ExprKind::Binary(
        BinaryOp::Compare(op),
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
    planner: &Planner<'_>,
) -> Result<Rel> {
    window::lower(&ops::Window { calls: vec![call], by: by.to_vec(), running, allnum: false }, rel, planner)
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
