//! What kind of value it is.

pub mod is;
pub mod null;
pub mod structure;
pub mod r#typeof;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[
    &structure::ISARRAY,
    &is::ISBOOL,
    &is::ISDOUBLE,
    &is::ISINT,
    &is::ISMV,
    &null::ISNOTNULL,
    &null::ISNULL,
    &is::ISNUM,
    &structure::ISOBJECT,
    &is::ISSTR,
    &r#typeof::TYPEOF,
];
