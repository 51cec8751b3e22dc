//! `stats`: groups with their aggregates.

use super::{Command, Doc, bin};
use crate::aggregate;
use crate::args::OptionArg;
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Aggregate, Bin, BinSize, Name, Op};
use crate::printer::name::{field, quote};

/// For `sluice help stats`.
pub(crate) const DOC: Doc = Doc {
    name: "stats",
    aliases: &[],
    summary: "Computes aggregates over all rows, or over each group of rows.",
    syntax: "stats <function>(<field>) [AS <field>], … [BY <field>, …] [allnum=<bool>] [delim=<text>] [dedup_splitvals=<bool>]",
    example: "index=main | stats count, dc(user) AS users BY host",
    hints: &["partitions"],
    differs: &[
        ("`sparkline(…)`", "without a span, one is chosen from the rows' times"),
        (
            "`span` behind a BY field",
            "puts it in buckets first, as `bin` does; Splunk's reference does not name it",
        ),
    ],
};

const OPTIONS: [&str; 5] = ["allnum", "dedup_splitvals", "delim", "partitions", "span"];

/// The arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    aggregate: Aggregate,
    /// BY fields that are put in buckets first.
    spans: Vec<(Name, BinSize)>,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let aggregate =
        Aggregate { calls: Vec::new(), by: Vec::new(), dedup_splitvals: false, allnum: false, delim: None };
    let mut stats = Stats { aggregate, spans: Vec::new() };
    options(cursor, &mut stats)?;
    stats.aggregate.calls = aggregate::calls(cursor, "stats")?;
    options(cursor, &mut stats)?;
    let mut more = cursor.at_keyword("by");
    stats.aggregate.by = aggregate::by(cursor)?;
    options(cursor, &mut stats)?;
    // A span stands behind its field, so the list goes on behind it.
    while more && !cursor.at_command_end() {
        cursor.commas();
        let fields = cursor.fields(&["by"])?;
        more = !fields.is_empty();
        stats.aggregate.by.extend(fields);
        options(cursor, &mut stats)?;
    }
    Ok(Command::Stats(stats))
}

fn options(cursor: &mut Cursor<'_>, stats: &mut Stats) -> Parse<()> {
    while let Some(option) = cursor.option()? {
        set(stats, &option)?;
    }
    Ok(())
}

fn set(stats: &mut Stats, option: &OptionArg) -> Parse<()> {
    let aggregate = &mut stats.aggregate;
    match option.name.text.as_str() {
        "allnum" => aggregate.allnum = option.boolean()?,
        "dedup_splitvals" => aggregate.dedup_splitvals = option.boolean()?,
        "delim" => aggregate.delim = Some(option.value.text.clone()),
        "span" => match aggregate.by.last() {
            Some(last) => stats.spans.push((last.clone(), bin::size(option)?)),
            None => return Err(stray_span(option)),
        },
        name if DOC.hints.contains(&name) => {}
        _ => return Err(option.unknown("stats", &OPTIONS)),
    }
    Ok(())
}

fn stray_span(option: &OptionArg) -> Diagnostic {
    Diagnostic::error(code::BAD_OPTION, option.name.span, "`span` has no BY field before it")
        .with_label("which field?")
        .with_help("for example `stats count BY _time span=1h`")
}

/// What it means: buckets, then groups.
pub(crate) fn ops(stats: &Stats) -> Vec<Op> {
    let bins = stats.spans.iter().map(|(field, size)| {
        let (field, target) = (field.clone(), field.clone());
        Op::Bin(Bin { field, target, size: size.clone(), align: None, range: (None, None) })
    });
    bins.chain([Op::Aggregate(stats.aggregate.clone())]).collect()
}

/// The arguments as text.
pub(crate) fn print(stats: &Stats) -> String {
    let Stats { aggregate, spans } = stats;
    let allnum = if aggregate.allnum { "allnum=true " } else { "" };
    let delim = aggregate.delim.as_ref().map(|delim| format!("delim={} ", quote(delim))).unwrap_or_default();
    let split = if aggregate.dedup_splitvals { " dedup_splitvals=true" } else { "" };
    let by = aggregate.by.iter().map(|name| {
        let spans = spans.iter().filter(|(field, _)| field == name);
        let spans: String = spans.map(|(_, size)| format!(" span={}", bin::print_size(size))).collect();
        field(&name.text) + &spans
    });
    let by = by.collect::<Vec<_>>().join(", ");
    let by = if by.is_empty() { by } else { format!(" BY {by}") };
    format!("{allnum}{delim}{}{by}{split}", aggregate::print(&aggregate.calls, &[]))
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
    fn a_span_belongs_to_the_field_before_it() {
        prints("stats count by _time span=1h", "stats count BY _time span=1h");
        prints(
            "stats count by a _time span=5min, b allnum=t",
            "stats allnum=true count BY a, _time span=5m, b",
        );
        fails("stats span=1h count", "`span` has no BY field before it");
        fails("stats count by _time span=x", "`span` expected a span such as `5m` or `10`, found `x`");
    }

    #[test]
    fn what_is_absent_is_named() {
        fails("stats", "expected a stats function, found end of query");
        fails("stats count by", "expected a field, found end of query");
        fails("stats count by a spn=1h", "`stats` has no option `spn`");
    }
}
