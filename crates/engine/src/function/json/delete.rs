//! `json_delete`: a JSON object without some of its keys.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use sluice_events::format::json::tree::{self, Json};

use super::argument;
use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::structured::{Path, json};
use crate::value::TEXT;

/// `json_delete(JSON, KEY, …)`
pub const JSON_DELETE: Function = Function {
    name: "json_delete",
    arguments: (2, None),
    syntax: "json_delete(JSON, KEY, …)",
    summary: "The object without these keys; `a.b` is a key of a nested object, a JSON array stands for its elements.",
    examples: &[
        (
            "json_delete(\"{\\\"a\\\": 1, \\\"b\\\": {\\\"c\\\": 2, \\\"d\\\": 3}}\", \"a\", \"b.c\")",
            "{\"b\":{\"d\":3}}",
        ),
        ("json_delete(\"{\\\"a\\\": 1, \\\"b\\\": 2}\", json_array(\"a\", \"b\"))", "{}"),
        ("json_delete(\"{\\\"a\\\": 1}\", \"x\")", "{\"a\":1}"),
        ("json_delete(\"no json\", \"x\")", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let Some((document, keys)) = args.split_first() else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(argument::texts(rows, |row| {
        let mut json = argument::document(document, row)?;
        for key in keys.iter().flat_map(|key| key.cell(row).texts()) {
            match tree::parse(&key) {
                Some(Json::Array(keys)) => {
                    let keys = keys.iter().filter_map(Json::text);
                    keys.for_each(|key| json::delete(&mut json, &Path::parse(&key)));
                }
                _ => json::delete(&mut json, &Path::parse(&key)),
            }
        }
        Some(json)
    }))
}
