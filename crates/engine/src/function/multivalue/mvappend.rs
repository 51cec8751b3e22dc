//! `mvappend`: several values become one field.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value;

/// `mvappend(X, …)`
pub const MVAPPEND: Function = Function {
    name: "mvappend",
    arguments: (1, None),
    syntax: "mvappend(X, …)",
    summary: "All values of all arguments in order; null adds nothing.",
    examples: &[
        ("mvappend(\"a\", split(\"b,c\", \",\"), nosuch)", "a|b|c"),
        ("mvappend(1, \"x\")", "1|x"),
        ("mvappend(nosuch)", "null"),
    ],
    build: |call| Ok(call.kernel(value::multivalue(), run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(kernel::lists(rows, |row| args.iter().flat_map(|arg| arg.cell(row).texts()).collect()))
}
