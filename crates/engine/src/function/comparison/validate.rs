//! `validate`: the value of the first condition that is false.

use arrow::datatypes::DataType;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Case;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::lower::expr::{convert, unify};

/// `validate(CONDITION, VALUE, …)`
pub const VALIDATE: Function = Function {
    name: "validate",
    arguments: (2, None),
    syntax: "validate(CONDITION, VALUE, …)",
    summary: "The value of the first condition that is false; no value if none is. The opposite of `case`.",
    examples: &[("validate(1=1, \"a\", 1=2, \"b\")", "b"), ("validate(1=1, \"a\")", "null")],
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
        let fails = Expr::IsFalse(Box::new(condition));
        branches.push((Box::new(fails), Box::new(convert(value, &from, &kind, call.context))));
    }
    Ok(Expr::Case(Case::new(None, branches, None)))
}
