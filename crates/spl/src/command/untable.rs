//! `untable`: a row for each cell of a table.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::Untable;
use crate::printer::name::field;

/// For `sluice help untable`.
pub(crate) const DOC: Doc = Doc {
    name: "untable",
    aliases: &[],
    summary: "Makes a row of each cell of a table: the opposite of `xyseries`.",
    syntax: "untable <row field> <field for column names> <field for values>",
    example: "index=main | chart count OVER host BY user | untable host user count",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut next = || {
        let name = cursor.field()?;
        cursor.commas();
        Ok(name)
    };
    Ok(Command::Untable(Untable { row: next()?, column: next()?, value: next()? }))
}

/// The arguments as text.
pub(crate) fn print(untable: &Untable) -> String {
    let names = [&untable.row, &untable.column, &untable.value];
    names.map(|name| field(&name.text)).join(" ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn three_fields_are_needed() {
        prints("untable a, b, \"c d\"", "untable a b \"c d\"");
        fails("untable a b", "expected a field, found end of query");
        fails("untable a b c d", "expected `|` or end of query, found `d`");
    }
}
