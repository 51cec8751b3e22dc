//! `nullif`: no value where two values are equal.

use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Case;
use sluice_spl::diagnostic::Diagnostic;

use super::equal::equal;
use crate::function::{Call, Function};

/// `nullif(VALUE, OTHER)`
pub const NULLIF: Function = Function {
    name: "nullif",
    arguments: (2, Some(2)),
    syntax: "nullif(VALUE, OTHER)",
    summary: "The first value; no value if both are equal.",
    examples: &[("nullif(\"a\", \"b\")", "a"), ("nullif(\"a\", \"a\")", "null"), ("nullif(1, 1.0)", "null")],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    let (Some(equal), Some(value)) = (equal(&call, 0, 1), call.args.first()) else {
        return Err(call.argument_error(0, "a value"));
    };
    let differs = Box::new(Expr::IsNotTrue(Box::new(equal)));
    Ok(Expr::Case(Case::new(None, vec![(differs, Box::new(value.clone()))], None)))
}
