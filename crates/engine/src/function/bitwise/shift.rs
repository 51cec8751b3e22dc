//! `bit_shift_left` and `bit_shift_right`.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use super::{MOST, bits};
use crate::function::Function;
use crate::kernel::{self, Arg};
use crate::value::NUMBER;

/// `bit_shift_left(X, PLACES)`
pub const BIT_SHIFT_LEFT: Function = Function {
    name: "bit_shift_left",
    arguments: (2, Some(2)),
    syntax: "bit_shift_left(X, PLACES)",
    summary: "The number's bits moved to the left; the 54th bit and those above are lost.",
    examples: &[
        ("bit_shift_left(2, 1)", "4"),
        ("bit_shift_left(3, 52)", "4503599627370496"),
        ("bit_shift_left(3, 57)", "0"),
        ("bit_shift_left(3, -2)", "null"),
    ],
    build: |call| {
        Ok(call
            .kernel(NUMBER, |_, args, rows| shifted(args, rows, |number, places| number.checked_shl(places))))
    },
};

/// `bit_shift_right(X, PLACES)`
pub const BIT_SHIFT_RIGHT: Function = Function {
    name: "bit_shift_right",
    arguments: (2, Some(2)),
    syntax: "bit_shift_right(X, PLACES)",
    summary: "The number's bits moved to the right; those that fall out are lost.",
    examples: &[
        ("bit_shift_right(4, 1)", "2"),
        ("bit_shift_right(1, 99)", "0"),
        ("bit_shift_right(-3, 1)", "null"),
    ],
    build: |call| {
        Ok(call
            .kernel(NUMBER, |_, args, rows| shifted(args, rows, |number, places| number.checked_shr(places))))
    },
};

fn shifted(args: &[Arg], rows: usize, shift: fn(u64, u32) -> Option<u64>) -> DataFusionResult<ArrayRef> {
    let [number, places] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    Ok(kernel::numbers(rows, |row| {
        let (number, places) = (bits(number, row)?, bits(places, row)?);
        let places = u32::try_from(places).unwrap_or(u32::MAX);
        Some((shift(number, places).unwrap_or(0) & MOST) as f64)
    }))
}
