//! `mvzip`: values in pairs.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value;

/// `mvzip(X, Y, DELIMITER)`
pub const MVZIP: Function = Function {
    name: "mvzip",
    arguments: (2, Some(3)),
    syntax: "mvzip(X, Y, DELIMITER)",
    summary: "The first values joined, the second, and so on, by a comma or the delimiter; as many as both have.",
    examples: &[
        ("mvzip(split(\"a,b,c\", \",\"), split(\"1,2\", \",\"))", "a,1|b,2"),
        ("mvzip(split(\"a,b\", \",\"), split(\"1,2\", \",\"), \":\")", "a:1|b:2"),
        ("mvzip(\"a\", nosuch)", "null"),
    ],
    build: |call| Ok(call.kernel(value::multivalue(), run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [left, right, delimiter @ ..] = args else {
        return Ok(kernel::nulls(&value::multivalue(), rows));
    };
    Ok(kernel::lists(rows, |row| {
        let delimiter = match delimiter.first() {
            Some(delimiter) => delimiter.text(row),
            None => Some(",".into()),
        };
        let Some(delimiter) = delimiter else { return Vec::new() };
        let pairs = left.cell(row).texts().into_iter().zip(right.cell(row).texts());
        pairs.map(|(left, right)| format!("{left}{delimiter}{right}").into()).collect()
    }))
}
