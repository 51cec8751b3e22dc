//! `tostring`: a value as text, a number in a format.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::lower::expr::to_text;
use crate::value::TEXT;

/// `tostring(VALUE, FORMAT)`
pub const TOSTRING: Function = Function {
    name: "tostring",
    arguments: (1, Some(2)),
    syntax: "tostring(VALUE, \"binary\"|\"commas\"|\"duration\"|\"hex\")",
    summary: "The value as text, a condition as `True` or `False`; with a format, a number so written.",
    examples: &[
        ("tostring(1=1)", "True"),
        ("tostring(15, \"hex\")", "0xF"),
        ("tostring(9, \"binary\")", "1001"),
        ("tostring(12345.6789, \"commas\")", "12,345.68"),
        ("tostring(500, \"duration\")", "00:08:20"),
        ("tostring(93784, \"duration\")", "1+02:03:04"),
        ("tostring(\"abc\", \"hex\")", "abc"),
    ],
    build,
};

fn build(mut call: Call<'_>) -> Result<Expr, Diagnostic> {
    if call.literal(1).is_some_and(|name| format(name).is_none()) {
        return Err(call.argument_error(1, "\"binary\", \"commas\", \"duration\" or \"hex\""));
    }
    match (&call.args[..], &call.types[..]) {
        ([_], [_]) => match (call.args.pop(), call.types.pop()) {
            (Some(arg), Some(kind)) => Ok(to_text(arg, &kind, call.context)),
            _ => Err(call.argument_error(0, "a value")),
        },
        _ => Ok(call.kernel(TEXT, run)),
    }
}

/// Text that is no number stays as it is.
fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [arg, name] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(kernel::texts(rows, |row| match arg.number(row).filter(|number| number.is_finite()) {
        Some(number) => Some(format(&name.text(row)?)?(number).into()),
        None => arg.text(row),
    }))
}

fn format(name: &str) -> Option<fn(f64) -> String> {
    Some(match name {
        "binary" => |number| format!("{}{:b}", sign(number), number.abs() as u64),
        "hex" => |number| format!("{}0x{:X}", sign(number), number.abs() as u64),
        "commas" => commas,
        "duration" => duration,
        _ => return None,
    })
}

fn sign(number: f64) -> &'static str {
    if number < 0.0 { "-" } else { "" }
}

/// Groups of three digits, two decimals if there are any.
fn commas(number: f64) -> String {
    let text = format!("{:.2}", number.abs());
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = sign(number).to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if number.fract() != 0.0 {
        grouped.push('.');
        grouped.push_str(decimals);
    }
    grouped
}

/// `HH:MM:SS`, with days in front and microseconds behind if there are any.
fn duration(number: f64) -> String {
    let micros = (number.abs() * 1e6).round() as u64;
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    let days = seconds / 86_400;
    let mut text = sign(number).to_owned();
    if days > 0 {
        text.push_str(&format!("{days}+"));
    }
    text.push_str(&format!("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60));
    if micros > 0 {
        text.push_str(&format!(".{micros:06}"));
    }
    text
}
