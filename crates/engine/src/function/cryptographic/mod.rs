//! Digests.

pub mod digest;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[&digest::MD5, &digest::SHA1, &digest::SHA256, &digest::SHA512];
