//! `spath`: values of a JSON or XML text by their path.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use super::each::single;
use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::structured::{Document, Path};
use crate::value;

/// `spath(TEXT, PATH)`
pub const SPATH: Function = Function {
    name: "spath",
    arguments: (2, Some(2)),
    syntax: "spath(TEXT, PATH)",
    summary: "The values at a path in JSON or XML: `a.b`, `a{}` for each element, `a{0}` for the first of JSON, `a{1}` of XML, `a{@b}` for an attribute.",
    examples: &[
        ("spath(\"{\\\"a\\\": {\\\"b\\\": [1, 2]}}\", \"a.b{}\")", "1|2"),
        ("spath(\"{\\\"a\\\": [\\\"x\\\", \\\"y\\\"]}\", \"a{1}\")", "y"),
        ("spath(\"{\\\"a\\\": [1, 2]}\", \"a\")", "[1,2]"),
        ("spath(\"<a><b c='1'>x</b><b>y</b></a>\", \"a.b\")", "x|y"),
        ("spath(\"<a><b c='1'>x</b><b>y</b></a>\", \"a.b{1}{@c}\")", "1"),
        ("spath(\"no structure\", \"a\")", "null"),
    ],
    build: |call| Ok(call.kernel(value::multivalue(), run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text, path] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    let shared = path.constant().and_then(|cell| cell.text()).map(|path| Path::parse(&path));
    Ok(kernel::lists(rows, |row| {
        let Some(document) = single(&text.cell(row)).and_then(|text| Document::parse(&text)) else {
            return Vec::new();
        };
        let found = match &shared {
            Some(path) => document.select(path),
            None => {
                let paths = path.cell(row);
                paths.texts().iter().flat_map(|path| document.select(&Path::parse(path))).collect()
            }
        };
        found.into_iter().map(Cow::Owned).collect()
    }))
}
