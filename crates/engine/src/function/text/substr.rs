//! `substr`: part of a text.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use super::each::single;
use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::TEXT;

/// `substr(TEXT, START, LENGTH)`
pub const SUBSTR: Function = Function {
    name: "substr",
    arguments: (2, Some(3)),
    syntax: "substr(TEXT, START, LENGTH)",
    summary: "The text from a character on, to its end or so many: 1 is the first, -1 the last.",
    examples: &[
        ("substr(\"string\", 1, 3)", "str"),
        ("substr(\"string\", -3)", "ing"),
        ("substr(\"string\", 0, 2)", "st"),
        ("substr(\"string\", -9)", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text, start, length @ ..] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(kernel::texts(rows, |row| {
        let text = single(&text.cell(row))?;
        let start = start.number(row)? as i64;
        let length = match length.first() {
            Some(length) => Some(length.number(row)? as i64),
            None => None,
        };
        match text {
            Cow::Borrowed(text) => part(text, start, length).map(Cow::Borrowed),
            Cow::Owned(text) => part(&text, start, length).map(|part| Cow::Owned(part.to_owned())),
        }
    }))
}

/// The part of a text from a character on.
pub(crate) fn part(text: &str, start: i64, length: Option<i64>) -> Option<&str> {
    let from = if start < 0 {
        let back = usize::try_from(start.unsigned_abs()).ok()?;
        text.char_indices().rev().nth(back.checked_sub(1)?)?.0
    } else {
        byte(text, usize::try_from(start.max(1)).ok()? - 1)
    };
    let rest = text.get(from..)?;
    match length {
        None => Some(rest),
        Some(length) => rest.get(..byte(rest, usize::try_from(length.max(0)).ok()?)),
    }
}

/// Where the character at this place begins; the end if there are fewer.
fn byte(text: &str, at: usize) -> usize {
    if text.is_ascii() {
        return at.min(text.len());
    }
    text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte)
}
