//! `isnull`, `isnotnull`: whether there is a value.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::value::{is_mixed, is_multivalue};

/// `isnull(VALUE)`
pub const ISNULL: Function = Function {
    name: "isnull",
    arguments: (1, Some(1)),
    syntax: "isnull(VALUE)",
    summary: "True if there is no value; an empty string is a value.",
    examples: &[("if(isnull(nosuch), 1, 0)", "1"), ("if(isnull(\"\"), 1, 0)", "0")],
    build: |call| null(call, is_null),
};

/// `isnotnull(VALUE)`
pub const ISNOTNULL: Function = Function {
    name: "isnotnull",
    arguments: (1, Some(1)),
    syntax: "isnotnull(VALUE)",
    summary: "True if there is a value; an empty string is one.",
    examples: &[("if(isnotnull(nosuch), 1, 0)", "0"), ("if(isnotnull(\"\"), 1, 0)", "1")],
    build: |call| null(call, is_not_null),
};

fn null(call: Call<'_>, test: fn(Expr, &DataType, &Context) -> Expr) -> Result<Expr, Diagnostic> {
    match (call.args.first(), call.types.first()) {
        (Some(arg), Some(kind)) => Ok(test(arg.clone(), kind, call.context)),
        _ => Err(call.argument_error(0, "a value")),
    }
}

/// The condition that an expression has no value.
pub(crate) fn is_null(expr: Expr, kind: &DataType, context: &Context) -> Expr {
    if is_mixed(kind) || is_multivalue(kind) {
        let run: kernel::Run = |_, args, rows| tested(args, rows, true);
        return kernel::call("isnull", DataType::Boolean, context, run, vec![expr]);
    }
    expr.is_null()
}

/// The condition that an expression has a value.
pub(crate) fn is_not_null(expr: Expr, kind: &DataType, context: &Context) -> Expr {
    if is_mixed(kind) || is_multivalue(kind) {
        let run: kernel::Run = |_, args, rows| tested(args, rows, false);
        return kernel::call("isnotnull", DataType::Boolean, context, run, vec![expr]);
    }
    expr.is_not_null()
}

/// A mixed column is never null itself, a list may be empty: their cells know.
fn tested(args: &[Arg], rows: usize, wanted: bool) -> DataFusionResult<ArrayRef> {
    let [arg] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    Ok(kernel::conditions(rows, |row| Some(arg.cell(row).is_null() == wanted)))
}
