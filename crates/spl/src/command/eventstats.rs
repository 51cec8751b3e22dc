//! `eventstats`: aggregates written to each row.

use super::{Command, Doc};
use crate::aggregate;
use crate::cursor::{Cursor, Parse};
use crate::ops::Window;

/// For `sluice help eventstats`.
pub(crate) const DOC: Doc = Doc {
    name: "eventstats",
    aliases: &[],
    summary: "Computes aggregates like `stats` and writes them to every row of the group.",
    syntax: "eventstats [allnum=<bool>] <function>(<field>) [AS <field>], … [BY <field>, …]",
    example: "index=main | eventstats avg(bytes) AS mean BY host | where bytes > 2 * mean",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut allnum = false;
    while let Some(option) = cursor.option()? {
        match option.name.text.as_str() {
            "allnum" => allnum = option.boolean()?,
            _ => return Err(option.unknown("eventstats", &["allnum"])),
        }
    }
    let calls = aggregate::calls(cursor, "eventstats")?;
    let by = aggregate::by(cursor)?;
    Ok(Command::EventStats(Window { calls, by, running: None, allnum }))
}

/// The arguments as text.
pub(crate) fn print(window: &Window) -> String {
    let allnum = if window.allnum { "allnum=true " } else { "" };
    format!("{allnum}{}", aggregate::print(&window.calls, &window.by))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn reads_like_stats() {
        prints("eventstats allnum=f max(a) as b by c", "eventstats max(a) AS b BY c");
        fails("eventstats window=3 max(a)", "`eventstats` has no option `window`");
    }
}
