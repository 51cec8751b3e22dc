//! `toarray`, `toobject`, `tomv`: JSON from text and values, and values from JSON.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use sluice_events::format::json::tree::{self, Json};

use crate::function::multivalue::mv_to_json_array::array;
use crate::function::{Function, json};
use crate::kernel::{self, Arg, Context};
use crate::value::{self, Cell, TEXT};

/// `toarray(VALUE)`
pub const TOARRAY: Function = Function {
    name: "toarray",
    arguments: (1, Some(1)),
    syntax: "toarray(VALUE)",
    summary: "A text that is a JSON array, or several values as one, each of the kind that it looks like; null for anything else.",
    examples: &[
        ("toarray(split(\"1, 2, 3\", \",\"))", "[1,2,3]"),
        ("toarray(\"[\\\"carrots\\\", 1.00, 1.75]\")", "[\"carrots\",1,1.75]"),
        ("toarray(\"text\")", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, to_array)),
};

/// `toobject(VALUE)`
pub const TOOBJECT: Function = Function {
    name: "toobject",
    arguments: (1, Some(1)),
    syntax: "toobject(VALUE)",
    summary: "A text that is a JSON object; null for anything else.",
    examples: &[
        ("toobject(\"{\\\"name\\\": \\\"eve\\\", \\\"age\\\": 25.0}\")", "{\"name\":\"eve\",\"age\":25}"),
        ("toobject(\"[1]\")", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, to_object)),
};

/// `tomv(VALUE)`
pub const TOMV: Function = Function {
    name: "tomv",
    arguments: (1, Some(1)),
    syntax: "tomv(VALUE)",
    summary: "The elements of a JSON array as several values, strings with their quotes; several values as they are.",
    examples: &[
        ("tomv(json_array(\"a\", json_object(\"b\", 1)))", "\"a\"|{\"b\":1}"),
        ("tomv(split(\"a,b\", \",\"))", "a|b"),
        ("tomv(\"text\")", "null"),
    ],
    build: |call| Ok(call.kernel(value::multivalue(), to_mv)),
};

fn to_array(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [value] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(kernel::texts(rows, |row| match value.cell(row) {
        Cell::List(list) if list.len() > 1 => array(&Cell::List(list), true).map(Cow::Owned),
        cell => match tree::parse(&cell.text()?)? {
            Json::Array(values) => Some(Cow::Owned(plain(Json::Array(values)).to_string())),
            _ => None,
        },
    }))
}

fn to_object(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [value] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(kernel::texts(rows, |row| match tree::parse(&value.text(row)?)? {
        Json::Object(members) => Some(Cow::Owned(plain(Json::Object(members)).to_string())),
        _ => None,
    }))
}

fn to_mv(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [value] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    Ok(kernel::lists(rows, |row| match value.cell(row) {
        Cell::List(list) if list.len() > 1 => list.iter().map(Cow::Borrowed).collect(),
        cell => match cell.text().and_then(|text| tree::parse(&text)) {
            Some(Json::Array(values)) => values.iter().map(|value| Cow::Owned(value.to_string())).collect(),
            _ => Vec::new(),
        },
    }))
}

/// Its numbers as SPL writes them: `1.00` is `1`.
// Recursion is bounded: documents are at most 128 levels deep.
fn plain(json: Json) -> Json {
    match json {
        Json::Number(text) => text.parse().map_or(Json::Number(text), json::number),
        Json::Array(values) => Json::Array(values.into_iter().map(plain).collect()),
        Json::Object(members) => {
            Json::Object(members.into_iter().map(|(key, value)| (key, plain(value))).collect())
        }
        other => other,
    }
}
