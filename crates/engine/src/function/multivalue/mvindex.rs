//! `mvindex`: values by their place.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::{self, TEXT};

/// `mvindex(X, START, END)`
pub const MVINDEX: Function = Function {
    name: "mvindex",
    arguments: (2, Some(3)),
    syntax: "mvindex(X, START, END)",
    summary: "The value at a place, or those from one place to another: 0 is the first, -1 the last.",
    examples: &[
        ("mvindex(split(\"a,b,c\", \",\"), 1)", "b"),
        ("mvindex(split(\"a,b,c\", \",\"), -2, -1)", "b|c"),
        ("mvindex(split(\"a,b,c\", \",\"), 0, 9)", "a|b|c"),
        ("mvindex(split(\"a,b,c\", \",\"), 3)", "null"),
    ],
    build: |call| {
        Ok(if call.args.len() == 2 {
            call.kernel(TEXT, one)
        } else {
            call.kernel(value::multivalue(), several)
        })
    },
};

fn one(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [values, at] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(kernel::texts(rows, |row| {
        let texts = values.cell(row).texts();
        let at = place(at.number(row)?, texts.len());
        texts.into_iter().nth(usize::try_from(at).ok()?)
    }))
}

fn several(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [values, start, end] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    Ok(kernel::lists(rows, |row| {
        let texts = values.cell(row).texts();
        let (Some(start), Some(end)) = (start.number(row), end.number(row)) else { return Vec::new() };
        let (start, end) = (place(start, texts.len()), place(end, texts.len()));
        let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(end)) else { return Vec::new() };
        texts.into_iter().take(end.saturating_add(1)).skip(start).collect()
    }))
}

/// Counted from the first value; negative if it lies before that.
fn place(at: f64, count: usize) -> i64 {
    let at = at as i64;
    if at < 0 { at + count as i64 } else { at }
}
