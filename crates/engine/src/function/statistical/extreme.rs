//! `max`, `min`: the greatest and the least of the arguments.

use std::cmp::Ordering;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Run};
use crate::value::{self, Cell, is_numeric};

/// `max(VALUE, …)`
pub const MAX: Function = Function {
    name: "max",
    arguments: (1, None),
    syntax: "max(VALUE, …)",
    summary: "The greatest value; text is greater than numbers, nulls do not count.",
    examples: &[("max(1, 3, \"20\")", "20"), ("max(7, \"foo\", nosuch)", "foo"), ("max(nosuch)", "null")],
    build: |call| {
        build(
            call,
            [
                ("max", |_, args, rows| number(args, rows, f64::max)),
                ("max_any", |_, args, rows| any(args, rows, Ordering::Greater)),
            ],
        )
    },
};

/// `min(VALUE, …)`
pub const MIN: Function = Function {
    name: "min",
    arguments: (1, None),
    syntax: "min(VALUE, …)",
    summary: "The least value; numbers are less than text, nulls do not count.",
    examples: &[("min(3, 1, \"20\")", "1"), ("min(7, \"foo\", nosuch)", "7"), ("min(\"b\", \"a\")", "a")],
    build: |call| {
        build(
            call,
            [
                ("min", |_, args, rows| number(args, rows, f64::min)),
                ("min_any", |_, args, rows| any(args, rows, Ordering::Less)),
            ],
        )
    },
};

/// The first kernel if all arguments are numbers, else the second.
fn build(call: Call<'_>, [numbers, any]: [(&'static str, Run); 2]) -> Result<Expr, Diagnostic> {
    if let Some(at) = call.types.iter().position(|kind| *kind == DataType::Boolean) {
        return Err(call.argument_error(at, "a value, not a condition"));
    }
    let (returns, (name, run)) =
        if call.types.iter().all(is_numeric) { (value::NUMBER, numbers) } else { (value::mixed(), any) };
    Ok(kernel::call(name, returns, call.context, run, call.args))
}

fn number(args: &[Arg], rows: usize, pick: fn(f64, f64) -> f64) -> DataFusionResult<ArrayRef> {
    Ok(kernel::numbers(rows, |row| args.iter().filter_map(|arg| arg.number(row)).reduce(pick)))
}

/// Numbers come before text, as their declaration says.
#[derive(Debug, PartialEq, PartialOrd)]
enum Value {
    Number(f64),
    Text(String),
}

fn any(args: &[Arg], rows: usize, wanted: Ordering) -> DataFusionResult<ArrayRef> {
    let best: Vec<Option<Value>> = (0..rows)
        .map(|row| {
            args.iter()
                .flat_map(|arg| values(&arg.cell(row)))
                .reduce(|best, next| if next.partial_cmp(&best) == Some(wanted) { next } else { best })
        })
        .collect();
    Ok(kernel::mixed(rows, |row| match best.get(row) {
        Some(Some(Value::Number(number))) => Cell::Number(*number),
        Some(Some(Value::Text(text))) => Cell::Text(text),
        _ => Cell::Null,
    }))
}

/// The values of a cell: none for null, each of a multivalue field.
fn values(cell: &Cell<'_>) -> Vec<Value> {
    if let Cell::Number(number) = cell {
        return vec![Value::Number(*number)];
    }
    let value =
        |text: &str| value::parse_number(text).map_or_else(|| Value::Text(text.to_owned()), Value::Number);
    cell.texts().iter().map(|text| value(text)).collect()
}
