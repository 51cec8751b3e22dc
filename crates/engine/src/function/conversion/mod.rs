//! Conversion functions: numbers to text and back.

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[];
