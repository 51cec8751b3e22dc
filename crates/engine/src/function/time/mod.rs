//! Date and time functions.

pub mod format;
pub mod modifier;
pub mod now;
pub mod parse;
pub mod relative_time;
pub mod strftime;
pub mod strptime;
#[allow(clippy::module_inception, reason = "the function is called `time`, as its family")]
pub mod time;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] =
    &[&now::NOW, &relative_time::RELATIVE_TIME, &strftime::STRFTIME, &strptime::STRPTIME, &time::TIME];
