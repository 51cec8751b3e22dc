//! `json_extract` and `json_extract_exact`: values of a JSON document.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use sluice_events::format::json::tree::Json;

use super::argument::{self, Paths};
use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::structured::{Path, json};
use crate::value::TEXT;

/// `json_extract(JSON, PATH, …)`
pub const JSON_EXTRACT: Function = Function {
    name: "json_extract",
    arguments: (1, None),
    syntax: "json_extract(JSON, PATH, …)",
    summary: "The value at a path such as `a{0}.b`; with `{}` or several paths a JSON array; without a path the document itself.",
    examples: &[
        ("json_extract(\"{\\\"a\\\": [{\\\"b\\\": \\\"x\\\"}, {\\\"b\\\": 2}]}\", \"a{0}.b\")", "x"),
        ("json_extract(\"{\\\"a\\\": [{\\\"b\\\": \\\"x\\\"}, {\\\"b\\\": 2}]}\", \"a{}.b\")", "[\"x\",2]"),
        (
            "json_extract(\"{\\\"a\\\": 1, \\\"b\\\": {\\\"c\\\": true}}\", \"b\", \"a\", \"x\")",
            "[{\"c\":true},1,null]",
        ),
        ("json_extract(\"\\\"text\\\"\")", "text"),
        ("json_extract(\"{\\\"a\\\": null}\", \"a\")", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, extract)),
};

/// `json_extract_exact(JSON, KEY, …)`
pub const JSON_EXTRACT_EXACT: Function = Function {
    name: "json_extract_exact",
    arguments: (1, None),
    syntax: "json_extract_exact(JSON, KEY, …)",
    summary: "The value of a key of an object, which is taken as it is; of several keys a JSON array.",
    examples: &[
        ("json_extract_exact(\"{\\\"a.b\\\": \\\"/opt\\\"}\", \"a.b\")", "/opt"),
        ("json_extract_exact(\"{\\\"a\\\": 1, \\\"b\\\": \\\"x\\\"}\", \"a\", \"b\")", "[1,\"x\"]"),
        ("json_extract_exact(\"{\\\"a\\\": {\\\"b\\\": 1}}\", \"a.b\")", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, extract_exact)),
};

fn extract(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let Some((document, paths)) = args.split_first() else { return Ok(kernel::nulls(&TEXT, rows)) };
    let paths = Paths::new(paths);
    Ok(kernel::texts(rows, |row| {
        let json = argument::document(document, row)?;
        native(match paths.len() {
            0 => json,
            1 => at(&json, &*paths.get(0, row)?)?,
            count => Json::Array(
                (0..count)
                    .map(|path| paths.get(path, row).and_then(|path| at(&json, &path)).unwrap_or(Json::Null))
                    .collect(),
            ),
        })
    }))
}

/// The value at a path; those of a path with `{}` as an array. `{}` alone is the document.
fn at(json: &Json, path: &Path) -> Option<Json> {
    if *path == Path::parse("{}") {
        return Some(json.clone());
    }
    let mut found = json::select(json, path).into_iter().cloned();
    if !path.is_wild() {
        return found.next();
    }
    let found: Vec<Json> = found.collect();
    (!found.is_empty()).then_some(Json::Array(found))
}

fn extract_exact(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let Some((document, keys)) = args.split_first() else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(kernel::texts(rows, |row| {
        let json = argument::document(document, row)?;
        let of_key = |key: &Arg| {
            let (key, Json::Object(members)) = (key.text(row)?, &json) else { return None };
            members.iter().find(|(known, _)| *known == key).map(|(_, value)| value.clone())
        };
        native(match keys {
            [] => json,
            [key] => of_key(key)?,
            keys => Json::Array(keys.iter().map(|key| of_key(key).unwrap_or(Json::Null)).collect()),
        })
    }))
}

fn native(json: Json) -> Option<Cow<'static, str>> {
    json.text().map(Cow::Owned)
}
