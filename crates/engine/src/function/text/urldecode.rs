//! `urldecode`: percent escapes become what they stand for.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use super::each;
use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::TEXT;

/// `urldecode(TEXT)`
pub const URLDECODE: Function = Function {
    name: "urldecode",
    arguments: (1, Some(1)),
    syntax: "urldecode(TEXT)",
    summary: "The text with its percent escapes resolved; what is no escape stays.",
    examples: &[
        ("urldecode(\"http%3A%2F%2Fexample.com%2F%3Fq%3Da%20b\")", "http://example.com/?q=a b"),
        ("urldecode(\"100%\")", "100%"),
        ("urldecode(\"%C3%A9\")", "é"),
    ],
    build: |call| {
        let kind = each::kind(&call);
        Ok(call.kernel(kind, run))
    },
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(each::change(text, rows, |_, text| {
        Some(if text.contains('%') { Cow::Owned(decode(text.as_bytes())) } else { text })
    }))
}

fn decode(mut text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    while let [first, rest @ ..] = text {
        match (first, rest) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(digit(*high) << 4 | digit(*low));
                text = after;
            }
            _ => {
                bytes.push(*first);
                text = rest;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(byte: u8) -> u8 {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default()
}
