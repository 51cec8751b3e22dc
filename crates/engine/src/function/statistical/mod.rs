//! Least, greatest, mean, sum and chance.

pub mod extreme;
pub mod random;
pub mod total;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[&total::AVG, &extreme::MAX, &extreme::MIN, &random::RANDOM, &total::SUM];
