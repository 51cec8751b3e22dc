//! JSON functions. A JSON value is text; how an argument becomes part of one, `argument.rs` says.

pub mod append;
mod argument;
pub mod array;
pub mod delete;
pub mod entries;
pub mod extract;
#[allow(clippy::module_inception, reason = "the function is called `json`, as its family")]
pub mod json;
pub mod object;
pub mod set;
pub mod to_mv;

use super::Function;

pub(crate) use argument::{inferred, number};

/// Sorted by name.
pub const ALL: &[&Function] = &[
    &json::JSON,
    &append::JSON_APPEND,
    &array::JSON_ARRAY,
    &to_mv::JSON_ARRAY_TO_MV,
    &delete::JSON_DELETE,
    &entries::JSON_ENTRIES,
    &append::JSON_EXTEND,
    &extract::JSON_EXTRACT,
    &extract::JSON_EXTRACT_EXACT,
    &entries::JSON_HAS_KEY_EXACT,
    &entries::JSON_KEYS,
    &object::JSON_OBJECT,
    &set::JSON_SET,
    &set::JSON_SET_EXACT,
    &json::JSON_VALID,
];
