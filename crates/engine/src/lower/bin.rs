//! `bin`: numbers and times put in buckets.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use sluice_events::field;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Bin, BinSize};

use super::{expr, not_honoured};
use crate::error::Result;
use crate::kernel::{self, Arg, Context, null_literal, number_literal, text_literal};
use crate::plan::{Rel, column};
use crate::value::{self, NUMBER};

pub(crate) fn lower(bin: &Bin, rel: Rel, context: &Context) -> Result<Rel> {
    if bin.range != (None, None) {
        return Err(not_honoured("start= and end=", bin.field.span).into());
    }
    let Some(kind) = rel.kind(&bin.field.text).cloned() else { return Ok(rel) };
    let number = expr::to_number(column(&bin.field.text), &kind, context);
    let start = align(bin, context)?;
    let bucket = match &bin.size {
        BinSize::Span(width, unit) if unit.is_empty() && bin.field.text == field::TIME => {
            span(number, *width, "s", start, context)
        }
        BinSize::Span(width, unit) if unit.is_empty() => {
            let args = vec![number, number_literal(*width), number_literal(start.unwrap_or(0.0))];
            kernel::call("bin", value::TEXT, context, |_, args, rows| ranges(args, rows), args)
        }
        BinSize::Span(width, unit) => span(number, *width, unit, start, context),
        BinSize::Log(coefficient, base) => {
            let args = vec![number, number_literal(*coefficient), number_literal(*base)];
            kernel::call("bin_log", value::TEXT, context, |_, args, rows| logarithmic(args, rows), args)
        }
        BinSize::Count(..) => {
            return Err(Diagnostic::error(
                code::BAD_OPTION,
                bin.field.span,
                "`bin` without `span=` is not run yet: its width would depend on all values",
            )
            .with_help("give a width, for example `bin span=10 bytes`")
            .into());
        }
    };
    rel.extend(vec![(bin.target.text.clone(), bucket)])
}

fn align(bin: &Bin, context: &Context) -> Result<Option<f64>> {
    let Some(text) = &bin.align else { return Ok(None) };
    if let Some(number) = value::parse_number(text) {
        return Ok(Some(number));
    }
    match crate::function::time::modifier::apply(context.now, &context.zone.0, text) {
        Some(time) => Ok(Some(time.as_second() as f64)),
        None => Err(Diagnostic::error(
            code::BAD_OPTION,
            bin.field.span,
            format!("`aligntime` expected a time, found `{text}`"),
        )
        .into()),
    }
}

fn span(
    number: datafusion::logical_expr::Expr,
    width: f64,
    unit: &str,
    start: Option<f64>,
    context: &Context,
) -> datafusion::logical_expr::Expr {
    let start = start.map_or_else(null_literal, number_literal);
    let args = vec![number, number_literal(width), text_literal(unit), start];
    kernel::call("bin_time", NUMBER, context, times, args)
}

/// Plain numbers become ranges, `10-20`.
fn ranges(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [number, width, start] = args else { return Ok(kernel::nulls(&value::TEXT, rows)) };
    let (width, start) = (width.number(0).unwrap_or(1.0), start.number(0).unwrap_or(0.0));
    Ok(kernel::texts(rows, |row| {
        let low = ((number.number(row)? - start) / width).floor() * width + start;
        Some(format!("{}-{}", value::number_to_text(low), value::number_to_text(low + width)).into())
    }))
}

fn logarithmic(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [number, coefficient, base] = args else { return Ok(kernel::nulls(&value::TEXT, rows)) };
    let (coefficient, base) = (coefficient.number(0).unwrap_or(1.0), base.number(0).unwrap_or(10.0));
    Ok(kernel::texts(rows, |row| {
        let number = number.number(row).filter(|number| *number > 0.0)?;
        let power = (number / coefficient).log(base).floor();
        let (low, high) = (coefficient * base.powf(power), coefficient * base.powf(power + 1.0));
        Some(format!("{}-{}", value::number_to_text(low), value::number_to_text(high)).into())
    }))
}

/// Times become the start of their span; days and longer begin at the user's midnight.
fn times(context: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [number, width, unit, start] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    let width = width.number(0).unwrap_or(1.0);
    let unit = unit.text(0).unwrap_or_default().into_owned();
    let start = start.number(0);
    Ok(kernel::numbers(rows, |row| bucket(number.number(row)?, width, &unit, start, &context.zone.0)))
}

fn bucket(time: f64, width: f64, unit: &str, start: Option<f64>, zone: &TimeZone) -> Option<f64> {
    let seconds = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "cs" => 1e-2,
        "ds" => 1e-1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
        "d" | "day" | "days" => return days(time, width, start, zone),
        "w" | "week" | "weeks" => return days(time, width * 7.0, start, zone),
        "mon" | "month" | "months" => return months(time, width, zone),
        "q" | "qtr" | "qtrs" | "quarter" | "quarters" => return months(time, width * 3.0, zone),
        "y" | "yr" | "yrs" | "year" | "years" => return months(time, width * 12.0, zone),
        _ => return None,
    };
    let width = width * seconds;
    let start = start.unwrap_or(0.0);
    Some(((time - start) / width).floor() * width + start)
}

fn zoned(time: f64, zone: &TimeZone) -> Option<ZonedDateTime> {
    Timestamp::from_second(time.floor() as i64).ok().map(|time| time.to_zoned_datetime(zone.clone()))
}

fn days(time: f64, width: f64, start: Option<f64>, zone: &TimeZone) -> Option<f64> {
    if let Some(start) = start {
        let width = width * 86_400.0;
        return Some(((time - start) / width).floor() * width + start);
    }
    let midnight = zoned(time, zone)?.start_of_day().ok()?;
    let epoch = jiff::civil::date(1970, 1, 1);
    let day = f64::from((midnight.date() - epoch).get_days());
    let back = day.rem_euclid(width.max(1.0));
    let start = midnight.date().checked_sub(jiff::Span::new().days(back as i64)).ok()?;
    Some(start.to_zoned_datetime(zone.clone()).ok()?.timestamp().as_second() as f64)
}

fn months(time: f64, width: f64, zone: &TimeZone) -> Option<f64> {
    let date = zoned(time, zone)?.date();
    let month = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
    let width = (width as i64).max(1);
    let first = month - month.rem_euclid(width);
    let year = i16::try_from(first.div_euclid(12)).ok()?;
    let month = i8::try_from(first.rem_euclid(12) + 1).ok()?;
    let start = jiff::civil::Date::new(year, month, 1).ok()?;
    Some(start.to_zoned_datetime(zone.clone()).ok()?.timestamp().as_second() as f64)
}
