//! Operations on lookup tables.

use super::Name;
use crate::tree::Search;

/// See [`super::Op::ReadLookup`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReadLookup {
    /// Lookup definition or file name.
    pub name: Name,
    /// `where …`
    pub predicate: Option<Search>,
    /// `append=true`: behind the rows so far.
    pub append: bool,
    /// `start=`, `max=`
    pub start: u64,
    /// `max=`, default 1,000,000,000.
    pub max: u64,
}

/// See [`super::Op::WriteLookup`].
#[derive(Debug, Clone, PartialEq)]
pub struct WriteLookup {
    /// Lookup definition or file name.
    pub name: Name,
    /// `append=true`: behind the rows of the table, in its columns.
    pub append: bool,
    /// `create_empty=true`: no rows give an empty file.
    pub create_empty: bool,
    /// `override_if_empty=false`: no rows leave the table as it is.
    pub override_if_empty: bool,
    /// `max=`: at most so many rows.
    pub max: Option<u64>,
}

/// See [`super::Op::Lookup`].
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// Lookup definition or file name.
    pub name: Name,
    /// Lookup column, event field.
    pub keys: Vec<(Name, Name)>,
    /// Lookup column, event field; empty: all columns that are no keys.
    pub outputs: Vec<(Name, Name)>,
    /// `OUTPUTNEW`: existing values stay.
    pub keep_existing: bool,
}
