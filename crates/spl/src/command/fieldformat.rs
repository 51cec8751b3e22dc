//! `fieldformat`: how a field is shown.

use super::{Command, Doc, eval};
use crate::cursor::{Cursor, Parse};
use crate::ops::Assignment;

/// For `sluice help fieldformat`.
pub(crate) const DOC: Doc = Doc {
    name: "fieldformat",
    aliases: &[],
    summary: "Shows a field as an expression says; later commands, and JSON lines, see its value as it is.",
    syntax: "fieldformat <field>=<expression>",
    example: "index=main | stats sum(bytes) AS total | fieldformat total=tostring(total, \"commas\")",
    hints: &[],
    differs: &[("a field that a later command renames or removes", "is shown as it is")],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    eval::assignment(cursor).map(Command::FieldFormat)
}

/// The arguments as text.
pub(crate) fn print(assignment: &Assignment) -> String {
    eval::print_assignment(assignment)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn one_field_gets_one_format() {
        prints("fieldformat t = strftime(t, \"%T\")", "fieldformat t=strftime(t, \"%T\")");
        prints("fieldformat \"a b\"='a b'.\"%\"", "fieldformat 'a b'='a b' . \"%\"");
        fails("fieldformat t", "expected `=`, found end of query");
        fails("fieldformat t=x, u=y", "expected `|` or end of query, found `,`");
        fails("fieldformat t=(x=1)", "a field cannot hold a Boolean");
    }
}
