//! `timewrap`: periods of a table over time side by side. How many there are shows in the rows: a stage.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, UInt64Array};
use arrow::compute::{concat_batches, take};
use arrow::record_batch::RecordBatch;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, ZonedDateTime};
use sluice_events::field;
use sluice_spl::ops::{Wrap, WrapNames};

use super::pivot::{MAX_COLUMNS, from_columns, too_wide};
use super::values::from_batches;
use crate::error::Result;
use crate::function::time::strftime;
use crate::kernel::Context;
use crate::plan::{Rel, is_hidden};
use crate::planner::Planner;
use crate::stage;
use crate::value::Values;

pub(crate) async fn lower(wrap: &Wrap, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    if rel.kind(field::TIME).is_none() {
        return Ok(rel);
    }
    let (rel, batches) = stage::run(rel, planner).await?;
    let all = concat_batches(rel.schema(), &batches)?;
    let batch = wrapped(wrap, &all, planner.context())?;
    from_batches(batch.schema(), vec![batch])
}

fn wrapped(wrap: &Wrap, all: &RecordBatch, context: &Context) -> Result<RecordBatch> {
    let times = all.column_by_name(field::TIME).map(Values::new).transpose()?;
    let time = |row: usize| times.as_ref().and_then(|times| times.cell(row).number());
    let rows: Vec<(u64, f64)> =
        (0..all.num_rows()).filter_map(|row| Some((row as u64, time(row)?))).collect();
    let fields: Vec<usize> = (0..all.num_columns())
        .filter(|&at| {
            let schema = all.schema_ref();
            !is_hidden(schema.field(at).name()) && schema.field(at).name() != field::TIME
        })
        .collect();
    let periods = periods(wrap, &rows, fields.len(), context)?;
    // For each time of the latest period, the row of each period.
    let mut table: BTreeMap<i64, BTreeMap<usize, u64>> = BTreeMap::new();
    let mut used: BTreeMap<usize, ()> = BTreeMap::new();
    for (row, time) in rows {
        let Some(at) = periods.starts.iter().position(|start| *start <= time) else { continue };
        let (Some(start), Some(latest)) = (periods.starts.get(at), periods.starts.first()) else { continue };
        let shown = ((time - start + latest) * 1e6).round() as i64;
        table.entry(shown).or_default().insert(at, row);
        used.insert(at, ());
    }
    let shown: Float64Array = table.keys().map(|micros| Some(*micros as f64 / 1e6)).collect();
    let mut columns: Vec<(String, ArrayRef)> = vec![(field::TIME.to_owned(), Arc::new(shown))];
    for at in fields {
        let name = all.schema_ref().field(at).name();
        for &period in used.keys().rev() {
            let places: UInt64Array = table.values().map(|rows| rows.get(&period).copied()).collect();
            columns.push((periods.name(wrap, name, period, context), take(all.column(at), &places, None)?));
        }
    }
    from_columns(columns, table.len())
}

/// Where periods start, the latest first.
struct Periods {
    starts: Vec<f64>,
}

fn periods(wrap: &Wrap, rows: &[(u64, f64)], fields: usize, context: &Context) -> Result<Periods> {
    let zone = &context.zone.0;
    let times = || rows.iter().map(|(_, time)| *time);
    let (Some(first), Some(last)) = (times().reduce(f64::min), times().reduce(f64::max)) else {
        return Ok(Periods { starts: Vec::new() });
    };
    let last = if wrap.align_now { last.max(context.now.as_second() as f64) } else { last };
    let mut starts = Vec::new();
    let end = end_of_unit(last, &wrap.period.1, zone);
    for number in 1.. {
        // A period that starts before all time holds all rows that are left.
        let start = end.as_ref().and_then(|end| before(end, &wrap.period, number)).unwrap_or(first);
        starts.push(start);
        if starts.len().saturating_mul(fields) > MAX_COLUMNS {
            return Err(too_wide(starts.len().saturating_mul(fields)));
        }
        if start <= first {
            break;
        }
    }
    Ok(Periods { starts })
}

/// The end of the day of a time; where the period is shorter, of its hour, minute or second.
fn end_of_unit(time: f64, unit: &str, zone: &TimeZone) -> Option<ZonedDateTime> {
    let at = Timestamp::from_second(time.floor() as i64).ok()?;
    let after = |seconds: i64| {
        let second = (at.as_second().div_euclid(seconds) + 1) * seconds;
        Some(Timestamp::from_second(second).ok()?.to_zoned_datetime(zone.clone()))
    };
    match unit {
        "s" => after(1),
        "m" => after(60),
        "h" => after(3_600),
        _ => at.to_zoned_datetime(zone.clone()).start_of_day().ok()?.checked_add(1.day()).ok(),
    }
}

/// The start of the period that ends so many periods before.
fn before(end: &ZonedDateTime, period: &(u64, String), number: i64) -> Option<f64> {
    let count = i64::try_from(period.0).ok()?.checked_mul(number)?;
    let span = match period.1.as_str() {
        "s" => Span::new().try_seconds(count),
        "m" => Span::new().try_minutes(count),
        "h" => Span::new().try_hours(count),
        "d" => Span::new().try_days(count),
        "w" => Span::new().try_weeks(count),
        "mon" => Span::new().try_months(count),
        "q" => Span::new().try_months(count.checked_mul(3)?),
        _ => Span::new().try_years(count),
    };
    Some(end.checked_sub(span.ok()?).ok()?.timestamp().as_second() as f64)
}

impl Periods {
    /// `count_latest_day`, `count_2days_before`, `count_s2`
    fn name(&self, wrap: &Wrap, field: &str, period: usize, context: &Context) -> String {
        match &wrap.names {
            WrapNames::Short => format!("{field}_s{period}"),
            WrapNames::Exact(format) => {
                let start = self.starts.get(period).copied().unwrap_or_default();
                let shown = strftime::shown(start, &strftime::translate(format), &context.zone.0);
                format!("{field}_{}", shown.unwrap_or_default())
            }
            WrapNames::Relative => {
                let unit = unit_name(&wrap.period.1);
                let count = (period as u64).saturating_mul(wrap.period.0);
                match count {
                    0 => format!("{field}_latest_{unit}"),
                    1 => format!("{field}_1{unit}_before"),
                    _ => format!("{field}_{count}{unit}s_before"),
                }
            }
        }
    }
}

fn unit_name(unit: &str) -> &'static str {
    match unit {
        "s" => "second",
        "m" => "minute",
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        "mon" => "month",
        "q" => "quarter",
        _ => "year",
    }
}
