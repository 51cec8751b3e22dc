//! Which columns a table has.

use std::cmp::Ordering;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::ops::{AggregateCall, Keep, RankEnd, Series};

use super::NULL_SERIES;
use super::cells::Grouped;
use super::measures::Shows;
use crate::aggregate::{Function, Outcome, Place};
use crate::error::Result;
use crate::kernel::{self, Arg, Context};
use crate::value::{self, Cell, Values, is_multivalue};

/// The columns' names: the field as text, or the marker where it has no value.
pub(super) fn named(field: Expr, kind: &arrow::datatypes::DataType, marker: Expr, context: &Context) -> Expr {
    let args = vec![field, marker];
    if is_multivalue(kind) {
        kernel::call("series_list", value::multivalue(), context, |_, args, rows| lists(args, rows), args)
    } else {
        kernel::call("series", value::TEXT, context, |_, args, rows| texts(args, rows), args)
    }
}

fn texts(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [field, marker] = args else { return Ok(kernel::nulls(&value::TEXT, rows)) };
    Ok(kernel::texts(rows, |row| field.text(row).or_else(|| marker.text(row))))
}

fn lists(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [field, marker] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    Ok(kernel::lists(rows, |row| {
        let cell = field.cell(row);
        if cell.is_null() { marker.text(row).into_iter().collect() } else { cell.texts() }
    }))
}

/// Which columns stay. That of null is not ranked: it always does.
pub(super) fn kept(keep: &Keep, grouped: &Grouped, results: &[Shows]) -> Result<Vec<bool>> {
    let is_null = |series: usize| grouped.series.get(series).is_some_and(|name| name == NULL_SERIES);
    match keep {
        Keep::All => Ok(vec![true; grouped.series.len()]),
        Keep::Compared { by, above, number } => {
            let scores = scores(Some(by), grouped, results)?;
            let holds = |score: &Option<f64>| match score {
                Some(score) if *above => score > number,
                Some(score) => score < number,
                None => false,
            };
            Ok(scores.iter().enumerate().map(|(at, score)| is_null(at) || holds(score)).collect())
        }
        Keep::Ranked { by, count, end, outside } => {
            let scores = scores(by.as_ref(), grouped, results)?;
            let mut ranked: Vec<usize> = (0..scores.len()).filter(|&at| !is_null(at)).collect();
            // The columns are in order of their names, which decides ties (Search Reference, `timechart`).
            ranked.sort_by(|&left, &right| compare(scores.get(left), scores.get(right), *end));
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            let mut kept: Vec<bool> = (0..scores.len()).map(is_null).collect();
            for (rank, at) in ranked.into_iter().enumerate() {
                if let Some(kept) = kept.get_mut(at) {
                    *kept = (rank < count) != *outside;
                }
            }
            Ok(kept)
        }
    }
}

/// The better score first, none last.
fn compare(left: Option<&Option<f64>>, right: Option<&Option<f64>>, end: RankEnd) -> Ordering {
    match (left.copied().flatten(), right.copied().flatten()) {
        (Some(left), Some(right)) if end == RankEnd::Top => right.total_cmp(&left),
        (Some(left), Some(right)) => left.total_cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// Each column's score: an aggregate of its cells, their sum unless another is named. With several measures
/// that is how many events it has.
fn scores(by: Option<&AggregateCall>, grouped: &Grouped, results: &[Shows]) -> Result<Vec<Option<f64>>> {
    let function = match by {
        Some(call) => Function::of(call)?,
        None => Function::SUM,
    };
    let values = match results {
        [first, rest @ ..] if rest.is_empty() || by.is_some() => Some(Values::new(&first.values)?),
        _ => None,
    };
    let mut stats: Vec<_> = grouped.series.iter().map(|_| function.start()).collect();
    for (at, cell) in grouped.cells.iter().enumerate() {
        let number = match &values {
            Some(values) => values.cell(at).number(),
            None => Some(cell.events as f64),
        };
        if let (Some(number), Some(stat)) = (number, stats.get_mut(cell.series)) {
            stat.add(&Cell::Number(number), Place::default());
        }
    }
    let score = |outcome: Outcome| match outcome {
        Outcome::Integer(count) => Some(count as f64),
        Outcome::Number(number) => Some(number),
        Outcome::Text(text) => value::parse_number(&text),
        _ => None,
    };
    Ok(stats.iter().map(|stat| score(stat.result())).collect())
}

/// The name that each column gets, and its place: those of null and of the others come last.
pub(super) fn names(columns: &Series, series: &[String], kept: &[bool]) -> Vec<Option<(u8, String)>> {
    let own: Vec<&String> =
        series.iter().zip(kept).filter(|(_, kept)| **kept).map(|(name, _)| name).collect();
    let special = |place: u8, name: &String| {
        let place = if own.contains(&name) { 0 } else { place };
        (place, name.clone())
    };
    let name = |(name, kept): (&String, &bool)| match (name.as_str(), kept) {
        (NULL_SERIES, _) => columns.null.as_ref().map(|name| special(1, name)),
        (_, true) => Some((0, name.clone())),
        (_, false) => columns.other.as_ref().map(|name| special(2, name)),
    };
    series.iter().zip(kept).map(name).collect()
}
