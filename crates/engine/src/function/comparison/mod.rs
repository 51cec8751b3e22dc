//! Comparison and conditional functions.

pub mod case;
pub mod cidrmatch;
pub mod coalesce;
mod equal;
pub mod r#false;
pub mod r#if;
pub mod r#in;
pub mod like;
pub mod r#match;
pub mod null;
pub mod nullif;
pub mod searchmatch;
pub mod r#true;
pub mod validate;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[
    &case::CASE,
    &cidrmatch::CIDRMATCH,
    &coalesce::COALESCE,
    &r#false::FALSE,
    &r#if::IF,
    &r#in::IN,
    &like::LIKE,
    &r#match::MATCH,
    &null::NULL,
    &nullif::NULLIF,
    &searchmatch::SEARCHMATCH,
    &r#true::TRUE,
    &validate::VALIDATE,
];
