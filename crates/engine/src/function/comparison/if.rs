//! `if`: one of two values.

use arrow::datatypes::DataType;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Case;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::lower::expr::{convert, unify};

/// `if(CONDITION, THEN, ELSE)`
pub const IF: Function = Function {
    name: "if",
    arguments: (3, Some(3)),
    syntax: "if(CONDITION, THEN, ELSE)",
    summary: "The first value if the condition is true, else the second; null is not true.",
    examples: &[("if(1=1, \"a\", \"b\")", "a"), ("if(match(nosuch, \"x\"), 1, 0)", "0")],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    let ([condition, then, otherwise], [is, left, right]) = (&call.args[..], &call.types[..]) else {
        return Err(call.argument_error(0, "a condition"));
    };
    if *is != DataType::Boolean {
        return Err(call.argument_error(0, "a condition"));
    }
    let kind = unify(left, right);
    let then = convert(then.clone(), left, &kind, call.context);
    let otherwise = convert(otherwise.clone(), right, &kind, call.context);
    Ok(Expr::Case(Case::new(
        None,
        vec![(Box::new(condition.clone()), Box::new(then))],
        Some(Box::new(otherwise)),
    )))
}
