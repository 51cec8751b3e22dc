//! `rare`: the least frequent values. Its arguments are those of `top`.

use super::{Command, Doc, top};
use crate::cursor::{Cursor, Parse};

/// For `sluice help rare`.
pub(crate) const DOC: Doc = Doc {
    name: "rare",
    aliases: &[],
    summary: "Counts combinations of values and keeps the least frequent.",
    syntax: "rare [<n>] [limit=<n>] [countfield=<field>] [percentfield=<field>] [showcount=<bool>] [showperc=<bool>] \
             [useother=<bool>] [otherstr=<text>] <field>, … [BY <field>, …]",
    example: "index=main | rare limit=5 Image BY host",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    top::parts(cursor, "rare").map(Command::Rare)
}
