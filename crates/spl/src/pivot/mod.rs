//! Grammar of tables: `count, avg(bytes) OVER host BY user limit=5 where max > 10`.
//!
//! `chart` and `timechart` share it; the rows of `timechart` are buckets of `_time`.

mod measure;
mod print;
mod series;

use crate::args::OptionArg;
use crate::code;
use crate::command::bin;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Axis, Bin, BinSize, Measure, Name, Pivot, Series, TimeAxis};
use crate::span::Span;

pub(crate) use print::print;

/// How columns of several measures are named.
pub(crate) const FORMAT: &str = "$AGG$: $VAL$";

const OPTIONS: [&str; 18] = [
    "agg",
    "aligntime",
    "bins",
    "cont",
    "dedup_splitvals",
    "end",
    "fixedrange",
    "format",
    "limit",
    "minspan",
    "nullstr",
    "otherstr",
    "partial",
    "sep",
    "span",
    "start",
    "usenull",
    "useother",
];

/// Options of `timechart` alone.
const OF_TIME: [&str; 2] = ["fixedrange", "partial"];

/// Reads the arguments of `chart`.
pub(crate) fn chart(cursor: &mut Cursor<'_>) -> Parse<Pivot> {
    Draft::new("chart", None).read(cursor)
}

/// Reads the arguments of `timechart`.
pub(crate) fn timechart(cursor: &mut Cursor<'_>) -> Parse<Pivot> {
    Draft::new("timechart", Some(TimeAxis { fixed_range: true, partial: true })).read(cursor)
}

/// What has been read of a table.
struct Draft {
    command: &'static str,
    time: Option<TimeAxis>,
    measures: Vec<Measure>,
    rows: Option<Name>,
    row_bin: bin::Options,
    columns: Option<Name>,
    column_bin: bin::Options,
    series: series::Options,
    /// `BY a b`: the next field makes the columns.
    second: bool,
    format: Option<String>,
    separator: Option<String>,
    continuous: bool,
    dedup_splitvals: bool,
    /// The first option that says something of buckets.
    bin_span: Option<Span>,
}

impl Draft {
    fn new(command: &'static str, time: Option<TimeAxis>) -> Self {
        Self {
            command,
            time,
            measures: Vec::new(),
            rows: time.map(|_| Name::new("_time", Span::default())),
            row_bin: bin::Options::default(),
            columns: None,
            column_bin: bin::Options::default(),
            series: series::Options::default(),
            second: false,
            format: None,
            separator: None,
            continuous: true,
            dedup_splitvals: false,
            bin_span: None,
        }
    }

    fn read(mut self, cursor: &mut Cursor<'_>) -> Parse<Pivot> {
        while !cursor.at_command_end() {
            self.part(cursor)?;
        }
        if self.measures.is_empty() {
            let example = format!("for example `{} count`", self.command);
            return Err(cursor.expected("a stats function").with_help(example));
        }
        self.finish()
    }

    fn part(&mut self, cursor: &mut Cursor<'_>) -> Parse<()> {
        if let Some(option) = cursor.option()? {
            self.option(&option, cursor)?;
            cursor.commas();
            return Ok(());
        }
        if self.time.is_none() && self.rows.is_none() && cursor.keyword("over") {
            self.rows = Some(cursor.field()?);
            return Ok(());
        }
        if self.columns.is_none() && !self.second && cursor.keyword("by") {
            return self.by(cursor);
        }
        if self.columns.is_some() && cursor.keyword("where") {
            return self.series.read_where(cursor);
        }
        if self.second && self.columns.is_none() {
            self.columns = Some(cursor.field()?);
            return Ok(());
        }
        if self.has_split() {
            return Err(self.too_much(cursor));
        }
        self.measures.push(measure::read(cursor, self.command)?);
        cursor.commas();
        Ok(())
    }

    fn by(&mut self, cursor: &mut Cursor<'_>) -> Parse<()> {
        let field = cursor.field()?;
        if self.rows.is_some() {
            self.columns = Some(field);
        } else {
            self.rows = Some(field);
            self.second = true;
            cursor.commas();
        }
        Ok(())
    }

    fn has_split(&self) -> bool {
        self.columns.is_some() || (self.time.is_none() && self.rows.is_some())
    }

    fn too_much(&self, cursor: &Cursor<'_>) -> Diagnostic {
        let found = cursor.expected("an option or the end of the command");
        match (self.time, &self.columns) {
            (Some(_), _) => found.with_help("`timechart` splits by one field beside time"),
            (None, Some(_)) => found.with_help("`chart` splits by two fields at most, rows and columns"),
            (None, None) => found.with_help("`BY` comes before the field of the columns"),
        }
    }

    fn option(&mut self, option: &OptionArg, cursor: &mut Cursor<'_>) -> Parse<()> {
        let name = option.name.text.as_str();
        if bin::OPTIONS.contains(&name) {
            self.bin_span.get_or_insert(option.name.span);
            let axis = if self.is_of_columns(option) { &mut self.column_bin } else { &mut self.row_bin };
            axis.set(option)?;
            return Ok(());
        }
        match (name, &mut self.time) {
            ("sep", _) => self.separator = Some(option.value.text.clone()),
            ("format", _) => self.format = Some(option.value.text.clone()),
            ("cont", _) => self.continuous = option.boolean()?,
            ("dedup_splitvals", _) => self.dedup_splitvals = option.boolean()?,
            ("fixedrange", Some(time)) => time.fixed_range = option.boolean()?,
            ("partial", Some(time)) => time.partial = option.boolean()?,
            _ if self.series.set(option, cursor)? => {}
            _ => return Err(self.unknown(option)),
        }
        Ok(())
    }

    fn unknown(&self, option: &OptionArg) -> Diagnostic {
        let known: Vec<&str> =
            OPTIONS.into_iter().filter(|name| self.time.is_some() || !OF_TIME.contains(name)).collect();
        option.unknown(self.command, &known)
    }

    /// Behind the field of the columns buckets are of its values, but `span=1h` stays one of time.
    fn is_of_columns(&self, option: &OptionArg) -> bool {
        let time = || {
            self.time.is_some()
                && !self.row_bin.has_span()
                && bin::span_of(&option.value.text).is_some_and(|(_, unit)| !unit.is_empty())
        };
        self.columns.is_some() && !time()
    }

    fn finish(self) -> Parse<Pivot> {
        let format = self.format.or_else(|| self.separator.map(|separator| format!("$AGG${separator}$VAL$")));
        let is_time = self.time.is_some();
        let rows = match self.rows {
            Some(field) => Some(axis(field, self.row_bin, is_time)),
            None if self.row_bin.is_written() => {
                return Err(no_rows(self.command, self.bin_span.unwrap_or_default()));
            }
            None => None,
        };
        let columns = self.columns.map(|field| {
            let (keep, null, other) = self.series.finish();
            Series { split: axis(field, self.column_bin, false), keep, null, other }
        });
        Ok(Pivot {
            measures: self.measures,
            rows,
            columns,
            format: format.unwrap_or_else(|| FORMAT.to_owned()),
            continuous: self.continuous,
            time: self.time,
            grouped: false,
            dedup_splitvals: self.dedup_splitvals,
        })
    }
}

fn axis(field: Name, options: bin::Options, always: bool) -> Axis {
    let bin = (always || options.is_written()).then(|| in_seconds(options.bin(field.clone(), field.clone())));
    Axis { field, bin }
}

/// A plain number of `_time` is one of seconds.
fn in_seconds(bin: Bin) -> Bin {
    match bin.size {
        BinSize::Span(number, unit) if unit.is_empty() && bin.field.text == "_time" => {
            Bin { size: BinSize::Span(number, "s".to_owned()), ..bin }
        }
        _ => bin,
    }
}

fn no_rows(command: &str, span: Span) -> Diagnostic {
    Diagnostic::error(code::BAD_OPTION, span, format!("`{command}` has no field to put in buckets"))
        .with_label("nothing to put in buckets")
        .with_help("`BY` names it, for example `chart count BY bytes span=100`")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn rows_and_columns_are_named_in_two_ways() {
        prints("chart count by a b", "chart count OVER a BY b");
        prints("chart count by a, b", "chart count OVER a BY b");
        prints("chart count, avg(x) as m over a by b", "chart count, avg(x) AS m OVER a BY b");
        prints("chart count over a", "chart count OVER a");
        prints("chart sum(x)", "chart sum(x)");
        prints("timechart count by host", "timechart count BY host");
    }

    #[test]
    fn options_belong_to_what_they_follow() {
        prints(
            "chart count by mag span=1 place bins=10 limit=5 usenull=f",
            "chart limit=5 usenull=false count OVER mag span=1 BY place bins=10",
        );
        prints("timechart count by host span=1h", "timechart span=1h count BY host");
        prints("timechart span=1d count by size span=10", "timechart span=1d count BY size span=10");
        prints("timechart span=60 count", "timechart span=60s count");
        prints(
            "timechart cont=f partial=f fixedrange=f count",
            "timechart cont=false fixedrange=false partial=false count",
        );
    }

    #[test]
    fn the_columns_kept_are_said_in_many_ways() {
        prints("chart count by a b limit=top5", "chart limit=5 count OVER a BY b");
        prints("chart limit=\"bottom 3\" count by a b", "chart limit=bottom3 count OVER a BY b");
        prints("chart limit=top 3 count by a b", "chart limit=3 count OVER a BY b");
        prints("chart limit=0 count by a b", "chart limit=0 count OVER a BY b");
        prints("chart agg=max limit=2 count by a b", "chart count OVER a BY b where max in top2");
        prints("timechart count by a where max in top 5", "timechart count BY a where max in top5");
        prints(
            "timechart count by a where sum notin bottom2",
            "timechart count BY a where sum notin bottom2",
        );
        prints("timechart count by a where max>10.5", "timechart count BY a where max > 10.5");
        prints("timechart count by a useother=f otherstr=rest", "timechart useother=false count BY a");
        prints(
            "timechart count by a nullstr=none otherstr=\"the rest\"",
            "timechart nullstr=none otherstr=\"the rest\" count BY a",
        );
    }

    #[test]
    fn expressions_may_hold_aggregates() {
        prints(
            "timechart eval(avg(a)/count(b)) as ratio by c",
            "timechart eval(avg(a) / count(b)) AS ratio BY c",
        );
        prints("chart (max(a)-min(a)) as spread by c", "chart eval(max(a) - min(a)) AS spread OVER c");
        prints("chart sep=\"-\" count max(a) by b c", "chart format=$AGG$-$VAL$ count, max(a) OVER b BY c");
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("chart", "expected a stats function, found end of query");
        fails("chart count by a b c", "expected an option or the end of the command, found `c`");
        fails("timechart count by a b", "expected an option or the end of the command, found `b`");
        fails("chart count by a b where max", "expected `in`, `notin`, `<` or `>`, found end of query");
        fails(
            "chart count by a b limit=few",
            "`limit` expected a number such as `10` or `bottom5`, found `few`",
        );
        fails("chart partial=f count", "`chart` has no option `partial`");
        fails("chart span=5 count", "`chart` has no field to put in buckets");
        fails("timechart eval(a + 1)", "`eval` holds no stats function");
    }
}
