//! What stands in the cells: the aggregates that groups are asked for, and their results.

use std::sync::Arc;

use arrow::array::{ArrayRef, new_empty_array};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::ScalarValue;
use datafusion::functions_aggregate::count::count;
use datafusion::functions_aggregate::sum::sum;
use datafusion::logical_expr::{Expr, cast, lit};
use sluice_spl::ops::{AggregateCall, Measure, Pivot};
use sluice_spl::tree;

use super::cells::Grouped;
use crate::aggregate::{self, Function, Outcome, Place, Stat};
use crate::error::Result;
use crate::kernel::Context;
use crate::lower::{aggregate as stats, expr};
use crate::plan::{Order, Rel, column};
use crate::planner::Planner;
use crate::value::{self, Cell, NUMBER, Values};

/// Rates of `timechart` and their seconds.
const RATES: [(&str, f64); 4] =
    [("per_day", 86_400.0), ("per_hour", 3_600.0), ("per_minute", 60.0), ("per_second", 1.0)];

/// The measures of a table.
pub(super) struct Measures {
    parts: Vec<Part>,
    shown: Vec<Shown>,
}

/// One aggregate.
struct Part {
    function: Function,
    returns: DataType,
    gives: Gives,
    /// A rate: for so many seconds.
    rate: Option<f64>,
}

/// What a group gives for an aggregate.
enum Gives {
    /// Its result, from which a stat can go on.
    Result,
    /// What the stat has seen.
    Seen,
}

/// What is shown of the aggregates.
enum Shown {
    Part { name: String, at: usize },
    Expr { name: String, expr: tree::Expr, parts: Vec<(String, usize)> },
}

/// A measure's value in each cell.
pub(super) struct Shows {
    pub(super) name: String,
    pub(super) values: ArrayRef,
    /// Where no event is, a count is 0 and another measure nothing.
    pub(super) is_count: bool,
}

/// Hidden column of an aggregate's result.
pub(super) fn part(at: usize) -> String {
    format!("\0m{at}")
}

fn argument(at: usize) -> String {
    format!("\0a{at}")
}

/// Whether a column is an aggregate's argument.
pub(super) fn is_argument(name: &str) -> bool {
    name.starts_with("\0a")
}

/// The rows with the aggregates' arguments, the measures and the aggregates.
pub(super) fn prepare(pivot: &Pivot, rel: Rel, context: &Context) -> Result<(Rel, Measures, Vec<Expr>)> {
    let (mut calls, mut shown) = (Vec::new(), Vec::new());
    for measure in &pivot.measures {
        match measure {
            Measure::Call(call) => {
                for call in stats::resolve(std::slice::from_ref(call), &rel) {
                    shown.push(Shown::Part { name: call.name.text.clone(), at: calls.len() });
                    calls.push(call);
                }
            }
            Measure::Eval { expr, calls: inner, name, .. } => {
                let parts = inner.iter().zip(calls.len()..).map(|(call, at)| (call.name.text.clone(), at));
                let parts = parts.collect();
                shown.push(Shown::Expr { name: name.text.clone(), expr: expr.clone(), parts });
                calls.extend(inner.iter().cloned());
            }
        }
    }
    let (mut rel, places) = stats::with_places(rel)?;
    let (mut parts, mut aggregates) = (Vec::new(), Vec::new());
    for (at, call) in calls.into_iter().enumerate() {
        let (call, rate) = if pivot.time.is_some() { without_rate(call) } else { (call, None) };
        let (with_argument, one, aggregate) = prepared(at, &call, rate, rel, &places, context)?;
        rel = with_argument;
        parts.push(one);
        aggregates.push(aggregate.alias(part(at)));
    }
    Ok((rel, Measures { parts, shown }, aggregates))
}

/// A rate is a sum over time.
fn without_rate(mut call: AggregateCall) -> (AggregateCall, Option<f64>) {
    let rate = RATES.iter().find(|(name, _)| *name == call.function).map(|(_, seconds)| *seconds);
    if rate.is_some() {
        call.function = "sum".to_owned();
    }
    (call, rate)
}

fn prepared(
    at: usize,
    call: &AggregateCall,
    rate: Option<f64>,
    rel: Rel,
    places: &[Expr; 3],
    context: &Context,
) -> Result<(Rel, Part, Expr)> {
    let function = Function::of(call)?;
    let Some(expr) = &call.argument else {
        stats::check_bare(call)?;
        let part = Part { function, returns: DataType::Int64, gives: Gives::Result, rate };
        return Ok((rel, part, count(lit(1_i64))));
    };
    let (value, kind) = stats::measured(expr, &rel, context)?;
    let name = argument(at);
    let rel = rel.extend(vec![(name.clone(), value)])?;
    let single = !value::is_multivalue(&kind) && !value::is_mixed(&kind);
    let returns = function.returns(&kind);
    let (gives, aggregate) = match function.name {
        "count" if single => (Gives::Result, count(column(&name))),
        "sum" if single => (Gives::Result, sum(expr::to_number(column(&name), &kind, context))),
        _ => {
            let value = if kind == DataType::Int64 { cast(column(&name), NUMBER) } else { column(&name) };
            (Gives::Seen, aggregate::seen(function.clone(), value, places.clone()))
        }
    };
    Ok((rel, Part { function, returns, gives, rate }, aggregate))
}

impl Part {
    /// A stat that has seen what a group has.
    fn stat(&self, column: &ArrayRef, row: usize) -> Result<Box<dyn Stat>> {
        let mut stat = self.function.start();
        match self.gives {
            Gives::Seen => stat.load(aggregate::read_seen(column, row)),
            Gives::Result => match Values::new(column)?.cell(row) {
                Cell::Integer(count) => {
                    stat.load(aggregate::Saved { numbers: vec![count as f64], ..Default::default() });
                }
                Cell::Null => {}
                sum => stat.add(&sum, Place::default()),
            },
        }
        Ok(stat)
    }

    fn result(&self, stat: &dyn Stat, seconds: Option<f64>) -> Result<ScalarValue> {
        let outcome = match (self.rate, stat.result(), seconds) {
            (None, outcome, _) => outcome,
            (Some(rate), Outcome::Number(sum), Some(seconds)) if seconds > 0.0 => {
                Outcome::Number(sum * rate / seconds)
            }
            _ => Outcome::Null,
        };
        Ok(aggregate::scalar(outcome, &self.returns)?)
    }
}

impl Measures {
    /// The stats of a group, which is a row of `batch`.
    pub(super) fn stats(&self, batch: &RecordBatch, row: usize) -> Result<Vec<Box<dyn Stat>>> {
        let stat = |(at, one): (usize, &Part)| match batch.column_by_name(&part(at)) {
            Some(column) => one.stat(column, row),
            None => Ok(one.function.start()),
        };
        self.parts.iter().enumerate().map(stat).collect()
    }

    /// What is shown of each cell.
    pub(super) async fn results(&self, grouped: &Grouped, planner: &Planner<'_>) -> Result<Vec<Shows>> {
        let parts: Vec<ArrayRef> =
            (0..self.parts.len()).map(|at| self.part(at, grouped)).collect::<Result<_>>()?;
        let mut results = Vec::new();
        for shown in &self.shown {
            results.push(match shown {
                Shown::Part { name, at } => {
                    let values = parts.get(*at).cloned().unwrap_or_else(|| new_empty_array(&NUMBER));
                    let is_count = *values.data_type() == DataType::Int64;
                    Shows { name: name.clone(), values, is_count }
                }
                Shown::Expr { name, expr, parts: inner } => {
                    let values = evaluated(expr, inner, &parts, grouped.cells.len(), planner).await?;
                    Shows { name: name.clone(), values, is_count: false }
                }
            });
        }
        Ok(results)
    }

    fn part(&self, at: usize, grouped: &Grouped) -> Result<ArrayRef> {
        let Some(part) = self.parts.get(at) else { return Ok(new_empty_array(&NUMBER)) };
        let mut results = Vec::with_capacity(grouped.cells.len());
        for cell in &grouped.cells {
            let Some(stat) = cell.stats.get(at) else { continue };
            results.push(part.result(stat.as_ref(), grouped.seconds(cell.row))?);
        }
        if results.is_empty() {
            return Ok(new_empty_array(&part.returns));
        }
        Ok(ScalarValue::iter_to_array(results)?)
    }
}

/// An expression over the aggregates of each cell.
async fn evaluated(
    expr: &tree::Expr,
    inner: &[(String, usize)],
    parts: &[ArrayRef],
    rows: usize,
    planner: &Planner<'_>,
) -> Result<ArrayRef> {
    let columns = inner.iter().filter_map(|(name, at)| Some((name, parts.get(*at)?)));
    let (fields, columns): (Vec<_>, Vec<_>) = columns
        .map(|(name, values)| (Field::new(name, values.data_type().clone(), true), Arc::clone(values)))
        .unzip();
    let schema = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)?;
    let rel = Rel::held(schema, vec![batch], Order::Sequence)?;
    let context = planner.context();
    let value = expr::lower(expr, &rel, context)?;
    let value = match expr::kind(&value, &rel) {
        kind @ DataType::Boolean => expr::to_text(value, &kind, context),
        _ => value,
    };
    let rel = rel.select(vec![(value, part(0))])?;
    let batches = planner.collect(&rel).await?;
    let all = concat_batches(rel.schema(), &batches)?;
    Ok(Arc::clone(all.column(0)))
}
