//! `mvcount`: how many values.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::{Cell, NUMBER};

/// `mvcount(X)`
pub const MVCOUNT: Function = Function {
    name: "mvcount",
    arguments: (1, Some(1)),
    syntax: "mvcount(X)",
    summary: "How many values the field has; null for none.",
    examples: &[
        ("mvcount(split(\"x,y,z\", \",\"))", "3"),
        ("mvcount(\"one\")", "1"),
        ("mvcount(nosuch)", "null"),
    ],
    build: |call| Ok(call.kernel(NUMBER, run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [values] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    Ok(kernel::numbers(rows, |row| match values.cell(row) {
        cell if cell.is_null() => None,
        Cell::List(list) => Some(list.len() as f64),
        _ => Some(1.0),
    }))
}
