//! `in`: whether a value is one of several.

use datafusion::logical_expr::{Expr, lit};
use sluice_spl::diagnostic::Diagnostic;

use super::equal::equal;
use crate::function::{Call, Function};

/// `in(VALUE, CANDIDATE, …)`
pub const IN: Function = Function {
    name: "in",
    arguments: (2, None),
    syntax: "in(VALUE, CANDIDATE, …)",
    summary: "True if the value equals one of the candidates; null for null. Without wildcards.",
    examples: &[
        ("if(in(\"404\", \"403\", \"404\"), 1, 0)", "1"),
        ("if(in(5, 1, 2), 1, 0)", "0"),
        ("if(in(\"admin\", \"adm*\"), 1, 0)", "0"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    let equals = (1..call.args.len()).filter_map(|at| equal(&call, 0, at));
    Ok(equals.reduce(Expr::or).unwrap_or_else(|| lit(false)))
}
