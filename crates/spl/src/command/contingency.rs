//! `contingency`: how often the values of two fields occur together, as a table with its sums.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::{
    AggregateCall, Axis, Keep, Measure, Name, Op, Pivot, Project, ProjectMode, RankEnd, Series, Sort,
    SortKey, SortKind, TotalRow, Totals,
};
use crate::pivot::FORMAT;
use crate::printer::name::{field, value};
use crate::span::Span;

/// For `sluice help contingency`.
pub(crate) const DOC: Doc = Doc {
    name: "contingency",
    aliases: &["counttable", "ctable"],
    summary: "Counts how often the values of two fields occur together, as a table with its sums.",
    syntax: "contingency [maxrows=<n>] [maxcols=<n>] [usetotal=<bool>] [totalstr=<text>] <row field> <column field>",
    example: "index=main | contingency host EventCode maxcols=5",
    hints: &[],
    differs: &[
        ("mincolcover=", "an error: `maxcols` says how many columns there are"),
        ("minrowcover=", "an error: `maxrows` says how many rows there are"),
        ("columns", "come in order of their names, and the sums are those of what is shown"),
    ],
};

const OPTIONS: [&str; 4] = ["maxcols", "maxrows", "totalstr", "usetotal"];

/// Values of a field that are shown at most (`maxvalues` in `limits.conf`, `[ctable]`).
const MAX_VALUES: u64 = 1_000;

const TOTAL: &str = "TOTAL";

/// The arguments of `contingency`.
#[derive(Debug, Clone, PartialEq)]
pub struct Contingency {
    row: Name,
    column: Name,
    max_rows: u64,
    max_columns: u64,
    show_total: bool,
    total: String,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut fields = Vec::new();
    let mut options = Vec::new();
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) => options.push(option),
            None if fields.len() < 2 => fields.push(cursor.field()?),
            None => return Err(cursor.expected("an option or the end of the command")),
        }
        cursor.commas();
    }
    let mut fields = fields.into_iter();
    let (Some(row), Some(column)) = (fields.next(), fields.next()) else {
        return Err(cursor.expected("a field").with_help(format!("for example `{}`", DOC.example)));
    };
    let mut contingency = Contingency {
        row,
        column,
        max_rows: MAX_VALUES,
        max_columns: MAX_VALUES,
        show_total: true,
        total: TOTAL.to_owned(),
    };
    for option in &options {
        set(&mut contingency, option)?;
    }
    Ok(Command::Contingency(Box::new(contingency)))
}

fn set(contingency: &mut Contingency, option: &OptionArg) -> Parse<()> {
    // 0 is as many as there may be.
    let count = || option.integer().map(|count| if count == 0 { MAX_VALUES } else { count.min(MAX_VALUES) });
    match option.name.text.as_str() {
        "maxrows" => contingency.max_rows = count()?,
        "maxcols" => contingency.max_columns = count()?,
        "usetotal" => contingency.show_total = option.boolean()?,
        "totalstr" => contingency.total.clone_from(&option.value.text),
        _ => return Err(option.unknown("contingency", &OPTIONS)),
    }
    Ok(())
}

/// A pivot, its rows in order of their sums, and the sums.
pub(crate) fn ops(contingency: &Contingency) -> Vec<Op> {
    let total = Name::new(&contingency.total, contingency.row.span);
    let key = SortKey { field: total.clone(), descending: true, kind: SortKind::Number };
    let mut ops = vec![
        Op::Pivot(Box::new(pivot(contingency))),
        Op::Totals(Totals {
            fields: Vec::new(),
            except: Some(contingency.row.clone()),
            row: Some(total.clone()),
            column: None,
        }),
        Op::Sort(Sort { keys: vec![key], limit: Some(contingency.max_rows), reverse: false }),
    ];
    if contingency.show_total {
        let label = contingency.total.clone();
        let row = TotalRow { label_field: Some(contingency.row.clone()), label };
        ops.push(Op::Totals(Totals { fields: Vec::new(), except: None, row: None, column: Some(row) }));
    } else {
        ops.push(Op::Project(Project { mode: ProjectMode::Drop, fields: vec![total] }));
    }
    ops
}

fn pivot(contingency: &Contingency) -> Pivot {
    let axis = |field: &Name| Axis { field: field.clone(), bin: None };
    let span = contingency.row.span;
    let count = AggregateCall {
        function: "count".to_owned(),
        percentile: None,
        argument: None,
        name: Name::new("count", Span::default()),
        span,
    };
    Pivot {
        measures: vec![Measure::Call(count)],
        rows: Some(axis(&contingency.row)),
        columns: Some(Series {
            split: axis(&contingency.column),
            keep: Keep::Ranked {
                by: None,
                count: contingency.max_columns,
                end: RankEnd::Top,
                outside: false,
            },
            null: None,
            other: None,
        }),
        format: FORMAT.to_owned(),
        continuous: false,
        time: None,
        grouped: false,
        dedup_splitvals: false,
    }
}

/// The arguments as text.
pub(crate) fn print(contingency: &Contingency) -> String {
    let mut out = String::new();
    for (name, count) in [("maxrows", contingency.max_rows), ("maxcols", contingency.max_columns)] {
        if count != MAX_VALUES {
            out += &format!("{name}={count} ");
        }
    }
    if !contingency.show_total {
        out += "usetotal=false ";
    }
    if contingency.total != TOTAL {
        out += &format!("totalstr={} ", value(&contingency.total));
    }
    out + &format!("{} {}", field(&contingency.row.text), field(&contingency.column.text))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn options_may_stand_on_either_side() {
        prints("contingency host user", "contingency host user");
        prints(
            "ctable maxrows=5 a, b usetotal=f maxcols=0 totalstr=\"All of them\"",
            "contingency maxrows=5 usetotal=false totalstr=\"All of them\" a b",
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("contingency a", "expected a field, found end of query");
        fails("contingency a b c", "expected an option or the end of the command, found `c`");
        fails("contingency a b mincolcover=0.5", "`contingency` has no option `mincolcover`");
    }
}
