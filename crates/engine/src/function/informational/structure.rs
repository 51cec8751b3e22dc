//! `isarray`, `isobject`: whether a text is JSON of a kind.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use sluice_events::format::json::tree::{self, Json};

use crate::function::Function;
use crate::kernel::{self, Arg};
use crate::value::Cell;

/// `isarray(VALUE)`
pub const ISARRAY: Function = Function {
    name: "isarray",
    arguments: (1, Some(1)),
    syntax: "isarray(VALUE)",
    summary: "True if the value is a JSON array.",
    examples: &[
        ("if(isarray(\"[1, 2, 3]\"), \"yes\", \"no\")", "yes"),
        ("if(isarray(1), \"yes\", \"no\")", "no"),
        ("if(isarray(nosuch), \"yes\", \"no\")", "no"),
    ],
    build: |call| {
        Ok(call.kernel(DataType::Boolean, |_, args, rows| {
            tested(args, rows, '[', |json| matches!(json, Json::Array(_)))
        }))
    },
};

/// `isobject(VALUE)`
pub const ISOBJECT: Function = Function {
    name: "isobject",
    arguments: (1, Some(1)),
    syntax: "isobject(VALUE)",
    summary: "True if the value is a JSON object.",
    examples: &[
        ("if(isobject(json_object(\"a\", 1)), \"yes\", \"no\")", "yes"),
        ("if(isobject(\"{cities: 3}\"), \"yes\", \"no\")", "no"),
    ],
    build: |call| {
        Ok(call.kernel(DataType::Boolean, |_, args, rows| {
            tested(args, rows, '{', |json| matches!(json, Json::Object(_)))
        }))
    },
};

fn tested(args: &[Arg], rows: usize, start: char, test: fn(&Json) -> bool) -> DataFusionResult<ArrayRef> {
    let [value] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    Ok(kernel::conditions(rows, |row| {
        let text = match value.cell(row) {
            Cell::List(list) if list.len() > 1 => None,
            cell => cell.text(),
        };
        let starts = |text: &str| text.trim_ascii_start().starts_with(start);
        Some(text.is_some_and(|text| starts(&text) && tree::parse(&text).is_some_and(|json| test(&json))))
    }))
}
