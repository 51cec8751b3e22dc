//! `addinfo`: fields that say what the search itself is.

use super::{Command, Doc};
use crate::cursor::Parse;

/// For `sluice help addinfo`.
pub(crate) const DOC: Doc = Doc {
    name: "addinfo",
    aliases: &[],
    summary: "Adds the search's time range, the moment it runs and its number: `info_min_time`, `info_max_time`, \
              `info_search_time`, `info_sid`.",
    syntax: "addinfo",
    example: "index=main | addinfo | eval age=info_max_time - _time",
    hints: &[],
    differs: &[(
        "info_sid",
        "is made from the moment the search runs: there is no server that numbers searches",
    )],
};

/// There are no arguments.
pub(crate) fn parse() -> Parse<Command> {
    Ok(Command::AddInfo)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn there_are_no_arguments() {
        prints("addinfo", "addinfo");
        fails("addinfo x", "expected `|` or end of query, found `x`");
    }
}
