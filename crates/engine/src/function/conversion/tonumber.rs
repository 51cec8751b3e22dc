//! `tonumber`: text as a number, in any base.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::tree::ExprKind;

use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::value::{self, NUMBER};

/// `tonumber(TEXT, BASE)`
pub const TONUMBER: Function = Function {
    name: "tonumber",
    arguments: (1, Some(2)),
    syntax: "tonumber(TEXT, BASE)",
    summary: "The text as a number in base 2 to 36, else 10; no value if a field holds no number.",
    examples: &[
        ("tonumber(\"12.50\")", "12.5"),
        ("tonumber(\"0A4\", 16)", "164"),
        ("tonumber(\"-101\", 2)", "-5"),
        ("tonumber(nosuch)", "null"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    let base = match call.written.get(1).map(|arg| &arg.kind) {
        None => Some(10),
        Some(ExprKind::Number(text)) => match text.parse::<f64>().ok().and_then(base) {
            Some(base) => Some(base),
            None => return Err(call.argument_error(1, "a base from 2 to 36")),
        },
        Some(_) => None,
    };
    if let (Some(text), Some(base)) = (call.literal(0), base)
        && parse(text, base).is_none()
    {
        return Err(call.argument_error(0, &format!("a number in base {base}")));
    }
    Ok(call.kernel(NUMBER, run))
}

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(match args {
        [arg] => kernel::numbers(rows, |row| arg.number(row)),
        [arg, radix] => kernel::numbers(rows, |row| parse(&arg.text(row)?, base(radix.number(row)?)?)),
        _ => kernel::nulls(&NUMBER, rows),
    })
}

/// A text as a number in a base, which must be one from 2 to 36.
pub(super) fn in_base(text: &str, radix: f64) -> Option<f64> {
    parse(text, base(radix)?)
}

fn base(number: f64) -> Option<u32> {
    ((2.0..=36.0).contains(&number) && number.fract() == 0.0).then_some(number as u32)
}

fn parse(text: &str, base: u32) -> Option<f64> {
    if base == 10 {
        return value::parse_number(text);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let prefixed = (base == 16).then(|| digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")));
    let digits = prefixed.flatten().unwrap_or(digits);
    if digits.is_empty() {
        return None;
    }
    let add = |sum: f64, digit: char| Some(sum * f64::from(base) + f64::from(digit.to_digit(base)?));
    Some(sign * digits.chars().try_fold(0.0, add)?)
}
