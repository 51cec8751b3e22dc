//! `lookup`: fields from a lookup table.

use super::{Command, Doc};
use crate::args;
use crate::cursor::{Cursor, Parse};
use crate::ops::{Lookup, Name};
use crate::printer::name::{field, value};
use crate::span::Span;

/// For `sluice help lookup`.
pub(crate) const DOC: Doc = Doc {
    name: "lookup",
    aliases: &[],
    summary: "Adds fields from the row of a lookup table that matches.",
    syntax: "lookup <lookup> <column> [AS <field>], … [OUTPUT|OUTPUTNEW <column> [AS <field>], …]",
    example: "index=main | lookup assets ip AS src OUTPUT owner, priority AS asset_priority",
    hints: &["local", "update"],
    differs: &[("KV store, external and geospatial lookups", "only CSV files are read")],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    while let Some(option) = cursor.option()? {
        if !DOC.hints.contains(&option.name.text.as_str()) {
            return Err(option.unknown("lookup", DOC.hints));
        }
    }
    if cursor.at_command_end() {
        return Err(args::missing("lookup", "a lookup", span, DOC.example));
    }
    let name = cursor.value("a lookup")?;
    let keys = pairs(cursor)?;
    if keys.is_empty() {
        return Err(cursor.expected("a lookup column"));
    }
    let keep_existing = cursor.keyword("outputnew");
    let output = keep_existing || cursor.keyword("output");
    let outputs = if output { pairs(cursor)? } else { Vec::new() };
    if output && outputs.is_empty() {
        return Err(cursor.expected("a lookup column"));
    }
    Ok(Command::Lookup(Lookup { name, keys, outputs, keep_existing }))
}

/// `column AS field` pairs up to OUTPUT or the end.
fn pairs(cursor: &mut Cursor<'_>) -> Parse<Vec<(Name, Name)>> {
    let mut pairs = Vec::new();
    while !(cursor.at_command_end() || cursor.at_keyword("output") || cursor.at_keyword("outputnew")) {
        let column = cursor.field()?;
        let field = cursor.alias()?.unwrap_or_else(|| column.clone());
        pairs.push((column, field));
        cursor.commas();
    }
    Ok(pairs)
}

/// The arguments as text.
pub(crate) fn print(lookup: &Lookup) -> String {
    let mut out = format!("{} {}", value(&lookup.name.text), print_pairs(&lookup.keys));
    if !lookup.outputs.is_empty() {
        let keyword = if lookup.keep_existing { "OUTPUTNEW" } else { "OUTPUT" };
        out += &format!(" {keyword} {}", print_pairs(&lookup.outputs));
    }
    out
}

fn print_pairs(pairs: &[(Name, Name)]) -> String {
    pairs.iter().map(print_pair).collect::<Vec<_>>().join(", ")
}

fn print_pair((column, name): &(Name, Name)) -> String {
    if column.text == name.text {
        return field(&column.text);
    }
    format!("{} AS {}", field(&column.text), field(&name.text))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn keys_and_outputs_may_be_renamed() {
        prints(
            "lookup update=true assets ip as src OUTPUTNEW a b as c",
            "lookup assets ip AS src OUTPUTNEW a, b AS c",
        );
        prints("lookup local=t a.csv x,y", "lookup a.csv x, y");
    }

    #[test]
    fn what_is_absent_is_named() {
        fails("lookup", "`lookup` needs a lookup");
        fails("lookup assets", "expected a lookup column, found end of query");
        fails("lookup assets ip OUTPUT", "expected a lookup column, found end of query");
        fails("lookup event_time_field=x a b", "`lookup` has no option `event_time_field`");
    }
}
