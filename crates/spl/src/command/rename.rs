//! `rename`: fields under other names.

use super::{Command, Doc};
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Name, Rename};
use crate::printer::name::field;

/// For `sluice help rename`.
pub(crate) const DOC: Doc = Doc {
    name: "rename",
    aliases: &["ren"],
    summary: "Gives fields other names.",
    syntax: "rename <field> AS <field>, …",
    example: "index=main | rename src_ip AS src, Processes.* AS *",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut pairs = Vec::new();
    while pairs.is_empty() || !cursor.at_command_end() {
        let from = cursor.field()?;
        let to = cursor.alias()?.ok_or_else(|| cursor.expected("`AS`"))?;
        pairs.push((from, to));
        cursor.commas();
    }
    Ok(Command::Rename(Rename { pairs }))
}

/// An error for each pair whose wildcards do not match up.
pub(crate) fn check(rename: &Rename) -> Vec<Diagnostic> {
    rename.pairs.iter().filter_map(|(from, to)| mismatch(from, to)).collect()
}

/// The error for a pair of names with not as many wildcards each.
pub(super) fn mismatch(from: &Name, to: &Name) -> Option<Diagnostic> {
    let stars = |name: &Name| name.text.matches('*').count();
    if stars(from) == stars(to) {
        return None;
    }
    let message = format!("`{}` has {} wildcards, `{}` has {}", from.text, stars(from), to.text, stars(to));
    Some(
        Diagnostic::error(code::WILDCARD_MISMATCH, from.span.to(to.span), message)
            .with_label("as many on both sides")
            .with_help("for example `rename Processes.* AS *`"),
    )
}

/// The arguments as text.
pub(crate) fn print(rename: &Rename) -> String {
    let pair = |(from, to): &(Name, Name)| format!("{} AS {}", field(&from.text), field(&to.text));
    rename.pairs.iter().map(pair).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn names_may_be_quoted_or_patterns() {
        prints("rename a as \"b c\" 'd e' AS f", "rename a AS \"b c\", \"d e\" AS f");
        prints("rename Processes.* as *", "rename Processes.* AS *");
    }

    #[test]
    fn wildcards_must_match_up() {
        fails("rename a.* as b", "`a.*` has 1 wildcards, `b` has 0");
        fails("rename a b", "expected `AS`, found `b`");
        fails("rename", "expected a field, found end of query");
    }
}
