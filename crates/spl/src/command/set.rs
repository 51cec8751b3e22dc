//! `set`: the union, difference or intersection of the rows of two subsearches.

use super::{Command, Doc};
use crate::args;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::meaning::to_ops;
use crate::ops::{self, Op, SetKind};
use crate::pipeline;
use crate::printer::subsearch;
use crate::span::Span;
use crate::tree::Subsearch;

/// For `sluice help set`.
pub(crate) const DOC: Doc = Doc {
    name: "set",
    aliases: &[],
    summary: "Gives the rows that one of two subsearches has, that only one has, or that both have, each once.",
    syntax: "set union|diff|intersect [ <subsearch> ] [ <subsearch> ]",
    example: "| set diff [| inputlookup before.csv | table user] [| inputlookup after.csv | table user]",
    hints: &[],
    differs: &[(
        "internal fields",
        "rows are the same if all fields are whose names do not start with `_`; rows with no other fields are compared by those",
    )],
};

/// The arguments of `set`.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// Which rows.
    pub kind: SetKind,
    /// The two queries.
    pub sides: [Subsearch; 2],
}

/// Reads the arguments; the command stands at `span`.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let place = cursor.place();
    let kind = match cursor.word().map(|word| word.text.to_ascii_lowercase()).as_deref() {
        Some("union") => SetKind::Union,
        Some("diff") => SetKind::Diff,
        Some("intersect") => SetKind::Intersect,
        _ => {
            cursor.back_to(place);
            return Err(cursor.expected("`union`, `diff` or `intersect`"));
        }
    };
    Ok(Command::Set(Set { kind, sides: [side(cursor, span)?, side(cursor, span)?] }))
}

fn side(cursor: &mut Cursor<'_>, span: Span) -> Parse<Subsearch> {
    cursor.commas();
    cursor.skip_space();
    match cursor.peek() {
        Some('[') => pipeline::argument(cursor),
        _ => Err(args::missing("set", "two subsearches", span, DOC.example)),
    }
}

/// What it means.
pub(crate) fn op(set: &Set) -> Result<Op, Vec<Diagnostic>> {
    let [left, right] = &set.sides;
    let sides = [(to_ops(&left.pipeline)?, left.span), (to_ops(&right.pipeline)?, right.span)];
    Ok(Op::Set(ops::Set { kind: set.kind, sides }))
}

/// The arguments as text.
pub(crate) fn print(set: &Set) -> String {
    let kind = match set.kind {
        SetKind::Union => "union",
        SetKind::Diff => "diff",
        SetKind::Intersect => "intersect",
    };
    let [left, right] = &set.sides;
    format!("{kind} {} {}", subsearch(&left.pipeline), subsearch(&right.pipeline))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn two_subsearches_are_compared() {
        prints("set DIFF [search a] [search b]", "set diff [search a] [search b]");
        fails("set both [search a] [search b]", "expected `union`, `diff` or `intersect`, found `both`");
        fails("set union [search a]", "`set` needs two subsearches");
    }
}
