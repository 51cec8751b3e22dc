//! `time`: the time at which an event is processed.

use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use super::modifier::to_seconds;
use crate::function::{Call, Function};
use crate::kernel::number_literal;

/// `time()`
///
/// DIFFERS: it is the same for all events of a run, so that runs repeat.
pub const TIME: Function = Function {
    name: "time",
    arguments: (0, Some(0)),
    syntax: "time()",
    summary: "The time of the run in seconds since 1970, with a fraction.",
    examples: &[("time()", "1795554842"), ("if(time()>=now(), \"later\", \"before\")", "later")],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    Ok(number_literal(to_seconds(call.context.now)))
}
