//! `tobool`, `todouble`, `toint`: values as conditions and numbers.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;

use super::tonumber;
use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::{Cell, NUMBER};

/// `tobool(VALUE)`
pub const TOBOOL: Function = Function {
    name: "tobool",
    arguments: (1, Some(1)),
    syntax: "tobool(VALUE)",
    summary: "`true` and `false`, also with a capital, as a condition; of numbers 0 is false and the others are true. Null for anything else.",
    examples: &[
        ("if(tobool(\"True\"), \"yes\", \"no\")", "yes"),
        ("if(tobool(0), \"yes\", \"no\")", "no"),
        ("if(isnull(tobool(\"TRUE\")), \"null\", \"set\")", "null"),
    ],
    build: |call| Ok(call.kernel(DataType::Boolean, to_bool)),
};

/// `todouble(VALUE, BASE)`
pub const TODOUBLE: Function = Function {
    name: "todouble",
    arguments: (1, Some(2)),
    syntax: "todouble(VALUE, BASE)",
    summary: "The value as a number, a text in base 2 to 36, else 10; null if it is none.",
    examples: &[
        ("todouble(\"16.50\")", "16.5"),
        ("todouble(\"ff\", 16)", "255"),
        ("todouble(\"number\")", "null"),
    ],
    build: |call| Ok(call.kernel(NUMBER, |_, args, rows| numbers(args, rows, |number| number))),
};

/// `toint(VALUE, BASE)`
pub const TOINT: Function = Function {
    name: "toint",
    arguments: (1, Some(2)),
    syntax: "toint(VALUE, BASE)",
    summary: "The value as a whole number, rounded down; null if it is no number.",
    examples: &[
        ("toint(3.99)", "3"),
        ("toint(\"-3.5\")", "-4"),
        ("toint(\"101\", 2)", "5"),
        ("toint(\" 7 \")", "null"),
    ],
    build: |call| Ok(call.kernel(NUMBER, |_, args, rows| numbers(args, rows, f64::floor))),
};

fn to_bool(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [value] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    Ok(kernel::conditions(rows, |row| match value.cell(row) {
        Cell::Bool(value) => Some(value),
        cell => match cell.number() {
            Some(number) => Some(number != 0.0),
            None => match &*cell.text()? {
                "true" | "True" => Some(true),
                "false" | "False" => Some(false),
                _ => None,
            },
        },
    }))
}

fn numbers(args: &[Arg], rows: usize, round: fn(f64) -> f64) -> DataFusionResult<ArrayRef> {
    let [value, base @ ..] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    Ok(kernel::numbers(rows, |row| {
        let number = match (value.cell(row), base.first()) {
            (Cell::Text(text), Some(base)) => tonumber::in_base(text, base.number(row)?)?,
            (cell, _) => cell.number()?,
        };
        Some(round(number))
    }))
}
