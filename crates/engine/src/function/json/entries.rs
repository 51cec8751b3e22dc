//! `json_keys`, `json_entries` and `json_has_key_exact`: what a JSON object has.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use sluice_events::format::json::tree::Json;

use super::argument;
use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::TEXT;

/// `json_keys(JSON)`
pub const JSON_KEYS: Function = Function {
    name: "json_keys",
    arguments: (1, Some(1)),
    syntax: "json_keys(JSON)",
    summary: "The keys of an object as a JSON array; null for anything else.",
    examples: &[
        ("json_keys(\"{\\\"a\\\": 1, \\\"b\\\": {\\\"c\\\": 2}}\")", "[\"a\",\"b\"]"),
        ("json_keys(\"[1, 2]\")", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, |_, args, rows| members(args, rows, |(key, _)| Json::String(key)))),
};

/// `json_entries(JSON)`
pub const JSON_ENTRIES: Function = Function {
    name: "json_entries",
    arguments: (1, Some(1)),
    syntax: "json_entries(JSON)",
    summary: "The members of an object as a JSON array of objects with `key` and `value`.",
    examples: &[
        (
            "json_entries(\"{\\\"a\\\": 1, \\\"b\\\": [2]}\")",
            "[{\"key\":\"a\",\"value\":1},{\"key\":\"b\",\"value\":[2]}]",
        ),
        ("json_entries(\"{}\")", "[]"),
        ("json_entries(\"text\")", "null"),
    ],
    build: |call| {
        Ok(call.kernel(TEXT, |_, args, rows| {
            members(args, rows, |(key, value)| {
                Json::Object(vec![("key".to_owned(), Json::String(key)), ("value".to_owned(), value)])
            })
        }))
    },
};

/// `json_has_key_exact(JSON, KEY)`
pub const JSON_HAS_KEY_EXACT: Function = Function {
    name: "json_has_key_exact",
    arguments: (2, Some(2)),
    syntax: "json_has_key_exact(JSON, KEY)",
    summary: "True if the object has the key, which is taken as it is; null for null.",
    examples: &[
        ("if(json_has_key_exact(\"{\\\"a.b\\\": 1}\", \"a.b\"), \"yes\", \"no\")", "yes"),
        ("if(json_has_key_exact(json_object(\"a\", 1), \"b\"), \"yes\", \"no\")", "no"),
    ],
    build: |call| Ok(call.kernel(DataType::Boolean, has_key)),
};

fn members(args: &[Arg], rows: usize, entry: fn((String, Json)) -> Json) -> DataFusionResult<ArrayRef> {
    let [document] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(argument::texts(rows, |row| match argument::document(document, row)? {
        Json::Object(members) => Some(Json::Array(members.into_iter().map(entry).collect())),
        _ => None,
    }))
}

fn has_key(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [document, key] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    Ok(kernel::conditions(rows, |row| {
        let (text, key) = (document.text(row), key.text(row)?);
        text?;
        Some(match argument::document(document, row) {
            Some(Json::Object(members)) => members.iter().any(|(known, _)| *known == key),
            _ => false,
        })
    }))
}
