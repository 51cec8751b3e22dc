//! Conversion functions: numbers to text and back, JSON to values and back.

mod float;
mod format;
pub mod ipmask;
pub mod number;
pub mod printf;
pub mod structure;
pub mod tonumber;
pub mod tostring;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[
    &ipmask::IPMASK,
    &printf::PRINTF,
    &structure::TOARRAY,
    &number::TOBOOL,
    &number::TODOUBLE,
    &number::TOINT,
    &structure::TOMV,
    &tonumber::TONUMBER,
    &structure::TOOBJECT,
    &tostring::TOSTRING,
];
