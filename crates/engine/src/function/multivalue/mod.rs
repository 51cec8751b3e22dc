//! Multivalue functions.

mod groups;
pub mod mvappend;
pub mod mvcount;
pub mod mvdedup;
pub mod mvfilter;
pub mod mvfind;
pub mod mvindex;
pub mod mvjoin;
pub mod mvmap;
pub mod mvrange;
pub mod mvreverse;
pub mod mvsort;
pub mod mvzip;
mod per_value;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[
    &mvappend::MVAPPEND,
    &mvcount::MVCOUNT,
    &mvdedup::MVDEDUP,
    &mvfilter::MVFILTER,
    &mvfind::MVFIND,
    &mvindex::MVINDEX,
    &mvjoin::MVJOIN,
    &mvmap::MVMAP,
    &mvrange::MVRANGE,
    &mvreverse::MVREVERSE,
    &mvsort::MVSORT,
    &mvzip::MVZIP,
];
