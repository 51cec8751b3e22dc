//! `stats`: groups with their aggregates, in order of the BY fields.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions_aggregate::count::count;
use datafusion::functions_aggregate::sum::sum;
use datafusion::logical_expr::{Expr, cast, lit, when};
use sluice_events::field;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Aggregate, AggregateCall, Name, SortKey, SortKind};
use sluice_spl::tree::{self, ExprKind};

use super::sparkline::{self, Spanned, Sparkline};
use super::{expr, single, sort, spread};
use crate::aggregate::{self, Function};
use crate::error::Result;
use crate::kernel::Context;
use crate::plan::{ORDER_TIME, Order, Rel, column};
use crate::value::{self, NUMBER, is_multivalue};
use crate::wildcard;

pub(crate) fn lower(op: &Aggregate, rel: Rel, context: &Context) -> Result<Rel> {
    let rel = spread::by(&op.by, op.dedup_splitvals, rel)?;
    let mut calls = resolve(&op.calls, &rel);
    // A pattern does not stand for the fields that the groups are named by.
    calls.retain(|call| !op.by.iter().any(|name| name.text == call.name.text) || op.calls.contains(call));
    let (rel, by) = groups(&op.by, rel, context)?;
    let (rel, measures, sparklines) = measures(&calls, op.allnum, rel, context)?;
    let names: Vec<&str> = by.iter().map(String::as_str).collect();
    let rel = ordered(&by, rel.grouped(&names, &measures)?, context)?;
    let names =
        op.by.iter().map(|name| name.text.clone()).chain(calls.iter().map(|call| call.name.text.clone()));
    let columns = names
        .enumerate()
        .map(|(at, name)| (column(&if at < by.len() { name.clone() } else { measure(at - by.len()) }), name))
        .chain([(column(field::SEQ), field::SEQ.to_owned())])
        .collect();
    let rel = rel.select(columns)?;
    let rel = if sparklines.is_empty() { rel } else { rel.through(Arc::new(Spanned(sparklines)))? };
    match &op.delim {
        Some(delim) => single::delimited(listed(&calls), delim, rel),
        None => Ok(rel),
    }
}

/// The results that are multivalue fields.
fn listed(calls: &[AggregateCall]) -> Vec<String> {
    let listed = calls.iter().filter(|call| matches!(call.function.as_str(), "list" | "values"));
    listed.map(|call| call.name.text.clone()).collect()
}

/// Hidden name of an aggregate's result until all are there: a result may be called like a BY field
/// of another.
fn measure(at: usize) -> String {
    format!("\0m{at}")
}

fn argument(at: usize) -> String {
    format!("\0a{at}")
}

/// Groups in order of their BY fields, numbered.
fn ordered(by: &[String], rel: Rel, context: &Context) -> Result<Rel> {
    let keys: Vec<SortKey> = by
        .iter()
        .map(|name| SortKey {
            field: Name::new(name, Default::default()),
            descending: false,
            kind: SortKind::Auto,
        })
        .collect();
    let keys = sort::keys(&keys, false, &rel, context);
    if keys.is_empty() { rel.number() } else { rel.sorted_by(&keys, None)?.number() }
}

/// Rows that have every BY field, each as a column that groups well.
fn groups(by: &[Name], rel: Rel, context: &Context) -> Result<(Rel, Vec<String>)> {
    let mut rel = rel;
    for name in by {
        let Some(kind) = rel.kind(&name.text).cloned() else {
            rel = rel.extend(vec![(name.text.clone(), crate::kernel::null_literal())])?;
            rel = rel.filter(lit(false))?;
            continue;
        };
        if value::is_mixed(&kind) {
            let text = expr::to_text(column(&name.text), &kind, context);
            rel = rel.extend(vec![(name.text.clone(), text)])?;
        }
        rel = rel.filter(column(&name.text).is_not_null())?;
    }
    Ok((rel, by.iter().map(|name| name.text.clone()).collect()))
}

/// Calls with field patterns, `avg(*lay) AS *lay`, become one call a field, but for names that another call gives.
pub(crate) fn resolve(calls: &[AggregateCall], rel: &Rel) -> Vec<AggregateCall> {
    let is_wild =
        |call: &AggregateCall| matches!(&call.argument, Some(tree::Expr { kind: ExprKind::Wildcard(_), .. }));
    let named = |name: &str| calls.iter().any(|call| !is_wild(call) && call.name.text == name);
    let mut all = Vec::new();
    for call in calls {
        let found = resolved(call, rel).into_iter();
        all.extend(found.filter(|found| !is_wild(call) || !named(&found.name.text)));
    }
    all
}

fn resolved(call: &AggregateCall, rel: &Rel) -> Vec<AggregateCall> {
    let Some(tree::Expr { kind: ExprKind::Wildcard(pattern), span }) = &call.argument else {
        return vec![call.clone()];
    };
    rel.fields()
        .filter(|(name, _)| !name.starts_with('_'))
        .filter_map(|(name, _)| {
            let parts = wildcard::captures(pattern, name)?;
            let mut result = call.clone();
            result.argument = Some(tree::Expr { kind: ExprKind::Field(name.to_owned()), span: *span });
            result.name.text = super::rename::filled(&call.name.text, &parts);
            Some(result)
        })
        .collect()
}

type Sparklines = Vec<(String, Sparkline)>;

fn measures(
    calls: &[AggregateCall],
    allnum: bool,
    rel: Rel,
    context: &Context,
) -> Result<(Rel, Vec<Expr>, Sparklines)> {
    let (rel, places) = with_places(rel)?;
    let mut rel = rel;
    let mut measures = Vec::new();
    let mut sparklines = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let name = measure(at);
        if call.function == sparkline::NAME {
            let (sparkline, measured_expr) = Sparkline::of(call)?;
            let (value, kind) = match measured_expr {
                Some(expr) => measured(expr, &rel, context)?,
                None => (lit(1_i64), DataType::Int64),
            };
            let input = argument(at);
            rel = rel.extend(vec![(input.clone(), value)])?;
            measures.push(one(call, false, &input, &kind, &places, context)?.alias(name));
            sparklines.push((call.name.text.clone(), sparkline));
            continue;
        }
        let Some(argument_expr) = &call.argument else {
            check_bare(call)?;
            measures.push(count(lit(1_i64)).alias(name));
            continue;
        };
        let (value, kind) = measured(argument_expr, &rel, context)?;
        let input = argument(at);
        rel = rel.extend(vec![(input.clone(), value)])?;
        measures.push(one(call, allnum, &input, &kind, &places, context)?.alias(name));
    }
    Ok((rel, measures, sparklines))
}

/// The columns that say where a row stands: event time, newest-first time, sequence.
pub(crate) fn with_places(rel: Rel) -> Result<(Rel, [Expr; 3])> {
    let time = match rel.kind(field::TIME) {
        Some(DataType::Float64) => column(field::TIME),
        _ => lit(ScalarValue::Float64(None)),
    };
    let newest = match rel.order {
        Order::Newest => column(ORDER_TIME),
        Order::Sequence => lit(0.0_f64),
    };
    let places = [time, newest, column(field::SEQ)];
    Ok((rel, places))
}

/// The value that a call measures; a condition counts where it is true.
pub(crate) fn measured(argument: &tree::Expr, rel: &Rel, context: &Context) -> Result<(Expr, DataType)> {
    let value = expr::lower(argument, rel, context)?;
    let kind = expr::kind(&value, rel);
    if kind == DataType::Boolean {
        let counted = when(value, lit(1_i64)).end()?;
        return Ok((counted, DataType::Int64));
    }
    Ok((value, kind))
}

/// Only `count` may stand without an argument.
pub(crate) fn check_bare(call: &AggregateCall) -> Result<(), Diagnostic> {
    let function = Function::of(call)?;
    if function.name == "count" {
        return Ok(());
    }
    Err(Diagnostic::error(
        code::MISSING_ARGUMENT,
        call.span,
        format!("`{}` expects a field in parentheses", function.name),
    )
    .with_help(format!("for example `{}(bytes)`", function.name)))
}

/// One aggregate; DataFusion's own where it means the same.
fn one(
    call: &AggregateCall,
    allnum: bool,
    input: &str,
    kind: &DataType,
    places: &[Expr; 3],
    context: &Context,
) -> Result<Expr> {
    let function = Function::of(call)?.only_numbers(allnum);
    let is_single = !is_multivalue(kind) && !value::is_mixed(kind);
    Ok(match function.name {
        "count" if is_single => count(column(input)),
        "sum" if is_single && !function.is_only_numbers() => {
            sum(expr::to_number(column(input), kind, context))
        }
        _ => {
            let value = if *kind == DataType::Int64 { cast(column(input), NUMBER) } else { column(input) };
            aggregate::call(function, kind, value, places.clone())
        }
    })
}
