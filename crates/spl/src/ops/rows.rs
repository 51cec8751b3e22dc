//! Operations that work row by row, or with what the rows before left behind.

use super::Name;
use crate::tree::{Expr, Search};

/// See [`super::Op::Convert`].
#[derive(Debug, Clone, PartialEq)]
pub struct Convert {
    /// The format of `ctime` and `mktime`.
    pub time_format: String,
    /// In order. A pattern leaves those fields alone that another conversion names, or `none` chooses.
    pub conversions: Vec<Conversion>,
}

/// `ctime(field) AS target`
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// How.
    pub kind: ConversionKind,
    /// The field, or a pattern.
    pub field: Name,
    /// The field that gets the result; `None` is the field itself.
    pub target: Option<Name>,
}

/// The functions of `convert`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversionKind {
    /// Numbers, if every value of the field is one.
    Auto,
    /// Seconds since 1970 as text.
    CTime,
    /// `[D+]HH:MM:SS` as seconds.
    Dur2Sec,
    /// `3m` as kilobytes.
    MemK,
    /// Text as seconds since 1970.
    MkTime,
    /// `[MM:]SS.SSS` as seconds.
    MsTime,
    /// Left alone.
    None,
    /// Numbers; what is none is removed.
    Num,
    /// Without commas.
    RmComma,
    /// Without the text behind a number.
    RmUnit,
}

/// See [`super::Op::Split`].
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The field.
    pub field: Name,
    /// Where it is cut.
    pub by: Separator,
    /// Empty values stay.
    pub allow_empty: bool,
    /// `setsv=t`: the values become one again, with the delimiter between them.
    pub single: bool,
}

/// What separates the values of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Separator {
    /// This text.
    Delimiter(String),
    /// Nothing: the first group of each match of this pattern is a value.
    Tokenizer(Name),
}

/// See [`super::Op::Expand`].
#[derive(Debug, Clone, PartialEq)]
pub struct Expand {
    /// The multivalue field.
    pub field: Name,
    /// At most so many values a row; 0 is all.
    pub limit: u64,
}

/// See [`super::Op::Combine`].
#[derive(Debug, Clone, PartialEq)]
pub struct Combine {
    /// The field in which rows may differ.
    pub field: Name,
    /// What stands between its values when they are shown as one.
    pub delim: String,
}

/// See [`super::Op::Replace`].
#[derive(Debug, Clone, PartialEq)]
pub struct Replace {
    /// Value and what stands for it, both with as many `*`, or the second with none.
    pub pairs: Vec<(Name, Name)>,
    /// In these fields, or patterns; empty: in all that are not internal.
    pub fields: Vec<Name>,
}

/// A field computed from the same row and those before it. See [`super::Op::Series`].
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// The field it is computed from.
    pub field: Name,
    /// The field that gets it.
    pub target: Name,
    /// How.
    pub step: Step,
}

/// How a field follows from those of the rows so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The sum so far.
    Total,
    /// The number less that of so many rows before.
    Difference(u64),
    /// The value of so many rows before.
    Earlier(u64),
    /// A moving average over so many numbers.
    Average(Weights, u64),
}

/// How numbers weigh in a moving average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// All the same.
    Simple,
    /// The last one as much as the period, each before one less.
    Linear,
    /// Less and less without end.
    Exponential,
}

/// See [`super::Op::Locate`].
#[derive(Debug, Clone, PartialEq)]
pub struct Locate {
    /// The field with the address.
    pub field: Name,
    /// What the new fields' names begin with.
    pub prefix: String,
    /// Also continent, metro code and time zone.
    pub all_fields: bool,
    /// Languages of names, the best first; `code` is ISO's two letters.
    pub languages: Vec<String>,
}

/// See [`super::Op::Session`].
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Rows belong together if these fields agree; empty: all do.
    pub fields: Vec<Name>,
    /// A session lasts less than so many seconds.
    pub max_span: Option<f64>,
    /// Seconds between two of its rows are at most so many.
    pub max_pause: Option<f64>,
    /// Rows of a session.
    pub max_events: Option<u64>,
    /// Its oldest row.
    pub starts_with: Option<Boundary>,
    /// Its newest row.
    pub ends_with: Option<Boundary>,
    /// A row whose fields the session does not know yet begins another one.
    pub connected: bool,
    /// The oldest and newest row must agree in a field, too.
    pub unify_ends: bool,
    /// Rows of no session stay.
    pub keep_orphans: bool,
    /// Sessions that are not whole stay.
    pub keep_evicted: bool,
    /// Open sessions; beyond, the one that was not added to for longest is given up.
    pub max_open_sessions: u64,
    /// Rows of open sessions; as above.
    pub max_open_events: u64,
    /// Which fields hold one value for each row, in order of time; the others hold distinct values, sorted.
    pub lists: Lists,
    /// `_raw` is a multivalue field.
    pub raw_list: bool,
    /// What stands between values when they are shown as one.
    pub delim: String,
    /// Stands for no value in the fields of `lists`.
    pub null: String,
}

/// The row that begins or ends a session.
#[derive(Debug, Clone, PartialEq)]
pub enum Boundary {
    /// `startswith="login"`, `startswith=(action=login)`
    Search(Search),
    /// `startswith=eval(…)`
    Where(Expr),
}

/// The fields of a session that are lists.
#[derive(Debug, Clone, PartialEq)]
pub enum Lists {
    /// None.
    None,
    /// All.
    All,
    /// These.
    Of(Vec<Name>),
}
