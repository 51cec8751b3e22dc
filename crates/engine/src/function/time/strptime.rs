//! `strptime`: text as a time.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use super::parse;
use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::value::NUMBER;

/// `strptime(TEXT, FORMAT)`
pub const STRPTIME: Function = Function {
    name: "strptime",
    arguments: (2, Some(2)),
    syntax: "strptime(TEXT, FORMAT)",
    summary: "The time that a text names, in seconds since 1970; null if the format does not fit.",
    examples: &[
        ("strptime(\"2024-01-15 10:00:00 +0200\", \"%Y-%m-%d %H:%M:%S %z\")", "1705305600"),
        ("strptime(\"2024-01-15T10:00:00.250Z\", \"%Y-%m-%dT%H:%M:%S.%3N%Z\")", "1705312800.25"),
        ("strptime(\"Jan 5 2024 01:02 PM\", \"%b %d %Y %I:%M %p\")", "1704459720"),
        ("strptime(\"soon\", \"%Y\")", "null"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    Ok(call.kernel(NUMBER, run))
}

fn run(context: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text, format] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    Ok(kernel::numbers(rows, |row| {
        let (text, format) = (text.text(row)?, format.text(row)?);
        parse::seconds(&text, &format, context.now, &context.zone.0)
    }))
}
