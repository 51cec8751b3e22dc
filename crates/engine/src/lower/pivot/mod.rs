//! `chart`, `timechart`, `xyseries`: aggregates as a table, the values of one field as its columns.
//!
//! Rows are grouped by both fields. A group gives what its stats functions have seen, not their results, so
//! that the groups that become OTHER add up exactly. Which columns there are is known only then: a stage.

mod buckets;
mod cells;
mod measures;
mod series;
mod table;

use std::sync::Arc;

use arrow::compute::concat_batches;
use arrow::record_batch::RecordBatch;
use datafusion::functions_aggregate::count::count;
use datafusion::functions_aggregate::min_max::{max, min};
use datafusion::logical_expr::{Expr, lit};
use sluice_events::field;
use sluice_spl::ops::{Axis, Keep, Pivot, Series};

use super::bin::{self, Width};
use super::scan::TimeRange;
use super::{expr, spread, values};
use crate::error::{Error, Result};
use crate::kernel;
use crate::plan::{ORDER_TIME, Rel, column};
use crate::planner::Planner;
use crate::value::is_multivalue;
use cells::Grouped;
use measures::Measures;

pub(super) use buckets::buckets;
pub(super) use table::{MAX_COLUMNS, from_columns, too_wide};

/// Hidden columns of a group: its row, its column, how many events, its first row's place, its times.
const ROW: &str = "\0row";
const SERIES: &str = "\0series";
const EVENTS: &str = "\0events";
const FIRST: &str = "\0first";
const EARLIEST: &str = "\0earliest";
const LATEST: &str = "\0latest";

/// Combinations of a row and a column value that are held in memory.
const MAX_GROUPS: usize = 5_000_000;

/// Stands for the column of the rows that lack the field.
const NULL_SERIES: &str = "\0null";

pub(crate) async fn lower(pivot: &Pivot, rel: Rel, range: TimeRange, planner: &Planner<'_>) -> Result<Rel> {
    let (rel, measures, mut aggregates) = measures::prepare(pivot, rel, planner.context())?;
    let rel = narrowed(pivot, rel)?;
    let (rel, width) = rows(pivot, rel, range, planner).await?;
    let rel = columns(pivot, rel, range, planner).await?;
    aggregates.extend(extras(pivot));
    let groups = [(ROW, pivot.rows.is_some()), (SERIES, pivot.columns.is_some())];
    let by: Vec<&str> = groups.iter().filter(|(_, used)| *used).map(|(name, _)| *name).collect();
    let grouped = rel.grouped(&by, &aggregates)?;
    let batch = collected(&grouped, planner).await?;
    if batch.num_rows() > MAX_GROUPS {
        return Err(too_many_groups(batch.num_rows()));
    }
    let mut grouped = cells::read(&batch, &measures, pivot.grouped)?;
    grouped.measure_rows(width, planner.context());
    if let Some(columns) = &pivot.columns {
        choose(columns, &measures, &mut grouped, planner).await?;
    }
    let results = measures.results(&grouped, planner).await?;
    let batch = table::batch(&table::Table { pivot, grouped: &grouped, results, width, range }, planner)?;
    values::from_batches(batch.schema(), vec![batch])
}

fn too_many_groups(groups: usize) -> Error {
    Error::Limit(format!(
        "the table is made of {groups} combinations of values, more than {MAX_GROUPS}; a wider `span=` or a field \
         of fewer values makes fewer"
    ))
}

/// Only the columns that the table is made of, for the rows may have to be held.
fn narrowed(pivot: &Pivot, rel: Rel) -> Result<Rel> {
    let axes = pivot.rows.iter().chain(pivot.columns.iter().map(|columns| &columns.split));
    let fields: Vec<&str> = axes.map(|axis| axis.field.text.as_str()).collect();
    rel.retain(|name| {
        let place = [field::TIME, field::SEQ, ORDER_TIME].contains(&name);
        place || fields.contains(&name) || measures::is_argument(name)
    })
}

async fn collected(rel: &Rel, planner: &Planner<'_>) -> Result<RecordBatch> {
    let batches = planner.collect(rel).await?;
    let schema = Arc::clone(rel.schema());
    Ok(concat_batches(&schema, &batches)?)
}

/// The rows that have a row of the table, which is in [`ROW`].
async fn rows(
    pivot: &Pivot,
    rel: Rel,
    range: TimeRange,
    planner: &Planner<'_>,
) -> Result<(Rel, Option<Width>)> {
    let Some(axis) = &pivot.rows else { return Ok((rel, None)) };
    let name = axis.field.text.as_str();
    let rel = spread::by(std::slice::from_ref(&axis.field), pivot.dedup_splitvals, rel)?;
    let Some(kind) = rel.kind(name).cloned() else {
        let rel = rel.extend(vec![(ROW.to_owned(), kernel::null_literal())])?;
        return Ok((rel.filter(lit(false))?, None));
    };
    let (rel, width) = width(axis, pivot, rel, range, planner).await?;
    let value = match width {
        Some(width) => {
            let number = expr::to_number(column(name), &kind, planner.context());
            bin::starts(number, width, planner.context())
        }
        None if crate::value::is_mixed(&kind) => expr::to_text(column(name), &kind, planner.context()),
        None => column(name),
    };
    let rel = rel.extend(vec![(ROW.to_owned(), value)])?;
    Ok((rel.filter(column(ROW).is_not_null())?, width))
}

/// The width of an axis' buckets. Those of a timechart fit the search's time range, if it has one.
async fn width(
    axis: &Axis,
    pivot: &Pivot,
    rel: Rel,
    range: TimeRange,
    planner: &Planner<'_>,
) -> Result<(Rel, Option<Width>)> {
    let Some(bin) = &axis.bin else { return Ok((rel, None)) };
    if let (Some(_), Some(bounds), sluice_spl::ops::BinSize::Count(bins, least)) =
        (pivot.time.filter(|time| time.fixed_range), range.bounds(planner.context()), &bin.size)
    {
        let origin = bin::origin(bin, range, planner.context())?.unwrap_or(0.0);
        return Ok((rel, Some(Width::of_time(bounds, *bins, least.as_ref(), origin))));
    }
    let (rel, width) = bin::width_of(bin, rel, range, planner).await?;
    Ok((rel, Some(width)))
}

/// The rows that have a column of the table, whose name is in [`SERIES`].
async fn columns(pivot: &Pivot, rel: Rel, range: TimeRange, planner: &Planner<'_>) -> Result<Rel> {
    let Some(Series { split, null, .. }) = &pivot.columns else { return Ok(rel) };
    let context = planner.context();
    let marker = if null.is_some() { kernel::text_literal(NULL_SERIES) } else { kernel::null_literal() };
    let name = split.field.text.as_str();
    let Some(kind) = rel.kind(name).cloned() else {
        return rel.extend(vec![(SERIES.to_owned(), marker)])?.filter(column(SERIES).is_not_null());
    };
    let (rel, kind) = match &split.bin {
        Some(bin) => {
            let (rel, width) = bin::width_of(bin, rel, range, planner).await?;
            let number = expr::to_number(column(name), &kind, context);
            let label = if width.is_time() {
                bin::starts(number, width, context)
            } else {
                bin::labels(number, width, context)
            };
            let kind = expr::kind(&label, &rel);
            (rel.extend(vec![(SERIES.to_owned(), label)])?, kind)
        }
        None => (rel.extend(vec![(SERIES.to_owned(), column(name))])?, kind),
    };
    let named = series::named(column(SERIES), &kind, marker, context);
    let mut rel = rel.extend(vec![(SERIES.to_owned(), named)])?;
    if is_multivalue(&kind) {
        let field = sluice_spl::ops::Name::new(SERIES, split.field.span);
        rel = spread::by(&[field], pivot.dedup_splitvals, rel)?;
    }
    rel.filter(column(SERIES).is_not_null())
}

/// What a table needs of its groups besides the measures.
fn extras(pivot: &Pivot) -> Vec<Expr> {
    let mut extras = Vec::new();
    if pivot.columns.is_some() {
        extras.push(count(lit(1_i64)).alias(EVENTS));
    }
    if pivot.grouped {
        extras.push(min(column(field::SEQ)).alias(FIRST));
    }
    if pivot.time.is_some_and(|time| !time.partial) {
        extras.push(min(column(field::TIME)).alias(EARLIEST));
        extras.push(max(column(field::TIME)).alias(LATEST));
    }
    extras
}

/// The columns that are kept, with their final names; the others become one, or go.
async fn choose(
    columns: &Series,
    measures: &Measures,
    grouped: &mut Grouped,
    planner: &Planner<'_>,
) -> Result<()> {
    let kept = match &columns.keep {
        Keep::All => vec![true; grouped.series.len()],
        keep => {
            let results = measures.results(grouped, planner).await?;
            series::kept(keep, grouped, &results)?
        }
    };
    grouped.rename_series(&series::names(columns, &grouped.series, &kept));
    Ok(())
}
