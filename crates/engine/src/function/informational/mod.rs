//! What kind of value it is.

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[];
