//! `uniq`: rows that are not the one before once more.

use super::{Command, Doc};
use crate::cursor::Parse;

/// For `sluice help uniq`.
pub(crate) const DOC: Doc = Doc {
    name: "uniq",
    aliases: &[],
    summary: "Removes each row that is equal to the one before, in all fields.",
    syntax: "uniq",
    example: "index=main | table user | uniq",
    hints: &[],
    differs: &[],
};

/// There are no arguments.
pub(crate) fn parse() -> Parse<Command> {
    Ok(Command::Uniq)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn there_are_no_arguments() {
        prints("uniq", "uniq");
        fails("uniq a", "expected `|` or end of query, found `a`");
    }
}
