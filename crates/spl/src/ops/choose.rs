//! Operations that choose rows, and say in what order they come.

use super::Name;
use crate::tree::{Expr, Search};

/// See [`super::Op::Filter`].
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// `search` in the middle of a pipeline: two-valued, case-insensitive.
    Search(Search),
    /// `where`, `regex`: an eval expression that must be true.
    Where(Expr),
}

/// See [`super::Op::Sort`].
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// Keys in order of weight.
    pub keys: Vec<SortKey>,
    /// `None` is no limit (`sort 0`); Splunk's default is 10,000.
    pub limit: Option<u64>,
    /// The trailing `d`/`desc`: turns the whole order round.
    pub reverse: bool,
}

/// One sort key.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// The field.
    pub field: Name,
    /// `-`
    pub descending: bool,
    /// `ip(f)`, `num(f)`, `str(f)`
    pub kind: SortKind,
}

/// How a key's values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKind {
    /// Numbers as numbers, addresses as addresses, else text.
    Auto,
    /// As IP addresses.
    Ip,
    /// As numbers.
    Number,
    /// As text.
    Text,
}

/// See [`super::Op::Limit`].
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// `head n`
    First(u64),
    /// `tail n`: the last ones, last first.
    Last(u64),
    /// `head (expr)`: rows until the expression is not true.
    While {
        /// The condition.
        expr: Expr,
        /// Also the row that ended it.
        keep_last: bool,
        /// Go on where the expression is null.
        null: bool,
        /// At most so many.
        limit: Option<u64>,
    },
}

/// See [`super::Op::Dedup`].
#[derive(Debug, Clone, PartialEq)]
pub struct Dedup {
    /// How many of each combination stay.
    pub count: u64,
    /// The fields.
    pub fields: Vec<Name>,
    /// Rows that lack a field stay.
    pub keep_empty: bool,
    /// Duplicates stay, without the fields.
    pub keep_events: bool,
    /// Only neighbours are duplicates.
    pub consecutive: bool,
    /// `sortby`
    pub sort_by: Vec<SortKey>,
}
