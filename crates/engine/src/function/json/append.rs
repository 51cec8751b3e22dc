//! `json_append` and `json_extend`: values at the end of arrays in a JSON document.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_events::format::json::tree::Json;
use sluice_spl::diagnostic::Diagnostic;

use super::argument::{self, Paths};
use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context, Run};
use crate::structured::json;
use crate::value::TEXT;

/// `json_append(JSON, PATH, VALUE, …)`
pub const JSON_APPEND: Function = Function {
    name: "json_append",
    arguments: (3, None),
    syntax: "json_append(JSON, PATH, VALUE, …)",
    summary: "The document with each value at the end of the array at its path; what is no array becomes the first element of one.",
    examples: &[
        ("json_append(\"{\\\"a\\\": [1]}\", \"a\", \"b\")", "{\"a\":[1,\"b\"]}"),
        ("json_append(\"{\\\"a\\\": [1]}\", \"a\", json_array(2, 3))", "{\"a\":[1,[2,3]]}"),
        ("json_append(\"{\\\"a\\\": \\\"x\\\"}\", \"a\", true(), \"b\", 1)", "{\"a\":[\"x\",true]}"),
    ],
    build: |call| build(call, append),
};

/// `json_extend(JSON, PATH, ARRAY, …)`
pub const JSON_EXTEND: Function = Function {
    name: "json_extend",
    arguments: (3, None),
    syntax: "json_extend(JSON, PATH, ARRAY, …)",
    summary: "The document with the elements of each array at the end of the array at its path.",
    examples: &[
        ("json_extend(\"{\\\"a\\\": [1]}\", \"a\", json_array(2, json_array(3)))", "{\"a\":[1,2,[3]]}"),
        ("json_extend(\"{\\\"a\\\": {\\\"b\\\": 1}}\", \"a.b\", json_array(2))", "{\"a\":{\"b\":[1,2]}}"),
        ("json_extend(nosuch, \"a\", json_array(2))", "null"),
    ],
    build: |call| build(call, extend),
};

fn build(call: Call<'_>, run: Run) -> Result<Expr, Diagnostic> {
    if call.args.len().is_multiple_of(2) {
        return Err(call.argument_error(call.args.len() - 1, "followed by a value"));
    }
    Ok(call.kernel(TEXT, run))
}

fn append(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    changed(args, rows, |array, value| array.push(value))
}

fn extend(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    changed(args, rows, |array, value| match value {
        Json::Array(values) => array.extend(values),
        single => array.push(single),
    })
}

fn changed(args: &[Arg], rows: usize, add: fn(&mut Vec<Json>, Json)) -> DataFusionResult<ArrayRef> {
    let Some((document, pairs)) = args.split_first() else { return Ok(kernel::nulls(&TEXT, rows)) };
    let paths = Paths::new(pairs.iter().step_by(2));
    Ok(argument::texts(rows, |row| {
        let mut json = argument::document(document, row)?;
        for (at, value) in pairs.iter().skip(1).step_by(2).enumerate() {
            let value = argument::value(value, row);
            json::change(&mut json, &*paths.get(at, row)?, &mut |place| {
                if !matches!(place, Json::Array(_)) {
                    *place = Json::Array(vec![std::mem::replace(place, Json::Null)]);
                }
                if let Json::Array(values) = place {
                    add(values, value.clone());
                }
            });
        }
        Some(json)
    }))
}
