//! `true()`: a condition.

use datafusion::logical_expr::{Expr, lit};
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};

/// `true()`
pub const TRUE: Function = Function {
    name: "true",
    arguments: (0, Some(0)),
    syntax: "true()",
    summary: "The condition that is always true.",
    examples: &[("if(true(), 1, 0)", "1"), ("case(true(), \"always\")", "always")],
    build,
};

fn build(_: Call<'_>) -> Result<Expr, Diagnostic> {
    Ok(lit(true))
}
