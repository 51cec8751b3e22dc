//! Bitwise functions of whole numbers from 0 to 2^53 - 1; others give null.

pub mod logic;
pub mod shift;

use super::Function;
use crate::kernel::Arg;

/// Sorted by name.
pub const ALL: &[&Function] = &[
    &logic::BIT_AND,
    &logic::BIT_NOT,
    &logic::BIT_OR,
    &shift::BIT_SHIFT_LEFT,
    &shift::BIT_SHIFT_RIGHT,
    &logic::BIT_XOR,
];

/// The greatest number, and the mask of all bits.
const MOST: u64 = (1 << 53) - 1;

/// An argument, if it is in the range.
fn bits(arg: &Arg, row: usize) -> Option<u64> {
    let number = arg.number(row)?;
    (number >= 0.0 && number <= MOST as f64 && number.fract() == 0.0).then_some(number as u64)
}
