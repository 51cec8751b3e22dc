//! Multivalue functions.

pub mod commands;
mod groups;
pub mod mv_to_json_array;
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
    &commands::COMMANDS,
    &mv_to_json_array::MV_TO_JSON_ARRAY,
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
