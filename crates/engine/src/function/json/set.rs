//! `json_set` and `json_set_exact`: values put into a JSON document.

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

/// `json_set(JSON, PATH, VALUE, …)`
pub const JSON_SET: Function = Function {
    name: "json_set",
    arguments: (3, None),
    syntax: "json_set(JSON, PATH, VALUE, …)",
    summary: "The document with each value at its path; missing keys are made, a path that does not fit changes nothing.",
    examples: &[
        ("json_set(\"{\\\"a\\\": 1}\", \"a\", \"x\", \"b.c\", 2)", "{\"a\":\"x\",\"b\":{\"c\":2}}"),
        ("json_set(\"{\\\"a\\\": [{}, {}]}\", \"a{}.on\", true())", "{\"a\":[{\"on\":true},{\"on\":true}]}"),
        ("json_set(\"{\\\"a\\\": \\\"b\\\"}\", \"a.c\", \"d\")", "{\"a\":\"b\"}"),
    ],
    build: |call| build(call, set),
};

/// `json_set_exact(JSON, KEY, VALUE, …)`
pub const JSON_SET_EXACT: Function = Function {
    name: "json_set_exact",
    arguments: (3, None),
    syntax: "json_set_exact(JSON, KEY, VALUE, …)",
    summary: "The object with each value under its key; a key is taken as it is, dots and braces too.",
    examples: &[
        ("json_set_exact(json_object(), \"a.b\", \"c\")", "{\"a.b\":\"c\"}"),
        ("json_set_exact(\"{\\\"a\\\": 1}\", \"a\", null())", "{\"a\":null}"),
        ("json_set_exact(\"[1]\", \"a\", 1)", "[1]"),
    ],
    build: |call| build(call, set_exact),
};

fn build(call: Call<'_>, run: Run) -> Result<Expr, Diagnostic> {
    if call.args.len().is_multiple_of(2) {
        return Err(call.argument_error(call.args.len() - 1, "followed by a value"));
    }
    Ok(call.kernel(TEXT, run))
}

fn set(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let Some((document, pairs)) = args.split_first() else { return Ok(kernel::nulls(&TEXT, rows)) };
    let paths = Paths::new(pairs.iter().step_by(2));
    Ok(argument::texts(rows, |row| {
        let mut json = argument::document(document, row)?;
        for (at, value) in pairs.iter().skip(1).step_by(2).enumerate() {
            json::set(&mut json, &*paths.get(at, row)?, &argument::value(value, row));
        }
        Some(json)
    }))
}

fn set_exact(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let Some((document, pairs)) = args.split_first() else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(argument::texts(rows, |row| {
        let mut json = argument::document(document, row)?;
        for pair in pairs.chunks_exact(2) {
            let ([key, value], Json::Object(members)) = (pair, &mut json) else { continue };
            let (key, value) = (key.text(row)?, argument::value(value, row));
            match members.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => *known = value,
                None => members.push((key.into_owned(), value)),
            }
        }
        Some(json)
    }))
}
