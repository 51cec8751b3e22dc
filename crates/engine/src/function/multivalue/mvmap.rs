//! `mvmap`: an expression for each value.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use super::per_value::{self, Groups};
use crate::function::{Call, Function};
use crate::kernel;
use crate::value::Values;

/// `mvmap(FIELD, EXPRESSION)`
pub const MVMAP: Function = Function {
    name: "mvmap",
    arguments: (2, Some(2)),
    syntax: "mvmap(FIELD, EXPRESSION)",
    summary: "The expression computed for each value of the field, which stands for that value in it.",
    examples: &[
        ("mvmap(nosuch, nosuch.\"x\")", "null"),
        ("mvmap(_time, _time*0)", "0"),
        ("mvmap(_time, mvappend(\"a\", \"b\"))", "a|b"),
    ],
    build,
};

fn build(mut call: Call<'_>) -> Result<Expr, Diagnostic> {
    if call.types.get(1) == Some(&DataType::Boolean) {
        return Err(call.argument_error(1, "a value"));
    }
    let Some(expr) = call.args.pop() else { return Ok(kernel::null_literal()) };
    match call.args.pop() {
        Some(Expr::Column(field)) => {
            let others = per_value::columns(&expr).into_iter().filter(|column| *column != field).collect();
            Ok(per_value::call("mvmap", expr, &field, others, collect))
        }
        // A field that no event has.
        Some(Expr::Literal(value, _)) if value.is_null() => Ok(kernel::null_literal()),
        _ => Err(call.argument_error(0, "a field")),
    }
}

fn collect(groups: &Groups, results: &ArrayRef) -> DataFusionResult<ArrayRef> {
    let results = Values::new(results)?;
    groups.regroup(|at| results.cell(at).texts())
}
