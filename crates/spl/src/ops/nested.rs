//! Operations with other queries, and what makes a query of rows.

use super::{Name, Op};
use crate::span::Span;

/// See [`super::Op::Union`].
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// The other query.
    pub ops: Vec<Op>,
    /// Where it stands.
    pub span: Span,
    /// `maxout=`: at most so many of its rows; 0 is all. Splunk's default is 50,000.
    pub max: Option<u64>,
    /// Events are put in the order of their time, if both sides are events still.
    pub by_time: bool,
    /// There are no rows before it.
    pub first: bool,
}

/// See [`super::Op::AppendPipe`].
#[derive(Debug, Clone, PartialEq)]
pub struct AppendPipe {
    /// What is done with the rows.
    pub ops: Vec<Op>,
}

/// See [`super::Op::AppendCols`].
#[derive(Debug, Clone, PartialEq)]
pub struct AppendCols {
    /// The other query.
    pub ops: Vec<Op>,
    /// Where it stands.
    pub span: Span,
    /// `maxout=`, as that of [`Union`].
    pub max: Option<u64>,
    /// `override=t`: its values beat the existing ones.
    pub overwrite: bool,
}

/// See [`super::Op::Join`].
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// Fields of the rows and of the other query that must be equal; empty: all that both have.
    pub keys: Vec<(Name, Name)>,
    /// `left=L right=R`: what the fields of either side are called, `L.user`.
    pub aliases: Option<(String, String)>,
    /// Rows without a match stay: `type=left`.
    pub keep_unmatched: bool,
    /// Matches a row; 0 is all.
    pub max: u64,
    /// The other query's values beat the existing ones.
    pub overwrite: bool,
    /// `usetime=t`
    pub time: Option<JoinTime>,
    /// The other query.
    pub ops: Vec<Op>,
    /// Where it stands.
    pub span: Span,
}

/// Which rows of the other query count in `join usetime=t`, beside those of the same second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinTime {
    /// `earlier=t`
    Earlier,
    /// `earlier=f`
    Later,
}

/// See [`super::Op::SelfJoin`].
#[derive(Debug, Clone, PartialEq)]
pub struct SelfJoin {
    /// Fields that must be equal.
    pub fields: Vec<Name>,
    /// Matches a row; 0 is all.
    pub max: u64,
    /// The later row's values beat those of the row.
    pub overwrite: bool,
    /// Rows whose keys no other row has stay.
    pub keep_single: bool,
}

/// See [`super::Op::Set`].
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// Which rows.
    pub kind: SetKind,
    /// The two queries and where they stand.
    pub sides: [(Vec<Op>, Span); 2],
}

/// Which rows of two queries `set` gives, each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetKind {
    /// Those of both.
    Union,
    /// Those that only one has.
    Diff,
    /// Those that both have.
    Intersect,
}

/// See [`super::Op::Map`].
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// The query's text with `$field$` where a value of the row goes. Its macros are not expanded.
    pub search: Name,
    /// `maxsearches=`
    pub max: u64,
}

/// See [`super::Op::ForEach`].
#[derive(Debug, Clone, PartialEq)]
pub struct ForEach {
    /// What is gone through.
    pub mode: ForEachMode,
    /// Fields or patterns; with a mode of values, the one field.
    pub fields: Vec<Name>,
    /// The text that stands for what is gone through, in the order of `fieldstr`, `matchstr`, `matchseg1`,
    /// `matchseg2`, `matchseg3`; of a mode of values only the first, `itemstr`.
    pub tokens: Vec<String>,
    /// The commands, as text.
    pub template: Name,
}

/// What `foreach` goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForEachMode {
    /// Fields.
    MultiField,
    /// The values of a multivalue field.
    MultiValue,
    /// The elements of a JSON array.
    JsonArray,
    /// Elements if the field holds a JSON array, else values.
    Auto,
}

/// See [`super::Op::Format`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// Before and after all, before and after each row, between fields, between rows: `row prefix`, `column
    /// prefix`, `column separator`, `column end`, `row separator`, `row end`.
    pub strings: [String; 6],
    /// `mvsep=`, between the values of a multivalue field.
    pub value_separator: String,
    /// `maxresults=`; 0 is all.
    pub max: u64,
    /// `emptystr=`: what no rows give.
    pub empty: String,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            strings: ["(", "(", "AND", ")", "OR", ")"].map(str::to_owned),
            value_separator: "OR".to_owned(),
            max: 0,
            empty: "NOT( )".to_owned(),
        }
    }
}

/// See [`super::Op::Return`].
#[derive(Debug, Clone, PartialEq)]
pub struct Return {
    /// How many rows.
    pub count: u64,
    /// What is said of each.
    pub items: Vec<ReturnItem>,
}

/// One argument of `return`.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnItem {
    /// The field whose value it is.
    pub field: Name,
    /// The name before `=`; `None`: the value alone (`$field`).
    pub name: Option<String>,
}
