//! `json_object`: keys and values become a JSON object.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_events::format::json::tree::Json;
use sluice_spl::diagnostic::Diagnostic;

use super::argument;
use crate::function::{Call, Function};
use crate::kernel::{Arg, Context};
use crate::value::TEXT;

/// `json_object(KEY, VALUE, …)`
pub const JSON_OBJECT: Function = Function {
    name: "json_object",
    arguments: (0, None),
    syntax: "json_object(KEY, VALUE, …)",
    summary: "A JSON object. Null, conditions, several values and JSON keep their kind; a field's text that looks like a number is one.",
    examples: &[
        ("json_object(\"name\", \"eve\", \"tries\", 3)", "{\"name\":\"eve\",\"tries\":3}"),
        ("json_object(\"a\", json_array(true(), null()))", "{\"a\":[true,null]}"),
        ("json_object(\"ports\", split(\"22,80\", \",\"))", "{\"ports\":[22,80]}"),
        ("json_object(\"text\", \"7\")", "{\"text\":\"7\"}"),
        ("json_object(\"a\", json_object())", "{\"a\":{}}"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    if call.args.len() % 2 == 1 {
        return Err(call.argument_error(call.args.len() - 1, "followed by a value"));
    }
    Ok(call.kernel(TEXT, run))
}

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(argument::texts(rows, |row| {
        let mut members: Vec<(String, Json)> = Vec::new();
        for pair in args.chunks_exact(2) {
            let [key, value] = pair else { continue };
            let key = key.text(row)?.into_owned();
            let value = argument::value(value, row);
            match members.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => *known = value,
                None => members.push((key, value)),
            }
        }
        Some(Json::Object(members))
    }))
}
