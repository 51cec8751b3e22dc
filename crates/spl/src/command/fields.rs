//! `fields`: which fields stay.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Project, ProjectMode};
use crate::printer::name;

/// For `sluice help fields`.
pub(crate) const DOC: Doc = Doc {
    name: "fields",
    aliases: &["field"],
    summary: "Keeps the named fields, or drops them.",
    syntax: "fields [+|-] <field>, …",
    example: "index=main | fields host, user | fields - user",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mode = if cursor.eat_after_space('-') { ProjectMode::Drop } else { ProjectMode::Keep };
    cursor.eat_after_space('+');
    Ok(Command::Fields(Project { mode, fields: cursor.fields(&[])? }))
}

/// The arguments as text.
pub(crate) fn print(project: &Project) -> String {
    let sign = if project.mode == ProjectMode::Drop { "- " } else { "" };
    format!("{sign}{}", name::fields(&project.fields))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn fields_are_kept_or_dropped() {
        prints("fields + a b", "fields a, b");
        prints("fields -a,Processes.*", "fields - a, Processes.*");
        fails("fields -", "expected a field, found end of query");
    }
}
