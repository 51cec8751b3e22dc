//! Operations that turn rows into tables and back.

use super::{AggregateCall, Bin, Name};
use crate::tree::Expr;

/// See [`super::Op::Pivot`].
#[derive(Debug, Clone, PartialEq)]
pub struct Pivot {
    /// What is computed for each cell.
    pub measures: Vec<Measure>,
    /// The field whose values are the rows; `None`: there is one row.
    pub rows: Option<Axis>,
    /// The field whose values are the columns; `None`: a column for each measure.
    pub columns: Option<Series>,
    /// The name of a column of several measures: `$AGG$` is the measure, `$VAL$` the value of the field.
    pub format: String,
    /// A row also for each empty bucket between the first and the last.
    pub continuous: bool,
    /// The rows are the buckets of time.
    pub time: Option<TimeAxis>,
    /// Rows as they come, not sorted.
    pub grouped: bool,
    /// Equal values of a multivalue field of one event count once.
    pub dedup_splitvals: bool,
}

/// A value of each cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// `avg(bytes) AS mean`
    Call(AggregateCall),
    /// `eval(max(a) - min(a)) AS spread`
    Eval {
        /// The expression as written.
        written: Expr,
        /// The expression with fields in place of its aggregates.
        expr: Expr,
        /// Those aggregates, under the names of those fields.
        calls: Vec<AggregateCall>,
        /// The result's name.
        name: Name,
    },
}

/// A field, and the buckets that its values are put in.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The field.
    pub field: Name,
    /// `None`: each value for itself.
    pub bin: Option<Bin>,
}

/// The rows of `timechart`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeAxis {
    /// From the start to the end of the search's time range, not only of its events.
    pub fixed_range: bool,
    /// Also a first and a last bucket that the time range cuts.
    pub partial: bool,
}

/// The columns of a pivot.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The field whose values they are.
    pub split: Axis,
    /// Which of them.
    pub keep: Keep,
    /// The column of the rows that lack the field; `None`: they do not count.
    pub null: Option<String>,
    /// The column of the values that are not kept; `None`: they do not count.
    pub other: Option<String>,
}

/// Which columns stay.
#[derive(Debug, Clone, PartialEq)]
pub enum Keep {
    /// All.
    All,
    /// `limit=5`, `where max in bottom3`
    Ranked {
        /// What ranks them, an aggregate of their cells; `None` is their sum, or where there are several
        /// measures how many events they have.
        by: Option<AggregateCall>,
        /// How many.
        count: u64,
        /// From which end.
        end: RankEnd,
        /// `notin`: all but these.
        outside: bool,
    },
    /// `where sum > 100`
    Compared {
        /// An aggregate of their cells.
        by: AggregateCall,
        /// `true` is `>`, `false` is `<`.
        above: bool,
        /// The number.
        number: f64,
    },
}

/// An end of a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankEnd {
    /// The greatest.
    Top,
    /// The least.
    Bottom,
}

/// See [`super::Op::Untable`].
#[derive(Debug, Clone, PartialEq)]
pub struct Untable {
    /// The field that stays.
    pub row: Name,
    /// The field that gets the names of the others.
    pub column: Name,
    /// The field that gets their values.
    pub value: Name,
}

/// See [`super::Op::Transpose`].
#[derive(Debug, Clone, PartialEq)]
pub struct Transpose {
    /// How many rows; `None`: all.
    pub limit: Option<u64>,
    /// The field that gets the names of the fields.
    pub column_name: Name,
    /// The field whose values name the new fields; `None`: `row 1`, `row 2` …
    pub header_field: Option<Name>,
    /// Also fields that have no value in these rows.
    pub include_empty: bool,
}

/// See [`super::Op::Totals`].
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    /// These fields; empty: all that hold numbers.
    pub fields: Vec<Name>,
    /// All but this one.
    pub except: Option<Name>,
    /// The field that gets the sum of its row.
    pub row: Option<Name>,
    /// A last row with the sum of each column.
    pub column: Option<TotalRow>,
}

/// The row of totals.
#[derive(Debug, Clone, PartialEq)]
pub struct TotalRow {
    /// The field that says that it is the row of totals.
    pub label_field: Option<Name>,
    /// What it says.
    pub label: String,
}

/// See [`super::Op::Wrap`].
#[derive(Debug, Clone, PartialEq)]
pub struct Wrap {
    /// The length of a period: number and short unit.
    pub period: (u64, String),
    /// Periods end now, not where the rows end.
    pub align_now: bool,
    /// How the columns are named.
    pub names: WrapNames,
}

/// Names of periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrapNames {
    /// `latest_week`, `1week_before`
    Relative,
    /// `s0`, `s1`
    Short,
    /// The period's start in this time format.
    Exact(String),
}
