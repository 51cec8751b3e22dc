//! `addcoltotals`: the sum of each column's numbers.

use super::addtotals::{TOTAL, print_label};
use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{TotalRow, Totals};
use crate::printer::name::fields;

/// For `sluice help addcoltotals`.
pub(crate) const DOC: Doc = Doc {
    name: "addcoltotals",
    aliases: &[],
    summary: "Adds a last row with the sum of each column's numbers.",
    syntax: "addcoltotals [labelfield=<field>] [label=<text>] [<field>, …]",
    example: "index=main | stats count BY host | addcoltotals labelfield=host label=ALL",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut row = TotalRow { label_field: None, label: TOTAL.to_owned() };
    let mut fields = Vec::new();
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) if option.name.text == "labelfield" => row.label_field = Some(option.value),
            Some(option) if option.name.text == "label" => row.label = option.value.text,
            Some(option) => return Err(option.unknown("addcoltotals", &["label", "labelfield"])),
            None => fields.extend(cursor.fields(&[])?),
        }
        cursor.commas();
    }
    Ok(Command::AddColTotals(Totals { fields, except: None, row: None, column: Some(row) }))
}

/// The arguments as text.
pub(crate) fn print(totals: &Totals) -> String {
    let mut out: Vec<String> = totals.column.iter().flat_map(print_label).collect();
    out.extend((!totals.fields.is_empty()).then(|| fields(&totals.fields)));
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_label_and_fields_are_optional() {
        prints("addcoltotals", "addcoltotals");
        prints("addcoltotals a b label=ALL labelfield=h", "addcoltotals labelfield=h label=ALL a, b");
        fails("addcoltotals row=t", "`addcoltotals` has no option `row`");
    }
}
