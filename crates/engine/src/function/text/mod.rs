//! Text functions.

mod each;
pub mod len;
pub mod letters;
pub mod replace;
pub mod spath;
pub mod split;
pub mod substr;
pub mod trim;
pub mod urldecode;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[
    &len::LEN,
    &len::LENGTH,
    &letters::LOWER,
    &trim::LTRIM,
    &replace::REPLACE,
    &trim::RTRIM,
    &spath::SPATH,
    &split::SPLIT,
    &substr::SUBSTR,
    &trim::TRIM,
    &letters::UPPER,
    &urldecode::URLDECODE,
];
