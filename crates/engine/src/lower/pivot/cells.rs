//! The groups of a table: which row and column each is in, and what its stats have seen.

use std::collections::BTreeMap;

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};
use arrow::record_batch::RecordBatch;

use super::measures::Measures;
use super::{EARLIEST, EVENTS, FIRST, LATEST, ROW, SERIES};
use crate::aggregate::Stat;
use crate::error::Result;
use crate::kernel::Context;
use crate::lower::bin::Width;
use crate::lower::sort;
use crate::value::Values;

/// A table before its columns are chosen.
pub(super) struct Grouped {
    /// The rows in order.
    pub(super) rows: Vec<Row>,
    /// Their values; `None` where the table has one row for all.
    pub(super) row_values: Option<ArrayRef>,
    /// The columns' names.
    pub(super) series: Vec<String>,
    pub(super) cells: Vec<Cell>,
    /// The times of the first and the last event, where they are asked for.
    pub(super) times: Option<(f64, f64)>,
}

/// A row of the table.
pub(super) struct Row {
    /// Where its value stands in [`Grouped::row_values`].
    pub(super) at: u64,
    /// Its bucket's start.
    pub(super) start: Option<f64>,
    /// The seconds of its bucket.
    seconds: Option<f64>,
}

/// A group.
pub(super) struct Cell {
    pub(super) row: usize,
    pub(super) series: usize,
    pub(super) events: i64,
    pub(super) stats: Vec<Box<dyn Stat>>,
}

/// The groups that a plan has given.
pub(super) fn read(batch: &RecordBatch, measures: &Measures, as_they_come: bool) -> Result<Grouped> {
    let keys = batch.column_by_name(ROW).map(Values::new).transpose()?;
    let names = batch.column_by_name(SERIES).map(Values::new).transpose()?;
    let name = |group: usize| {
        let cell = names.as_ref().map(|names| names.cell(group));
        cell.and_then(|cell| cell.text()).map(|name| name.into_owned()).unwrap_or_default()
    };
    let firsts = integers(batch, FIRST);
    // By value, or where the rows stay as they come by the place of the first row of each value.
    let mut first_of: BTreeMap<Vec<u8>, i64> = BTreeMap::new();
    let key = |group: usize| keys.as_ref().map_or_else(Vec::new, |keys| row_key(keys, group));
    for group in 0..batch.num_rows() {
        let first = if as_they_come { firsts(group) } else { 0 };
        first_of.entry(key(group)).and_modify(|known| *known = first.min(*known)).or_insert(first);
    }
    let mut order: Vec<_> = first_of.into_iter().map(|(key, first)| (first, key)).collect();
    order.sort();
    let place: BTreeMap<Vec<u8>, usize> = order.into_iter().map(|(_, key)| key).zip(0..).collect();
    let series: BTreeMap<String, usize> = (0..batch.num_rows()).map(|group| (name(group), 0)).collect();
    let series: BTreeMap<String, usize> = series.into_keys().zip(0..).collect();
    let events = integers(batch, EVENTS);
    let mut rows: Vec<Option<Row>> = place.iter().map(|_| None).collect();
    let mut cells = Vec::with_capacity(batch.num_rows());
    for group in 0..batch.num_rows() {
        let (Some(&row), Some(&series)) = (place.get(&key(group)), series.get(&name(group))) else {
            continue;
        };
        if let Some(slot) = rows.get_mut(row) {
            slot.get_or_insert(Row { at: group as u64, start: None, seconds: None });
        }
        cells.push(Cell { row, series, events: events(group), stats: measures.stats(batch, group)? });
    }
    Ok(Grouped {
        rows: rows.into_iter().flatten().collect(),
        row_values: batch.column_by_name(ROW).cloned(),
        series: series.into_keys().collect(),
        cells,
        times: times(batch),
    })
}

/// The order of `sort`, and the text itself, so that `1` and `1.0` are two rows.
fn row_key(keys: &Values, group: usize) -> Vec<u8> {
    let text = keys.cell(group).text().unwrap_or_default();
    let mut key = sort::auto_key(&text);
    key.push(0);
    key.extend(text.as_bytes());
    key
}

fn integers(batch: &RecordBatch, name: &str) -> impl Fn(usize) -> i64 {
    let column = batch.column_by_name(name).and_then(|array| array.as_primitive_opt::<Int64Type>().cloned());
    move |row| column.as_ref().map_or(0, |column| column.value(row))
}

fn times(batch: &RecordBatch) -> Option<(f64, f64)> {
    let numbers = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Float64Type>().cloned();
    let (earliest, latest) = (numbers(EARLIEST)?, numbers(LATEST)?);
    let earliest = earliest.iter().flatten().reduce(f64::min)?;
    Some((earliest, latest.iter().flatten().reduce(f64::max)?))
}

impl Grouped {
    /// Notes where each row's bucket starts and how long it is.
    pub(super) fn measure_rows(&mut self, width: Option<Width>, context: &Context) {
        let (Some(width), Some(values)) = (width, &self.row_values) else { return };
        let Some(starts) = values.as_primitive_opt::<Float64Type>() else { return };
        for row in &mut self.rows {
            let at = usize::try_from(row.at).unwrap_or(usize::MAX);
            let start = (at < starts.len()).then(|| starts.value(at));
            row.start = start;
            row.seconds = start.and_then(|start| Some(width.next(start, &context.zone.0)? - start));
        }
    }

    /// The seconds of a row's bucket.
    pub(super) fn seconds(&self, row: usize) -> Option<f64> {
        self.rows.get(row).and_then(|row| row.seconds)
    }

    /// Gives each column another name, or none: then its cells go. Cells of one row that come under one
    /// name are added up. The columns come in the order of `names`' keys.
    pub(super) fn rename_series(&mut self, names: &[Option<(u8, String)>]) {
        let order: BTreeMap<&(u8, String), usize> = names.iter().flatten().map(|name| (name, 0)).collect();
        let order: BTreeMap<&(u8, String), usize> = order.into_keys().zip(0..).collect();
        let mut cells: BTreeMap<(usize, usize), Cell> = BTreeMap::new();
        for mut cell in std::mem::take(&mut self.cells) {
            let name = names.get(cell.series).and_then(Option::as_ref);
            let Some(&series) = name.and_then(|name| order.get(name)) else { continue };
            cell.series = series;
            match cells.get_mut(&(cell.row, series)) {
                Some(known) => known.add(&cell),
                None => _ = cells.insert((cell.row, series), cell),
            }
        }
        self.series = order.into_keys().map(|(_, name)| name.clone()).collect();
        self.cells = cells.into_values().collect();
    }
}

impl Cell {
    fn add(&mut self, other: &Self) {
        self.events += other.events;
        for (stat, other) in self.stats.iter_mut().zip(&other.stats) {
            stat.load(other.save());
        }
    }
}
