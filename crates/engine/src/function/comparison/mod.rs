//! Comparison and conditional functions.

pub mod case;
pub mod r#false;
pub mod r#if;
pub mod r#match;
pub mod r#true;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[&case::CASE, &r#false::FALSE, &r#if::IF, &r#match::MATCH, &r#true::TRUE];
