//! `timechart`: aggregates over time as a table.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::pivot;

/// For `sluice help timechart`.
pub(crate) const DOC: Doc = Doc {
    name: "timechart",
    aliases: &[],
    summary: "Computes aggregates over time as a table: the rows are buckets of time, the columns the values of a field.",
    syntax: "timechart [span=<span>|bins=<n>] [minspan=<span>] [start=<n>] [end=<n>] [aligntime=<time>] [limit=[top|bottom]<n>] \
             [agg=<function>] [useother=<bool>] [otherstr=<text>] [usenull=<bool>] [nullstr=<text>] [sep=<text>] \
             [format=<text>] [cont=<bool>] [fixedrange=<bool>] [partial=<bool>] [dedup_splitvals=<bool>] \
             <function>(<field>)|eval(<expression>) [AS <field>], … \
             [BY <field> [<span and its like>] [where <function> in|notin top<n>|bottom<n>|where <function> <|> <n>]]",
    example: "index=main | timechart span=1h count BY host limit=5",
    hints: &[],
    differs: &[
        (
            "`_span`, `_spandays`",
            "these hidden fields, which tell Splunk's charts how wide a bucket is, are not made",
        ),
        ("`sparkline`", "an error: `stats` makes one a group"),
    ],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    pivot::timechart(cursor).map(|pivot| Command::TimeChart(Box::new(pivot)))
}
