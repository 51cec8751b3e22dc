//! Date and time functions.

pub mod modifier;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[];
