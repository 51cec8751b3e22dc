//! `json_array_to_mv`: the elements of a JSON array as a multivalue field.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use sluice_events::format::json::tree::Json;

use super::argument;
use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::{self, Cell};

/// `json_array_to_mv(JSON, QUOTES)`
pub const JSON_ARRAY_TO_MV: Function = Function {
    name: "json_array_to_mv",
    arguments: (1, Some(2)),
    syntax: "json_array_to_mv(JSON, QUOTES)",
    summary: "The elements of a JSON array as several values; with `true()` strings keep their quotes. Null for anything else.",
    examples: &[
        ("json_array_to_mv(\"[\\\"a\\\", 1, {\\\"b\\\": null}]\")", "a|1|{\"b\":null}"),
        ("json_array_to_mv(json_array(\"a\", \"b\"), true())", "\"a\"|\"b\""),
        ("json_array_to_mv(\"{\\\"a\\\": 1}\")", "null"),
    ],
    build: |call| Ok(call.kernel(value::multivalue(), run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [array, quotes @ ..] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    Ok(kernel::lists(rows, |row| {
        let quotes = quotes.first().is_some_and(|quotes| matches!(quotes.cell(row), Cell::Bool(true)));
        match argument::document(array, row) {
            Some(Json::Array(values)) => values.into_iter().map(|value| element(value, quotes)).collect(),
            _ => Vec::new(),
        }
    }))
}

fn element(value: Json, quotes: bool) -> Cow<'static, str> {
    Cow::Owned(match value {
        Json::String(text) if !quotes => text,
        other => other.to_string(),
    })
}
