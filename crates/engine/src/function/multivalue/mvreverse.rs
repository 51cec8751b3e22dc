//! `mvreverse`: the last value first.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value;

/// `mvreverse(X)`
pub const MVREVERSE: Function = Function {
    name: "mvreverse",
    arguments: (1, Some(1)),
    syntax: "mvreverse(X)",
    summary: "The values in the opposite order.",
    examples: &[("mvreverse(split(\"1,2,3\", \",\"))", "3|2|1"), ("mvreverse(nosuch)", "null")],
    build: |call| Ok(call.kernel(value::multivalue(), run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [values] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    Ok(kernel::lists(rows, |row| values.cell(row).texts().into_iter().rev().collect()))
}
