//! `mvexpand`: a row for each value.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::Expand;
use crate::printer::name::field;

/// For `sluice help mvexpand`.
pub(crate) const DOC: Doc = Doc {
    name: "mvexpand",
    aliases: &[],
    summary: "Makes a row of each value of a multivalue field.",
    syntax: "mvexpand <field> [limit=<n>]",
    example: "index=main | makemv delim=\",\" recipients | mvexpand recipients",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut limit = 0;
    let mut field = None;
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) if option.name.text == "limit" => limit = option.integer()?,
            Some(option) => return Err(option.unknown("mvexpand", &["limit"])),
            None if field.is_none() => field = Some(cursor.field()?),
            None => break,
        }
    }
    let field =
        field.ok_or_else(|| cursor.expected("a field").with_help("for example `mvexpand recipients`"))?;
    Ok(Command::MvExpand(Expand { field, limit }))
}

/// The arguments as text.
pub(crate) fn print(expand: &Expand) -> String {
    let name = field(&expand.field.text);
    if expand.limit == 0 { name } else { format!("{name} limit={}", expand.limit) }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn a_field_and_a_limit() {
        prints("mvexpand a{}.b", "mvexpand a{}.b");
        prints("mvexpand limit=100 foo", "mvexpand foo limit=100");
        prints("mvexpand foo limit=0", "mvexpand foo");
        fails("mvexpand", "expected a field, found end of query");
        fails("mvexpand a b", "expected `|` or end of query, found `b`");
    }
}
