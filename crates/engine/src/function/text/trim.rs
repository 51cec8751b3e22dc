//! `trim`, `ltrim` and `rtrim`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use super::each;
use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Run};
use crate::value::TEXT;

/// `ltrim(TEXT, CHARACTERS)`
pub const LTRIM: Function = Function {
    name: "ltrim",
    arguments: (1, Some(2)),
    syntax: "ltrim(TEXT, CHARACTERS)",
    summary: "The text without the given characters at its start: spaces and tabs if none are given.",
    examples: &[("ltrim(\"  x \").\"|\"", "x |"), ("ltrim(\"00070\", \"0\")", "70")],
    build: |call| build(call, |_, args, rows| trim(args, rows, Ends { start: true, end: false })),
};

/// `rtrim(TEXT, CHARACTERS)`
pub const RTRIM: Function = Function {
    name: "rtrim",
    arguments: (1, Some(2)),
    syntax: "rtrim(TEXT, CHARACTERS)",
    summary: "The text without the given characters at its end: spaces and tabs if none are given.",
    examples: &[("rtrim(\" x  \").\"|\"", " x|"), ("rtrim(\"C:\\Temp\\\\\", \"\\\\\")", "C:\\Temp")],
    build: |call| build(call, |_, args, rows| trim(args, rows, Ends { start: false, end: true })),
};

/// `trim(TEXT, CHARACTERS)`
pub const TRIM: Function = Function {
    name: "trim",
    arguments: (1, Some(2)),
    syntax: "trim(TEXT, CHARACTERS)",
    summary: "The text without the given characters at both ends: spaces and tabs if none are given.",
    examples: &[
        ("trim(\"  x y \")", "x y"),
        ("trim(\"  ZZZZabcZZ \", \" Z\")", "abc"),
        ("trim(split(\"a , b\", \",\"))", "a|b"),
    ],
    build: |call| build(call, |_, args, rows| trim(args, rows, Ends { start: true, end: true })),
};

#[derive(Clone, Copy)]
struct Ends {
    start: bool,
    end: bool,
}

fn build(call: Call<'_>, run: Run) -> Result<Expr, Diagnostic> {
    let kind = each::kind(&call);
    Ok(call.kernel(kind, run))
}

fn trim(args: &[Arg], rows: usize, ends: Ends) -> DataFusionResult<ArrayRef> {
    let Some(text) = args.first() else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(each::change(text, rows, |row, text| {
        let Some(set) = args.get(1) else { return Some(cut(text, " \t", ends)) };
        Some(cut(text, &set.text(row)?, ends))
    }))
}

fn cut<'a>(text: Cow<'a, str>, set: &str, ends: Ends) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(inner(text, set, ends)),
        Cow::Owned(text) => Cow::Owned(inner(&text, set, ends).to_owned()),
    }
}

fn inner<'a>(mut text: &'a str, set: &str, ends: Ends) -> &'a str {
    if ends.start {
        text = text.trim_start_matches(|c| set.contains(c));
    }
    if ends.end {
        text = text.trim_end_matches(|c| set.contains(c));
    }
    text
}
