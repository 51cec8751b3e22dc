//! `split`: a text becomes several values.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value;

/// `split(TEXT, DELIMITER)`
pub const SPLIT: Function = Function {
    name: "split",
    arguments: (2, Some(2)),
    syntax: "split(TEXT, DELIMITER)",
    summary: "The parts of a text between the delimiters; its characters if the delimiter is empty.",
    examples: &[
        ("split(\"a,b,,c\", \",\")", "a|b||c"),
        ("split(\"abc\", \"\")", "a|b|c"),
        ("split(\"a--b\", \"--\")", "a|b"),
        ("split(nosuch, \",\")", "null"),
    ],
    build: |call| Ok(call.kernel(value::multivalue(), run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text, delimiter] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    Ok(kernel::lists(rows, |row| {
        let Some(delimiter) = delimiter.text(row) else { return Vec::new() };
        let mut parts = Vec::new();
        for text in text.cell(row).texts() {
            match text {
                Cow::Borrowed(text) => parts.extend(pieces(text, &delimiter).map(Cow::Borrowed)),
                Cow::Owned(text) => {
                    parts.extend(pieces(&text, &delimiter).map(|part| Cow::Owned(part.to_owned())));
                }
            }
        }
        parts
    }))
}

/// The parts of a text between delimiters.
pub(crate) fn pieces<'a>(text: &'a str, delimiter: &str) -> Box<dyn Iterator<Item = &'a str> + 'a> {
    if delimiter.is_empty() {
        return Box::new(text.split_inclusive(|_: char| true));
    }
    let mut rest = Some(text);
    let delimiter = delimiter.to_owned();
    Box::new(std::iter::from_fn(move || {
        let text = rest?;
        match text.split_once(delimiter.as_str()) {
            Some((part, after)) => {
                rest = Some(after);
                Some(part)
            }
            None => rest.take(),
        }
    }))
}
