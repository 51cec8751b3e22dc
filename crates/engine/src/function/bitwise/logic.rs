//! `bit_and`, `bit_or`, `bit_xor`, `bit_not`.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use super::{MOST, bits};
use crate::function::Function;
use crate::kernel::{self, Arg};
use crate::value::NUMBER;

/// `bit_and(X, Y, …)`
pub const BIT_AND: Function = Function {
    name: "bit_and",
    arguments: (2, None),
    syntax: "bit_and(X, Y, …)",
    summary: "The bits that all numbers have.",
    examples: &[("bit_and(12, 9)", "8"), ("bit_and(7, 6, 4)", "4"), ("bit_and(-1, 1)", "null")],
    build: |call| Ok(call.kernel(NUMBER, |_, args, rows| joined(args, rows, |a, b| a & b))),
};

/// `bit_or(X, Y, …)`
pub const BIT_OR: Function = Function {
    name: "bit_or",
    arguments: (2, None),
    syntax: "bit_or(X, Y, …)",
    summary: "The bits that any of the numbers has.",
    examples: &[("bit_or(4, 2)", "6"), ("bit_or(1, nosuch)", "null")],
    build: |call| Ok(call.kernel(NUMBER, |_, args, rows| joined(args, rows, |a, b| a | b))),
};

/// `bit_xor(X, Y, …)`
pub const BIT_XOR: Function = Function {
    name: "bit_xor",
    arguments: (2, None),
    syntax: "bit_xor(X, Y, …)",
    summary: "The bits that an odd count of the numbers has.",
    examples: &[("bit_xor(3, 2)", "1"), ("bit_xor(\"12\", 9)", "5"), ("bit_xor(1.5, 1)", "null")],
    build: |call| Ok(call.kernel(NUMBER, |_, args, rows| joined(args, rows, |a, b| a ^ b))),
};

/// `bit_not(X, MASK)`
pub const BIT_NOT: Function = Function {
    name: "bit_not",
    arguments: (1, Some(2)),
    syntax: "bit_not(X, MASK)",
    summary: "The bits that the number has not, of 53 or of the mask's.",
    examples: &[("bit_not(9)", "9007199254740982"), ("bit_not(9, 15)", "6"), ("bit_not(pow(2, 53))", "null")],
    build: |call| Ok(call.kernel(NUMBER, |_, args, rows| not(args, rows))),
};

fn joined(args: &[Arg], rows: usize, join: fn(u64, u64) -> u64) -> DataFusionResult<ArrayRef> {
    Ok(kernel::numbers(rows, |row| {
        let numbers = args.iter().map(|arg| bits(arg, row)).collect::<Option<Vec<_>>>()?;
        numbers.into_iter().reduce(join).map(|number| number as f64)
    }))
}

fn not(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [number, mask @ ..] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    Ok(kernel::numbers(rows, |row| {
        let mask = mask.first().map_or(Some(MOST), |mask| bits(mask, row))?;
        Some((!bits(number, row)? & mask) as f64)
    }))
}
