//! `filldown`: the last value where a field has none.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::Name;
use crate::printer::name::fields;

/// For `sluice help filldown`.
pub(crate) const DOC: Doc = Doc {
    name: "filldown",
    aliases: &[],
    summary: "Gives a field that has no value the one of the row before.",
    syntax: "filldown [<field>, …]",
    example: "index=main | table _time, user | filldown user",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    Ok(Command::FillDown(if cursor.at_command_end() { Vec::new() } else { cursor.fields(&[])? }))
}

/// The arguments as text.
pub(crate) fn print(names: &[Name]) -> String {
    fields(names)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::prints;

    #[test]
    fn some_fields_or_all() {
        prints("filldown", "filldown");
        prints("filldown count score*", "filldown count, score*");
    }
}
