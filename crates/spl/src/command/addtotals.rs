//! `addtotals`: the sum of each row's numbers, and of each column's.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::{Name, TotalRow, Totals};
use crate::printer::name::{fields, value};
use crate::span::Span;

/// For `sluice help addtotals`.
pub(crate) const DOC: Doc = Doc {
    name: "addtotals",
    aliases: &[],
    summary: "Adds a field with the sum of each row's numbers, and a last row with the sum of each column's.",
    syntax: "addtotals [row=<bool>] [col=<bool>] [labelfield=<field>] [label=<text>] [fieldname=<field>] [<field>, …]",
    example: "index=main | chart count OVER host BY user | addtotals col=true labelfield=host",
    hints: &[],
    differs: &[],
};

const OPTIONS: [&str; 5] = ["col", "fieldname", "label", "labelfield", "row"];

/// The name of the sum, and the label of the row of sums.
pub(super) const TOTAL: &str = "Total";

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut options = Options::default();
    let mut fields = Vec::new();
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) => options.set(option)?,
            None => fields.extend(cursor.fields(&[])?),
        }
        cursor.commas();
    }
    Ok(Command::AddTotals(options.totals(fields)))
}

struct Options {
    row: bool,
    column: bool,
    field_name: Name,
    total: TotalRow,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            row: true,
            column: false,
            field_name: Name::new(TOTAL, Span::default()),
            total: TotalRow { label_field: None, label: TOTAL.to_owned() },
        }
    }
}

impl Options {
    fn set(&mut self, option: OptionArg) -> Parse<()> {
        match option.name.text.as_str() {
            "row" => self.row = option.boolean()?,
            "col" => self.column = option.boolean()?,
            "fieldname" => self.field_name = option.value,
            "label" => self.total.label = option.value.text,
            "labelfield" => self.total.label_field = Some(option.value),
            _ => return Err(option.unknown("addtotals", &OPTIONS)),
        }
        Ok(())
    }

    /// Without the row of sums its label has no place.
    fn totals(self, fields: Vec<Name>) -> Totals {
        Totals {
            fields,
            except: None,
            row: self.row.then_some(self.field_name),
            column: self.column.then_some(self.total),
        }
    }
}

/// The arguments as text.
pub(crate) fn print(totals: &Totals) -> String {
    let mut out = Vec::new();
    match &totals.row {
        None => out.push("row=false".to_owned()),
        Some(name) if name.text == TOTAL => {}
        Some(name) => out.push(format!("fieldname={}", value(&name.text))),
    }
    if let Some(row) = &totals.column {
        out.push("col=true".to_owned());
        out.extend(print_label(row));
    }
    out.extend((!totals.fields.is_empty()).then(|| fields(&totals.fields)));
    out.join(" ")
}

/// The label of the row of sums, and its field.
pub(super) fn print_label(row: &TotalRow) -> Vec<String> {
    let field = row.label_field.as_ref().map(|name| format!("labelfield={}", value(&name.text)));
    let label = (row.label != TOTAL).then(|| format!("label={}", value(&row.label)));
    field.into_iter().chain(label).collect()
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn options_may_stand_on_either_side() {
        prints("addtotals", "addtotals");
        prints("addtotals fieldname=sum, a, b*", "addtotals fieldname=sum a, b*");
        prints(
            "addtotals row=f a col=t labelfield=host label=\"All hosts\"",
            "addtotals row=false col=true labelfield=host label=\"All hosts\" a",
        );
        fails("addtotals cols=t", "`addtotals` has no option `cols`");
    }
}
