//! Multivalue functions.

pub mod mvappend;
pub mod mvcount;
pub mod mvdedup;
pub mod mvfind;
pub mod mvindex;
pub mod mvjoin;
pub mod mvrange;
pub mod mvreverse;
pub mod mvsort;
pub mod mvzip;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[
    &mvappend::MVAPPEND,
    &mvcount::MVCOUNT,
    &mvdedup::MVDEDUP,
    &mvfind::MVFIND,
    &mvindex::MVINDEX,
    &mvjoin::MVJOIN,
    &mvrange::MVRANGE,
    &mvreverse::MVREVERSE,
    &mvsort::MVSORT,
    &mvzip::MVZIP,
];
