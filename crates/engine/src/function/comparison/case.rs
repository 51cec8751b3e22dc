//! `case`: the value of the first condition that is true.

use arrow::datatypes::DataType;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Case;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::lower::expr::{convert, unify};

/// `case(CONDITION, VALUE, …)`
pub const CASE: Function = Function {
    name: "case",
    arguments: (2, None),
    syntax: "case(CONDITION, VALUE, …)",
    summary: "The value of the first condition that is true; no value if none is.",
    examples: &[("case(1=2, \"a\", true(), \"b\")", "b"), ("case(1=2, \"a\")", "null")],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    if call.args.len() % 2 == 1 {
        return Err(call.argument_error(call.args.len() - 1, "followed by a value"));
    }
    if let Some(at) = (0..call.args.len()).step_by(2).find(|&at| call.types[at] != DataType::Boolean) {
        return Err(call.argument_error(at, "a condition"));
    }
    let values = call.types.iter().skip(1).step_by(2);
    let kind = values.cloned().reduce(|left, right| unify(&left, &right)).unwrap_or(DataType::Utf8View);
    let mut branches = Vec::new();
    let mut args = call.args.into_iter().zip(call.types);
    while let (Some((condition, _)), Some((value, from))) = (args.next(), args.next()) {
        branches.push((Box::new(condition), Box::new(convert(value, &from, &kind, call.context))));
    }
    Ok(Expr::Case(Case::new(None, branches, None)))
}
