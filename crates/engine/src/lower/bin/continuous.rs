//! `makecontinuous`: rows in order of a field's buckets, with a row for each bucket that has none.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, UInt64Array};
use arrow::compute::{concat_batches, take};
use arrow::datatypes::{Field, Schema};
use arrow::record_batch::RecordBatch;
use sluice_events::field;
use sluice_spl::ops::Bin;

use super::{Width, width_of};
use crate::error::Result;
use crate::lower::pivot::buckets;
use crate::lower::scan::TimeRange;
use crate::lower::values::from_batches;
use crate::plan::Rel;
use crate::planner::Planner;
use crate::stage;
use crate::value::{NUMBER, Values};

pub(crate) async fn lower(bin: &Bin, rel: Rel, range: TimeRange, planner: &Planner<'_>) -> Result<Rel> {
    let name = bin.field.text.as_str();
    if rel.kind(name).is_none() {
        return Ok(rel);
    }
    let (rel, width) = width_of(bin, rel, range, planner).await?;
    let (rel, batches) = stage::run(rel, planner).await?;
    let schema = Arc::clone(rel.schema());
    let all = concat_batches(&schema, &batches)?;
    let rows = filled(bin, &all, width, planner)?;
    let batch = taken(name, &all, &rows)?;
    from_batches(batch.schema(), vec![batch])
}

/// A bucket, and the row that is in it.
type Row = (Option<f64>, Option<u64>);

/// The rows by bucket, those without one last; what is outside `start=` and `end=` goes (Search Reference,
/// `makecontinuous`).
fn filled(bin: &Bin, all: &RecordBatch, width: Width, planner: &Planner<'_>) -> Result<Vec<Row>> {
    let zone = &planner.context().zone.0;
    let Some(column) = all.column_by_name(&bin.field.text) else { return Ok(Vec::new()) };
    let values = Values::new(column)?;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for row in 0..all.num_rows() {
        match values.cell(row).number().map(|number| (number, width.start(number, zone))) {
            Some((number, Some(start))) => {
                let inside = bin.range.0.is_none_or(|low| number >= low)
                    && bin.range.1.is_none_or(|high| number <= high);
                with.extend(inside.then_some((start, row as u64)));
            }
            _ => without.push((None, Some(row as u64))),
        }
    }
    with.sort_by(|left, right| left.0.total_cmp(&right.0));
    let starts: Vec<f64> = with.iter().map(|(start, _)| *start).collect();
    let mut with = with.into_iter().peekable();
    let mut rows = Vec::new();
    for start in buckets(&starts, None, width, bin.field.span, zone)? {
        let before = rows.len();
        while let Some((start, row)) = with.next_if(|(own, _)| *own <= start) {
            rows.push((Some(start), Some(row)));
        }
        if rows.len() == before {
            rows.push((Some(start), None));
        }
    }
    rows.extend(without);
    Ok(rows)
}

fn taken(name: &str, all: &RecordBatch, rows: &[Row]) -> Result<RecordBatch> {
    let places: UInt64Array = rows.iter().map(|(_, row)| *row).collect();
    let starts: Float64Array = rows.iter().map(|(start, _)| *start).collect();
    let (mut fields, mut columns): (Vec<_>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for (known, values) in all.schema().fields().iter().zip(all.columns()) {
        if known.name() == field::SEQ {
            continue;
        }
        if known.name() == name {
            fields.push(Arc::new(Field::new(name, NUMBER, true)));
            columns.push(Arc::new(starts.clone()));
        } else {
            fields.push(Arc::new(Field::new(known.name(), known.data_type().clone(), true)));
            columns.push(take(values, &places, None)?);
        }
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}
