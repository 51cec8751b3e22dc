//! What kind of value it is.

pub mod is;
pub mod null;
pub mod r#typeof;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[
    &is::ISBOOL,
    &is::ISINT,
    &is::ISMV,
    &null::ISNOTNULL,
    &null::ISNULL,
    &is::ISNUM,
    &is::ISSTR,
    &r#typeof::TYPEOF,
];
