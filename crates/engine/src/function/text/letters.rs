//! `lower` and `upper`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use super::each;
use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::TEXT;

/// `lower(TEXT)`
pub const LOWER: Function = Function {
    name: "lower",
    arguments: (1, Some(1)),
    syntax: "lower(TEXT)",
    summary: "The text in lower case; each value of a multivalue field.",
    examples: &[
        ("lower(\"CMD.EXE\")", "cmd.exe"),
        ("lower(split(\"Ab,CD\", \",\"))", "ab|cd"),
        ("lower(nosuch)", "null"),
    ],
    build: |call| {
        let kind = each::kind(&call);
        Ok(call.kernel(kind, lower))
    },
};

/// `upper(TEXT)`
pub const UPPER: Function = Function {
    name: "upper",
    arguments: (1, Some(1)),
    syntax: "upper(TEXT)",
    summary: "The text in upper case; each value of a multivalue field.",
    examples: &[
        ("upper(\"grün\")", "GRÜN"),
        ("upper(split(\"Ab,cd\", \",\"))", "AB|CD"),
        ("upper(nosuch)", "null"),
    ],
    build: |call| {
        let kind = each::kind(&call);
        Ok(call.kernel(kind, upper))
    },
};

fn lower(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    let done = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    Ok(each::change(text, rows, |_, text| {
        Some(if text.bytes().all(done) { text } else { Cow::Owned(text.to_lowercase()) })
    }))
}

fn upper(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    let done = |byte: u8| byte.is_ascii() && !byte.is_ascii_lowercase();
    Ok(each::change(text, rows, |_, text| {
        Some(if text.bytes().all(done) { text } else { Cow::Owned(text.to_uppercase()) })
    }))
}
