//! `reverse`: the rows in the opposite order.

use super::{Command, Doc};
use crate::cursor::Parse;

/// For `sluice help reverse`.
pub(crate) const DOC: Doc = Doc {
    name: "reverse",
    aliases: &[],
    summary: "Turns the order of the rows round.",
    syntax: "reverse",
    example: "index=main | head 5 | reverse",
    hints: &[],
    differs: &[],
};

/// It has no arguments; anything behind it is reported by the pipeline.
pub(crate) fn parse() -> Parse<Command> {
    Ok(Command::Reverse)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn it_has_no_arguments() {
        prints("reverse", "reverse");
        fails("reverse a", "expected `|` or end of query, found `a`");
    }
}
