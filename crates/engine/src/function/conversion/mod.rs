//! Conversion functions: numbers to text and back.

mod float;
mod format;
pub mod ipmask;
pub mod printf;
pub mod tonumber;
pub mod tostring;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[&ipmask::IPMASK, &printf::PRINTF, &tonumber::TONUMBER, &tostring::TOSTRING];
