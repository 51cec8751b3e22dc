//! Least, greatest and chance.

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[];
