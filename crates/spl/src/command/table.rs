//! `table`: these fields and no others.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Project, ProjectMode};
use crate::printer::name;

/// For `sluice help table`.
pub(crate) const DOC: Doc = Doc {
    name: "table",
    aliases: &[],
    summary: "Keeps the named fields and no others, in this order.",
    syntax: "table <field>, …",
    example: "index=main | table _time, host, user",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    Ok(Command::Table(Project { mode: ProjectMode::Table, fields: cursor.fields(&[])? }))
}

/// The arguments as text.
pub(crate) fn print(project: &Project) -> String {
    name::fields(&project.fields)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn commas_and_spaces_separate() {
        prints("table _time, host user \"a b\" *", "table _time, host, user, \"a b\", *");
        fails("table", "expected a field, found end of query");
        fails("table a=1", "expected a field, found `a`");
    }
}
