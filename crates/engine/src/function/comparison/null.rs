//! `null()`: no value.

use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::kernel::null_literal;

/// `null()`
pub const NULL: Function = Function {
    name: "null",
    arguments: (0, Some(0)),
    syntax: "null()",
    summary: "No value; assigned to a field, it empties the field.",
    examples: &[("null()", "null"), ("if(1=2, \"a\", null())", "null")],
    build,
};

fn build(_: Call<'_>) -> Result<Expr, Diagnostic> {
    Ok(null_literal())
}
