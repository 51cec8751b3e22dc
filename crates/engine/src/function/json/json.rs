//! `json` and `json_valid`: whether a text is JSON.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use sluice_events::format::json::tree;

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::TEXT;

/// `json(VALUE)`
pub const JSON: Function = Function {
    name: "json",
    arguments: (1, Some(1)),
    syntax: "json(VALUE)",
    summary: "The value if it is JSON, else null.",
    examples: &[
        ("json(\"{\\\"a\\\": 1}\")", "{\"a\": 1}"),
        ("json(\"not json\")", "null"),
        ("json(nosuch)", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, json)),
};

/// `json_valid(VALUE)`
pub const JSON_VALID: Function = Function {
    name: "json_valid",
    arguments: (1, Some(1)),
    syntax: "json_valid(VALUE)",
    summary: "True if the value is JSON; null for null.",
    examples: &[
        ("if(json_valid(\"[1, 2]\"), \"yes\", \"no\")", "yes"),
        ("if(json_valid(\"{a: 1}\"), \"yes\", \"no\")", "no"),
        ("if(json_valid(nosuch), \"yes\", \"no\")", "no"),
    ],
    build: |call| Ok(call.kernel(DataType::Boolean, valid)),
};

fn json(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [value] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(kernel::texts(rows, |row| value.text(row).filter(|text| tree::parse(text).is_some())))
}

fn valid(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [value] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    Ok(kernel::conditions(rows, |row| Some(tree::parse(&value.text(row)?).is_some())))
}
