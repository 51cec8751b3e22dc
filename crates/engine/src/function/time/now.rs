//! `now`: when the query started.

use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::kernel::number_literal;

/// `now()`
pub const NOW: Function = Function {
    name: "now",
    arguments: (0, Some(0)),
    syntax: "now()",
    summary: "The time the query started, in whole seconds since 1970.",
    examples: &[("now()", "1795554842"), ("strftime(now(), \"%F %T\")", "2026-11-24 21:14:02")],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    Ok(number_literal(call.context.now.as_second() as f64))
}
