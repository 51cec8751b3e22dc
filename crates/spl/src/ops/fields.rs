//! Operations that make, name and keep fields.

use super::Name;
use crate::tree::Expr;

/// See [`super::Op::Extend`].
#[derive(Debug, Clone, PartialEq)]
pub struct Extend {
    /// Assignments in order.
    pub assignments: Vec<Assignment>,
}

/// `target = expr`
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The field. `{name}` parts take the value of that field as (part of) the name.
    pub target: Name,
    /// Its value.
    pub expr: Expr,
}

/// See [`super::Op::Project`].
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Which way.
    pub mode: ProjectMode,
    /// Names or patterns.
    pub fields: Vec<Name>,
}

/// What a projection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectMode {
    /// `table`: these and no others, in this order; a missing one is a column without values.
    Table,
    /// `fields +`: these, and `_time` and `_raw`.
    Keep,
    /// `fields -`: all but these.
    Drop,
}

/// See [`super::Op::Rename`].
#[derive(Debug, Clone, PartialEq)]
pub struct Rename {
    /// From, to; both may hold the same number of `*`.
    pub pairs: Vec<(Name, Name)>,
}

/// See [`super::Op::Bin`].
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    /// The field.
    pub field: Name,
    /// The field that gets the result.
    pub target: Name,
    /// The width.
    pub size: BinSize,
    /// `aligntime=`: `earliest`, `latest` or a time.
    pub align: Option<String>,
    /// `start=`, `end=`
    pub range: (Option<f64>, Option<f64>),
}

/// How wide buckets are.
#[derive(Debug, Clone, PartialEq)]
pub enum BinSize {
    /// `span=10`, `span=5m`, `span=1d`: number and unit as written (`""` for plain numbers).
    Span(f64, String),
    /// `span=2log10`: coefficient and base.
    Log(f64, f64),
    /// `bins=100`, with `minspan=`.
    Count(u64, Option<(f64, String)>),
}

/// See [`super::Op::FillNull`].
#[derive(Debug, Clone, PartialEq)]
pub struct FillNull {
    /// The value, default `0`.
    pub value: String,
    /// These fields; empty: all fields that have a value anywhere.
    pub fields: Vec<Name>,
}
