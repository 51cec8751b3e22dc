//! `mv_to_json_array`: the values of a field as a JSON array.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use sluice_events::format::json::tree::Json;

use crate::function::{Function, json};
use crate::kernel::{self, Arg, Context};
use crate::value::{Cell, TEXT};

/// `mv_to_json_array(X, INFER)`
pub const MV_TO_JSON_ARRAY: Function = Function {
    name: "mv_to_json_array",
    arguments: (1, Some(2)),
    syntax: "mv_to_json_array(X, INFER)",
    summary: "The values as a JSON array of strings; with `true()` each is read as JSON, and what is none becomes null.",
    examples: &[
        ("mv_to_json_array(split(\"a,1\", \",\"))", "[\"a\",\"1\"]"),
        ("mv_to_json_array(mvappend(\"\\\"a\\\"\", \"1\", \"true\", \"b\"), true())", "[\"a\",1,true,null]"),
        ("mv_to_json_array(nosuch)", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [values, infer @ ..] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(kernel::texts(rows, |row| {
        let infer = infer.first().is_some_and(|infer| matches!(infer.cell(row), Cell::Bool(true)));
        array(&values.cell(row), infer).map(Cow::Owned)
    }))
}

/// The values of a cell as a JSON array.
pub(crate) fn array(cell: &Cell<'_>, infer: bool) -> Option<String> {
    if cell.is_null() {
        return None;
    }
    let element =
        |text: Cow<'_, str>| if infer { json::inferred(&text) } else { Json::String(text.into_owned()) };
    Some(Json::Array(cell.texts().into_iter().map(element).collect()).to_string())
}
