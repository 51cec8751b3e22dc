//! `chart`: aggregates as a table of two fields.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::pivot;

/// For `sluice help chart`.
pub(crate) const DOC: Doc = Doc {
    name: "chart",
    aliases: &[],
    summary: "Computes aggregates as a table: the values of one field are its rows, those of another its columns.",
    syntax: "chart [span=<span>|bins=<n>] [minspan=<span>] [start=<n>] [end=<n>] [aligntime=<time>] [limit=[top|bottom]<n>] [agg=<function>] [useother=<bool>] [otherstr=<text>] [usenull=<bool>] \
             [nullstr=<text>] [sep=<text>] [format=<text>] [cont=<bool>] [dedup_splitvals=<bool>] \
             <function>(<field>)|eval(<expression>) [AS <field>], … [OVER <field> [<span and its like>]] \
             [BY <field> [<span and its like>] [where <function> in|notin top<n>|bottom<n>|where <function> <|> <n>]]",
    example: "index=main | chart count OVER host BY EventCode limit=5",
    hints: &[],
    differs: &[
        (
            "`_time` without a span",
            "each time is a row of its own; a span, a number of bins or `timechart` puts it in buckets",
        ),
        ("`sparkline`", "an error: `stats` makes one a group"),
        ("a value called like the row field", "has no column: the row's value stays"),
    ],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    pivot::chart(cursor).map(|pivot| Command::Chart(Box::new(pivot)))
}
