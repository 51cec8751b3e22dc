//! `stats`: groups with their aggregates.

use super::{Command, Doc};
use crate::aggregate;
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::Aggregate;
use crate::printer::name::quote;

/// For `sluice help stats`.
pub(crate) const DOC: Doc = Doc {
    name: "stats",
    aliases: &[],
    summary: "Computes aggregates over all rows, or over each group of rows.",
    syntax: "stats <function>(<field>) [AS <field>], … [BY <field>, …] [dedup_splitvals=<bool>]",
    example: "index=main | stats count, dc(user) AS users BY host",
    hints: &["partitions"],
    differs: &[
        ("allnum=", "only `false`, its default"),
        ("delim=", "how values are joined is the output's matter"),
        ("`sparkline(…)`", "without a span, one is chosen from the rows' times"),
        ("`span` after BY", "an error: write `bin` before"),
    ],
};

const OPTIONS: [&str; 4] = ["allnum", "dedup_splitvals", "delim", "partitions"];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut stats =
        Aggregate { calls: Vec::new(), by: Vec::new(), dedup_splitvals: false, allnum: false, delim: None };
    options(cursor, &mut stats)?;
    stats.calls = aggregate::calls(cursor, "stats")?;
    options(cursor, &mut stats)?;
    stats.by = aggregate::by(cursor)?;
    options(cursor, &mut stats)?;
    Ok(Command::Stats(stats))
}

fn options(cursor: &mut Cursor<'_>, stats: &mut Aggregate) -> Parse<()> {
    while let Some(option) = cursor.option()? {
        set(stats, &option)?;
    }
    Ok(())
}

fn set(stats: &mut Aggregate, option: &OptionArg) -> Parse<()> {
    match option.name.text.as_str() {
        "allnum" => stats.allnum = option.boolean()?,
        "dedup_splitvals" => stats.dedup_splitvals = option.boolean()?,
        "delim" => stats.delim = Some(option.value.text.clone()),
        name if DOC.hints.contains(&name) => {}
        _ => return Err(option.unknown("stats", &OPTIONS)),
    }
    Ok(())
}

/// The arguments as text.
pub(crate) fn print(stats: &Aggregate) -> String {
    let allnum = if stats.allnum { "allnum=true " } else { "" };
    let delim = stats.delim.as_ref().map(|delim| format!("delim={} ", quote(delim))).unwrap_or_default();
    let split = if stats.dedup_splitvals { " dedup_splitvals=true" } else { "" };
    format!("{allnum}{delim}{}{split}", aggregate::print(&stats.calls, &stats.by))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn calls_groups_and_options() {
        prints("stats count", "stats count");
        prints(
            "stats partitions=2 delim=\":\" values(a) count as n by b c",
            "stats delim=\":\" values(a), count AS n BY b, c",
        );
        prints("stats sum(a) BY b dedup_splitvals=t", "stats sum(a) BY b dedup_splitvals=true");
    }

    #[test]
    fn what_is_absent_is_named() {
        fails("stats", "expected a stats function, found end of query");
        fails("stats count by", "expected a field, found end of query");
        fails("stats count by _time span=1h", "`stats` has no option `span`");
    }
}
