//! `mvjoin`: several values become one text.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::TEXT;

/// `mvjoin(X, DELIMITER)`
pub const MVJOIN: Function = Function {
    name: "mvjoin",
    arguments: (2, Some(2)),
    syntax: "mvjoin(X, DELIMITER)",
    summary: "The values as one text with the delimiter between them.",
    examples: &[
        ("mvjoin(split(\"a,b,c\", \",\"), \"; \")", "a; b; c"),
        ("mvjoin(\"one\", \",\")", "one"),
        ("mvjoin(nosuch, \",\")", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [values, delimiter] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(kernel::texts(rows, |row| {
        let texts = values.cell(row).texts();
        let delimiter = delimiter.text(row)?;
        if texts.is_empty() { None } else { Some(texts.join(delimiter.as_ref()).into()) }
    }))
}
