//! `strftime`: a time as text.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use jiff::tz::TimeZone;

use super::format;
use super::modifier::from_seconds;
use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::value::TEXT;

/// `strftime(TIME, FORMAT)`
pub const STRFTIME: Function = Function {
    name: "strftime",
    arguments: (2, Some(2)),
    syntax: "strftime(TIME, FORMAT)",
    summary: "The time as text in the user's time zone, as the format says.",
    examples: &[
        ("strftime(1745970322, \"%Y-%m-%d %H:%M:%S %z\")", "2025-04-29 23:45:22 +0000"),
        ("strftime(1745970322.125, \"%b %e, %I:%M:%S.%3N %p\")", "Apr 29, 11:45:22.125 PM"),
        ("strftime(1745970322.5, \"%T.%6N %j %V %w %Q %:z %%\")", "23:45:22.500000 119 18 2 500 +00:00 %"),
        (
            "strftime(1745970322, \"%+|%c|%x %X\")",
            "Tue Apr 29 23:45:22 UTC 2025|Tue Apr 29 23:45:22 2025|04/29/2025 23:45:22",
        ),
        ("strftime(1745970322, \"%::z %:::z\")", "+00:00:00 +00"),
        ("strftime(\"x\", \"%Y\")", "null"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    Ok(call.kernel(TEXT, run))
}

fn run(context: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [time, written] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    let constant = written.constant().and_then(|format| format.text()).map(|format| translate(&format));
    Ok(kernel::texts(rows, |row| {
        let format = match &constant {
            Some(format) => Cow::Borrowed(format.as_str()),
            None => Cow::Owned(translate(&written.text(row)?)),
        };
        shown(time.number(row)?, &format, &context.zone.0).map(Cow::Owned)
    }))
}

/// A time as text, by a format that [`translate`] gave.
pub(crate) fn shown(seconds: f64, format: &str, zone: &TimeZone) -> Option<String> {
    let moment = from_seconds(seconds)?.to_zoned_datetime(zone.clone());
    jiff::fmt::strtime::format(format, &moment).ok()
}

pub(crate) use format::translate;
