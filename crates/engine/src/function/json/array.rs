//! `json_array`: values become a JSON array.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use sluice_events::format::json::tree::Json;

use super::argument;
use crate::function::Function;
use crate::kernel::{Arg, Context};
use crate::value::TEXT;

/// `json_array(VALUE, …)`
pub const JSON_ARRAY: Function = Function {
    name: "json_array",
    arguments: (0, None),
    syntax: "json_array(VALUE, …)",
    summary: "A JSON array of the values, which keep their kind as in `json_object`.",
    examples: &[
        ("json_array(\"a\", 1.5, false(), null())", "[\"a\",1.5,false,null]"),
        ("json_array(\"x\", json_object(\"y\", \"z\"))", "[\"x\",{\"y\":\"z\"}]"),
        ("json_array()", "[]"),
    ],
    build: |call| Ok(call.kernel(TEXT, run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(argument::texts(rows, |row| {
        Some(Json::Array(args.iter().map(|arg| argument::value(arg, row)).collect()))
    }))
}
