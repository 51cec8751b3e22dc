//! `mvfilter`: the values for which a condition is true.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use super::per_value::{self, Groups};
use crate::function::{Call, Function};
use crate::kernel;

/// `mvfilter(CONDITION)`
pub const MVFILTER: Function = Function {
    name: "mvfilter",
    arguments: (1, Some(1)),
    syntax: "mvfilter(CONDITION)",
    summary: "The values of the one field in a condition for which it is true.",
    examples: &[
        ("mvfilter(match(nosuch, \"a\"))", "null"),
        ("mvcount(mvfilter(_time>0))", "1"),
        ("mvfilter(_time<0)", "null"),
    ],
    build,
};

fn build(mut call: Call<'_>) -> Result<Expr, Diagnostic> {
    if call.types.first() != Some(&DataType::Boolean) {
        return Err(call.argument_error(0, "a condition"));
    }
    let Some(condition) = call.args.pop() else { return Ok(kernel::null_literal()) };
    let mut columns = per_value::columns(&condition);
    match (columns.pop(), columns.pop()) {
        (None, _) => Ok(kernel::null_literal()),
        (Some(field), None) => Ok(per_value::call("mvfilter", condition, &field, Vec::new(), keep)),
        _ => Err(call.argument_error(0, "a condition about one field")),
    }
}

fn keep(groups: &Groups, condition: &ArrayRef) -> DataFusionResult<ArrayRef> {
    let condition = condition.as_boolean();
    groups.regroup(|at| {
        let keep = condition.is_valid(at) && condition.value(at);
        groups.value(at).filter(|_| keep).into_iter().collect()
    })
}
