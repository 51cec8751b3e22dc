//! `transpose`: rows turned into columns. The new fields are named after rows: a stage.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use arrow::compute::concat_batches;
use sluice_spl::ops::{Limit, Transpose};
use std::sync::Arc;

use super::pivot::{MAX_COLUMNS, from_columns, too_wide};
use super::values::from_batches;
use super::{cells, limit};
use crate::error::Result;
use crate::plan::Rel;
use crate::planner::Planner;
use crate::stage;
use crate::value::{Cell, Values};

pub(crate) async fn lower(transpose: &Transpose, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let rel = match transpose.limit {
        Some(rows) => limit::lower(&Limit::First(rows), rel, planner.context())?,
        // One more than there may be, so that too many are not all held first.
        None => limit::lower(&Limit::First(MAX_COLUMNS as u64 + 1), rel, planner.context())?,
    };
    let whole_events = rel.has_rest();
    let (rel, batches) = stage::run(rel, planner).await?;
    let schema = Arc::clone(rel.schema());
    let all = concat_batches(&schema, &batches)?;
    if all.num_rows() > MAX_COLUMNS {
        return Err(too_wide(all.num_rows()));
    }
    let mut fields: Vec<(&str, Values)> = Vec::new();
    for at in stage::shown(&schema, whole_events) {
        fields.push((schema.field(at).name(), Values::new(all.column(at))?));
    }
    let headers = headers(transpose, &fields, all.num_rows());
    fields.retain(|(name, values)| {
        let is_header = transpose.header_field.as_ref().is_some_and(|header| header.text == *name);
        let is_empty = || (0..all.num_rows()).all(|row| values.cell(row).is_null());
        !is_header && (transpose.include_empty || !is_empty())
    });
    let names: Vec<Cell<'_>> = fields.iter().map(|(name, _)| Cell::Text(name)).collect();
    let mut columns = vec![(transpose.column_name.text.clone(), cells::column(&names))];
    for (row, header) in headers.into_iter().enumerate() {
        let values: Vec<Cell<'_>> = fields.iter().map(|(_, values)| values.cell(row)).collect();
        columns.push((header, cells::column(&values)));
    }
    let columns = last_of_each(columns);
    let batch = from_columns(columns, fields.len())?;
    from_batches(batch.schema(), vec![batch])
}

/// The new fields' names: the header field's values, `row 2` where it has none.
fn headers(transpose: &Transpose, fields: &[(&str, Values)], rows: usize) -> Vec<String> {
    let header = transpose.header_field.as_ref();
    let values = header.and_then(|header| fields.iter().find(|(name, _)| *name == header.text));
    let name = |row: usize| {
        let own = values.and_then(|(_, values)| values.cell(row).text().map(Cow::into_owned));
        own.unwrap_or_else(|| format!("row {}", row + 1))
    };
    (0..rows).map(name).collect()
}

/// Of rows with one header the last gives the column's values, at the first one's place.
fn last_of_each(columns: Vec<(String, ArrayRef)>) -> Vec<(String, ArrayRef)> {
    let mut places = std::collections::HashMap::new();
    let mut kept: Vec<(String, ArrayRef)> = Vec::new();
    for (name, values) in columns {
        let place = *places.entry(name.clone()).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(known) => known.1 = values,
            None => kept.push((name, values)),
        }
    }
    kept
}
