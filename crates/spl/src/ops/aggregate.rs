//! Operations that compute over many rows.

use super::Name;
use crate::span::Span;
use crate::tree::Expr;

/// See [`super::Op::Aggregate`].
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// What is computed.
    pub calls: Vec<AggregateCall>,
    /// BY fields.
    pub by: Vec<Name>,
    /// A bucketed BY field, as `timechart span=1h` has.
    pub dedup_splitvals: bool,
    /// `allnum=true`
    pub allnum: bool,
    /// `delim="…"` between multivalue results when shown as one.
    pub delim: Option<String>,
}

/// One stats function: `sum(bytes) AS total`, `count(eval(x=1))`, `perc95(y)`.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateCall {
    /// Canonical name in lower case: `distinct_count` is `dc`, `mean` is `avg`, `perc95` is `perc`.
    pub function: String,
    /// `95` of `perc95`.
    pub percentile: Option<f64>,
    /// What it is computed from; `None` is `count` of rows. Of `sparkline(avg(x), 1h)` it is the call of `avg`,
    /// with the seconds of the span as its last argument. A field pattern is [`crate::tree::ExprKind::Wildcard`].
    pub argument: Option<Expr>,
    /// The result's name: as written after AS, else as Splunk names it (`count`, `sum(bytes)`).
    pub name: Name,
    /// The whole call.
    pub span: Span,
}

/// See [`super::Op::Window`].
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// What is computed.
    pub calls: Vec<AggregateCall>,
    /// BY fields.
    pub by: Vec<Name>,
    /// `None` for `eventstats`; the running window for `streamstats`.
    pub running: Option<Running>,
    /// `allnum=true`
    pub allnum: bool,
}

/// The window of `streamstats`.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// `current=f` leaves the row itself out.
    pub current: bool,
    /// `window=N` rows; 0 is all so far.
    pub window: u64,
    /// `global=f`: the window counts rows of the group, not of all.
    pub global: bool,
    /// `time_window=`, seconds.
    pub time_window: Option<f64>,
    /// `reset_on_change=t`
    pub reset_on_change: bool,
    /// `reset_before="(…)"`
    pub reset_before: Option<Expr>,
    /// `reset_after="(…)"`
    pub reset_after: Option<Expr>,
}

/// See [`super::Op::Top`].
#[derive(Debug, Clone, PartialEq)]
pub struct Top {
    /// Whose combinations are counted.
    pub fields: Vec<Name>,
    /// Within each of these.
    pub by: Vec<Name>,
    /// Rows a group; 0 is all.
    pub limit: u64,
    /// `rare`: the least frequent.
    pub rare: bool,
    /// `countfield=`; `None` with `showcount=f`.
    pub count_field: Option<String>,
    /// `percentfield=`; `None` with `showperc=f`.
    pub percent_field: Option<String>,
    /// `useother=t`: the rest as one row of this name.
    pub other: Option<String>,
}
