//! Digests.

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[];
