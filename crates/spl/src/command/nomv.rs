//! `nomv`: several values become one.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::Name;
use crate::printer::name::field;

/// For `sluice help nomv`.
pub(crate) const DOC: Doc = Doc {
    name: "nomv",
    aliases: &[],
    summary: "Joins the values of a field into one, with line feeds or the `delim` of the command that made them.",
    syntax: "nomv <field>",
    example: "index=main | stats values(user) AS users | nomv users",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    cursor.field().map(Command::NoMv)
}

/// The arguments as text.
pub(crate) fn print(name: &Name) -> String {
    field(&name.text)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn one_field() {
        prints("nomv senders", "nomv senders");
        fails("nomv", "expected a field, found end of query");
        fails("nomv a, b", "expected `|` or end of query, found `,`");
    }
}
