//! `relative_time`: a time moved by a modifier.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use super::modifier::{self, from_seconds, to_seconds};
use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::value::NUMBER;

/// `relative_time(TIME, MODIFIER)`
pub const RELATIVE_TIME: Function = Function {
    name: "relative_time",
    arguments: (2, Some(2)),
    syntax: "relative_time(TIME, MODIFIER)",
    summary: "The time moved by a modifier such as `-1d@d`; null if either is none.",
    examples: &[
        ("relative_time(1709210096, \"-2h@h\")", "1709200800"),
        ("relative_time(now(), \"-1d@d\")", "1795392000"),
        ("relative_time(\"x\", \"-1d\")", "null"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    if let Some(written) = call.literal(1)
        && modifier::apply(call.context.now, &call.context.zone.0, written).is_none()
    {
        return Err(call.argument_error(1, "a time modifier such as \"-1d@d\""));
    }
    Ok(call.kernel(NUMBER, run))
}

fn run(context: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [time, by] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    Ok(kernel::numbers(rows, |row| {
        let from = from_seconds(time.number(row)?)?;
        modifier::apply(from, &context.zone.0, &by.text(row)?).map(to_seconds)
    }))
}
