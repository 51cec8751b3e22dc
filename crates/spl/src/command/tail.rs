//! `tail`: the last rows, last first.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};

/// For `sluice help tail`.
pub(crate) const DOC: Doc = Doc {
    name: "tail",
    aliases: &[],
    summary: "Keeps the last rows, last first.",
    syntax: "tail [<n>]",
    example: "index=main | tail 5",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let count = cursor.count();
    if count.is_none() && !cursor.at_command_end() {
        return Err(cursor.expected("a whole number"));
    }
    Ok(Command::Tail(count.unwrap_or(10)))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn ten_rows_unless_said() {
        prints("tail", "tail 10");
        prints("tail 3", "tail 3");
        fails("tail x", "expected a whole number, found `x`");
    }
}
