//! `inputlookup`: a lookup table as rows.

use super::{Command, Doc};
use crate::args;
use crate::cursor::{Cursor, Parse};
use crate::ops::ReadLookup;
use crate::predicate;
use crate::printer::{name::value, search::search};
use crate::span::Span;

/// For `sluice help inputlookup`.
pub(crate) const DOC: Doc = Doc {
    name: "inputlookup",
    aliases: &[],
    summary: "Reads a lookup table as rows.",
    syntax: "inputlookup [append=<bool>] [start=<n>] [max=<n>] <lookup> [where <search>]",
    example: "| inputlookup assets.csv where priority=high",
    hints: &["strict"],
    differs: &[("`.csv.gz`, KV store and external lookups", "only CSV files are read")],
};

const OPTIONS: [&str; 4] = ["append", "max", "start", "strict"];
const DEFAULT_MAX: u64 = 1_000_000_000;

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let (mut append, mut start, mut max, mut name, mut predicate) = (false, 0, DEFAULT_MAX, None, None);
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            match option.name.text.as_str() {
                "append" => append = option.boolean()?,
                "start" => start = option.integer()?,
                "max" => max = option.integer()?,
                name if DOC.hints.contains(&name) => {}
                _ => return Err(option.unknown("inputlookup", &OPTIONS)),
            }
        } else if name.is_none() {
            name = Some(cursor.value("a lookup")?);
        } else if cursor.keyword("where") {
            predicate = Some(predicate::parse(cursor)?);
        } else {
            break;
        }
    }
    let name = name.ok_or_else(|| args::missing("inputlookup", "a lookup", span, DOC.example))?;
    Ok(Command::InputLookup(ReadLookup { name, predicate, append, start, max }))
}

/// The arguments as text.
pub(crate) fn print(read: &ReadLookup) -> String {
    let mut out = String::new();
    if read.append {
        out += "append=true ";
    }
    if read.start > 0 {
        out += &format!("start={} ", read.start);
    }
    if read.max != DEFAULT_MAX {
        out += &format!("max={} ", read.max);
    }
    out += &value(&read.name.text);
    if let Some(predicate) = &read.predicate {
        out += &format!(" where {}", search(predicate));
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn a_lookup_may_be_filtered_and_appended() {
        prints("inputlookup assets.csv", "inputlookup assets.csv");
        prints(
            "inputlookup append=t max=5 strict=t assets where a=1 OR b=2",
            "inputlookup append=true max=5 assets where a=1 OR b=2",
        );
        fails("inputlookup", "`inputlookup` needs a lookup");
        fails("inputlookup a.csv b", "expected `|` or end of query, found `b`");
    }
}
