//! `false()`: a condition.

use datafusion::logical_expr::{Expr, lit};
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};

/// `false()`
pub const FALSE: Function = Function {
    name: "false",
    arguments: (0, Some(0)),
    syntax: "false()",
    summary: "The condition that is always false.",
    examples: &[("if(false(), 1, 0)", "0"), ("if(NOT false(), 1, 0)", "1")],
    build,
};

fn build(_: Call<'_>) -> Result<Expr, Diagnostic> {
    Ok(lit(false))
}
