//! `xyseries`: a table from rows of three fields and more.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::{AggregateCall, Axis, Keep, Measure, Name, Pivot, Series};
use crate::pivot::FORMAT;
use crate::printer::name::{field, value};
use crate::tree::{Expr, ExprKind};

/// For `sluice help xyseries`.
pub(crate) const DOC: Doc = Doc {
    name: "xyseries",
    aliases: &["maketable"],
    summary: "Makes a table of rows: the values of the first field are its rows, those of the second its columns, \
              those of the others its cells.",
    syntax: "xyseries [grouped=<bool>] <row field> <column field> <value field>, … [sep=<text>] [format=<text>]",
    example: "index=main | stats count BY host, user | xyseries host user count",
    hints: &[],
    differs: &[("multivalue cells", "of a multivalue field in a cell the first value stays")],
};

const OPTIONS: [&str; 3] = ["format", "grouped", "sep"];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut options = Options::default();
    options.read(cursor)?;
    let row = cursor.field()?;
    cursor.commas();
    let column = cursor.field()?;
    cursor.commas();
    let values = cursor.fields(&[])?;
    options.read(cursor)?;
    let pivot = Pivot {
        measures: values.into_iter().map(measure).collect(),
        rows: Some(Axis { field: row, bin: None }),
        columns: Some(Series {
            split: Axis { field: column, bin: None },
            keep: Keep::All,
            null: None,
            other: None,
        }),
        format: options.format.or(options.separator).unwrap_or_else(|| FORMAT.to_owned()),
        continuous: false,
        time: None,
        grouped: options.grouped,
        dedup_splitvals: false,
    };
    Ok(Command::XySeries(Box::new(pivot)))
}

/// Of two rows of one cell the last counts.
fn measure(field: Name) -> Measure {
    let argument = Expr { kind: ExprKind::Field(field.text.clone()), span: field.span };
    let span = field.span;
    Measure::Call(AggregateCall {
        function: "last".to_owned(),
        percentile: None,
        argument: Some(argument),
        name: field,
        span,
    })
}

#[derive(Default)]
struct Options {
    grouped: bool,
    separator: Option<String>,
    format: Option<String>,
}

impl Options {
    fn read(&mut self, cursor: &mut Cursor<'_>) -> Parse<()> {
        while let Some(option) = cursor.option()? {
            self.set(&option)?;
        }
        Ok(())
    }

    fn set(&mut self, option: &OptionArg) -> Parse<()> {
        match option.name.text.as_str() {
            "grouped" => self.grouped = option.boolean()?,
            "sep" => self.separator = Some(format!("$AGG${}$VAL$", option.value.text)),
            "format" => self.format = Some(option.value.text.clone()),
            _ => return Err(option.unknown("xyseries", &OPTIONS)),
        }
        Ok(())
    }
}

/// The arguments as text.
pub(crate) fn print(pivot: &Pivot) -> String {
    let mut out = if pivot.grouped { "grouped=true ".to_owned() } else { String::new() };
    if pivot.format != FORMAT {
        out += &format!("format={} ", value(&pivot.format));
    }
    let axes = pivot.rows.iter().chain(pivot.columns.iter().map(|columns| &columns.split));
    let mut names: Vec<String> = axes.map(|axis| field(&axis.field.text)).collect();
    for measure in &pivot.measures {
        if let Measure::Call(call) = measure {
            names.push(field(&call.name.text));
        }
    }
    out + &names.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn options_may_stand_on_either_side() {
        prints("xyseries host user count", "xyseries host user count");
        prints(
            "maketable grouped=t a, b, c, d sep=\"_\"",
            "xyseries grouped=true format=$AGG$_$VAL$ a b c d",
        );
        prints("xyseries a b c format=\"$VAL$ $AGG$\"", "xyseries format=\"$VAL$ $AGG$\" a b c");
    }

    #[test]
    fn three_fields_are_needed() {
        fails("xyseries a b", "expected a field, found end of query");
        fails("xyseries a b c limit=3", "`xyseries` has no option `limit`");
    }
}
