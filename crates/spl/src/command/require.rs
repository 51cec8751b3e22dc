//! `require`: an error where there are no rows.

use super::{Command, Doc};
use crate::cursor::Parse;

/// For `sluice help require`.
pub(crate) const DOC: Doc = Doc {
    name: "require",
    aliases: &[],
    summary: "Ends the query with an error if the commands before it give no rows.",
    syntax: "require",
    example: "index=main EventCode=3 | require | stats count",
    hints: &[],
    differs: &[],
};

/// Reads the arguments: there are none.
pub(crate) fn parse() -> Parse<Command> {
    Ok(Command::Require)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn it_has_no_arguments() {
        prints("require", "require");
        fails("require x", "expected `|` or end of query, found `x`");
    }
}
