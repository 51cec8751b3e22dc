//! `mvsort`: values in order.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value;

/// `mvsort(X)`
pub const MVSORT: Function = Function {
    name: "mvsort",
    arguments: (1, Some(1)),
    syntax: "mvsort(X)",
    summary: "The values in the order of their characters, numbers too.",
    examples: &[("mvsort(split(\"b,10,9,B\", \",\"))", "10|9|B|b"), ("mvsort(nosuch)", "null")],
    build: |call| Ok(call.kernel(value::multivalue(), run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [values] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    Ok(kernel::lists(rows, |row| {
        let mut texts = values.cell(row).texts();
        texts.sort();
        texts
    }))
}
