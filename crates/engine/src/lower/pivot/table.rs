//! The table itself: a column for the rows' values, then one for each measure and series.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, StringViewArray, UInt64Array, new_null_array,
};
use arrow::compute::take;
use arrow::datatypes::{Field, Int64Type, Schema};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use jiff::tz::TimeZone;
use sluice_events::field;
use sluice_spl::ops::Pivot;

use super::buckets;
use super::cells::Grouped;
use super::measures::Shows;
use crate::error::{Error, Result};
use crate::lower::bin::Width;
use crate::lower::scan::TimeRange;
use crate::planner::Planner;

/// Columns of one table.
pub(crate) const MAX_COLUMNS: usize = 10_000;
/// Cells of one table.
const MAX_CELLS: usize = 20_000_000;

/// What a table is made of.
pub(super) struct Table<'a> {
    pub(super) pivot: &'a Pivot,
    pub(super) grouped: &'a Grouped,
    pub(super) results: Vec<Shows>,
    pub(super) width: Option<Width>,
    pub(super) range: TimeRange,
}

/// A row: its bucket's start, and its place among the groups' rows.
#[derive(Clone, Copy)]
struct Row {
    start: Option<f64>,
    place: Option<usize>,
}

/// The table as one batch.
pub(super) fn batch(table: &Table<'_>, planner: &Planner<'_>) -> Result<RecordBatch> {
    let zone = &planner.context().zone.0;
    let rows = table.rows(planner)?;
    table.check_size(rows.len())?;
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    if let Some(axis) = &table.pivot.rows {
        columns.push((axis.field.text.clone(), table.row_values(&rows, zone)?));
    }
    for (series, places) in table.places(&rows).iter().enumerate() {
        let name = table.grouped.series.get(series).map_or("", String::as_str);
        for shows in &table.results {
            columns.push((table.name(shows, name), cells(shows, places)?));
        }
    }
    if table.results.len() > 1 {
        by_measure(&mut columns, table.results.len(), usize::from(table.pivot.rows.is_some()));
    }
    from_columns(columns, rows.len())
}

/// All columns of the first measure, then all of the second, and so on.
fn by_measure(columns: &mut Vec<(String, ArrayRef)>, measures: usize, skip: usize) {
    let cells = columns.split_off(skip.min(columns.len()));
    for measure in 0..measures {
        columns.extend(cells.iter().skip(measure).step_by(measures).cloned());
    }
}

/// A batch of columns; of two of one name the first stays.
pub(crate) fn from_columns(columns: Vec<(String, ArrayRef)>, rows: usize) -> Result<RecordBatch> {
    let mut seen = BTreeSet::new();
    let (fields, arrays): (Vec<_>, Vec<_>) = columns
        .into_iter()
        .map(|(name, values)| (field::visible(name.into()).into_owned(), values))
        .filter(|(name, _)| seen.insert(name.clone()))
        .map(|(name, values)| (Field::new(name, values.data_type().clone(), true), values))
        .unzip();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?)
}

/// The error for a table that would have too many columns.
pub(crate) fn too_wide(columns: usize) -> Error {
    Error::Limit(format!(
        "the table would have {columns} columns, more than {MAX_COLUMNS}; fewer values or a `limit=` make fewer"
    ))
}

/// A measure's values at these places among the cells.
fn cells(shows: &Shows, places: &UInt64Array) -> Result<ArrayRef> {
    let values = if shows.values.is_empty() {
        new_null_array(shows.values.data_type(), places.len())
    } else {
        take(&shows.values, places, None)?
    };
    if !shows.is_count {
        return Ok(values);
    }
    let counts = values.as_primitive::<Int64Type>();
    Ok(Arc::new(counts.iter().map(Option::unwrap_or_default).collect::<Int64Array>()))
}

impl Table<'_> {
    fn check_size(&self, rows: usize) -> Result<()> {
        let columns = self.grouped.series.len().saturating_mul(self.results.len());
        if columns > MAX_COLUMNS {
            return Err(too_wide(columns));
        }
        if columns.saturating_mul(rows) > MAX_CELLS {
            let message =
                format!("the table would have {rows} rows of {columns} columns, more than {MAX_CELLS} cells");
            return Err(Error::Limit(message));
        }
        Ok(())
    }

    /// The rows that are shown, those of empty buckets too.
    fn rows(&self, planner: &Planner<'_>) -> Result<Vec<Row>> {
        let known = self.grouped.rows.iter().zip(0..);
        let known: Vec<Row> =
            known.map(|(row, place)| Row { start: row.start, place: Some(place) }).collect();
        let (Some(width), Some(axis)) = (self.width, &self.pivot.rows) else { return Ok(known) };
        let rows = if self.pivot.continuous && self.is_shown() {
            let starts: Vec<f64> = known.iter().filter_map(|row| row.start).collect();
            let bounds = self.bounds(planner);
            let zone = &planner.context().zone.0;
            let all = buckets(&starts, bounds, width, axis.field.span, zone)?;
            filled(&all, &known)
        } else {
            known
        };
        Ok(self.whole(rows, width, planner))
    }

    /// A table without a column has no rows either.
    fn is_shown(&self) -> bool {
        self.pivot.columns.is_none() || !self.grouped.series.is_empty()
    }

    /// The time range that the rows cover.
    fn bounds(&self, planner: &Planner<'_>) -> Option<(f64, f64)> {
        self.pivot.time.filter(|time| time.fixed_range)?;
        let (low, high) = self.range.bounds(planner.context())?;
        Some((low, high))
    }

    /// Without a first and a last bucket that the time range cuts, where those are not wanted.
    fn whole(&self, mut rows: Vec<Row>, width: Width, planner: &Planner<'_>) -> Vec<Row> {
        if self.pivot.time.is_none_or(|time| time.partial) {
            return rows;
        }
        let Some((low, high)) = self.bounds(planner).or(self.grouped.times) else { return rows };
        let zone = &planner.context().zone.0;
        let cut_below = |row: &Row| row.start.is_some_and(|start| start < low);
        let is_last_whole = |row: &Row| {
            let end = row.start.and_then(|start| width.next(start, zone));
            end.is_none_or(|end| end <= high)
        };
        if rows.first().is_some_and(cut_below) {
            rows.remove(0);
        }
        if rows.last().is_some_and(|row| !is_last_whole(row)) {
            rows.pop();
        }
        rows
    }

    fn row_values(&self, rows: &[Row], zone: &TimeZone) -> Result<ArrayRef> {
        match (self.width, &self.grouped.row_values) {
            (Some(width), _) if width.is_time() => {
                Ok(Arc::new(rows.iter().map(|row| row.start).collect::<Float64Array>()))
            }
            (Some(width), _) => {
                let labels = rows.iter().map(|row| width.label(row.start?, zone));
                Ok(Arc::new(labels.collect::<StringViewArray>()))
            }
            (None, Some(values)) => {
                let at = |row: &Row| self.grouped.rows.get(row.place?).map(|row| row.at);
                Ok(take(values, &rows.iter().map(at).collect::<UInt64Array>(), None)?)
            }
            (None, None) => Ok(new_null_array(&crate::value::TEXT, rows.len())),
        }
    }

    /// For each series, where each row's cell stands among the cells.
    fn places(&self, rows: &[Row]) -> Vec<UInt64Array> {
        let series = self.grouped.series.len();
        let mut of_place: Vec<Option<usize>> = vec![None; self.grouped.rows.len()];
        for (at, row) in rows.iter().enumerate() {
            if let Some(slot) = row.place.and_then(|place| of_place.get_mut(place)) {
                *slot = Some(at);
            }
        }
        let mut places: Vec<Vec<Option<u64>>> =
            vec![vec![None; rows.len()]; series.max(usize::from(self.pivot.columns.is_none()))];
        for (at, cell) in self.grouped.cells.iter().enumerate() {
            let row = of_place.get(cell.row).copied().flatten();
            if let (Some(row), Some(places)) = (row, places.get_mut(cell.series))
                && let Some(slot) = places.get_mut(row)
            {
                *slot = Some(at as u64);
            }
        }
        places.into_iter().map(UInt64Array::from).collect()
    }

    fn name(&self, shows: &Shows, series: &str) -> String {
        match &self.pivot.columns {
            None => shows.name.clone(),
            Some(_) if self.results.len() == 1 => series.to_owned(),
            Some(_) => {
                // One after the other would replace what stands in a name.
                let parts = self.pivot.format.split("$AGG$").map(|part| part.replace("$VAL$", series));
                parts.collect::<Vec<_>>().join(&shows.name)
            }
        }
    }
}

/// A row for each bucket, the known ones in theirs.
fn filled(starts: &[f64], known: &[Row]) -> Vec<Row> {
    let mut known = known.iter().peekable();
    let mut rows = Vec::with_capacity(starts.len());
    for &start in starts {
        match known.next_if(|row| row.start.is_some_and(|own| own <= start)) {
            Some(row) => rows.push(*row),
            None => rows.push(Row { start: Some(start), place: None }),
        }
    }
    rows
}
