//! `accum`: a running sum.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Derived, Step};
use crate::printer::name::field;

/// For `sluice help accum`.
pub(crate) const DOC: Doc = Doc {
    name: "accum",
    aliases: &[],
    summary: "Adds up the numbers of a field, row by row.",
    syntax: "accum <field> [AS <field>]",
    example: "index=main | accum bytes AS total",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let field = cursor.field()?;
    let target = cursor.alias()?.unwrap_or_else(|| field.clone());
    Ok(Command::Accum(Derived { field, target, step: Step::Total }))
}

/// The arguments as text.
pub(crate) fn print(derived: &Derived) -> String {
    renamed(derived, &derived.field.text)
}

/// `field AS target`; the target goes without saying if it is `default`.
pub(super) fn renamed(derived: &Derived, default: &str) -> String {
    let source = field(&derived.field.text);
    let target = &derived.target.text;
    if target == default { source } else { format!("{source} AS {}", field(target)) }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_sum_may_have_a_field_of_its_own() {
        prints("accum bytes", "accum bytes");
        prints("accum bytes as \"so far\"", "accum bytes AS \"so far\"");
        fails("accum", "expected a field, found end of query");
        fails("accum a b", "expected `|` or end of query, found `b`");
    }
}
