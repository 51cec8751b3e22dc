//! `len`, and `length`, its other name: how many characters.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use super::each::single;
use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::NUMBER;

/// `len(TEXT)`
pub const LEN: Function = Function {
    name: "len",
    arguments: (1, Some(1)),
    syntax: "len(TEXT)",
    summary: "How many characters the text has; null for null and for several values.",
    examples: &[
        ("len(\"Grüße\")", "5"),
        ("len(\"\")", "0"),
        ("len(nosuch)", "null"),
        ("len(split(\"a,b\", \",\"))", "null"),
    ],
    build: |call| Ok(call.kernel(NUMBER, run)),
};

/// `length(TEXT)`
pub const LENGTH: Function = Function {
    name: "length",
    arguments: (1, Some(1)),
    syntax: "length(TEXT)",
    summary: "How many characters the text has; another name of `len`.",
    examples: &[("length(\"Grüße\")", "5"), ("length(nosuch)", "null")],
    build: |call| Ok(call.kernel(NUMBER, run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    Ok(kernel::numbers(rows, |row| Some(single(&text.cell(row))?.chars().count() as f64)))
}
