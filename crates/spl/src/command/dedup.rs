//! `dedup`: one row, or some, of each combination of values.

use super::{Command, Doc, sort};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::Dedup;
use crate::printer::name::fields;

/// For `sluice help dedup`.
pub(crate) const DOC: Doc = Doc {
    name: "dedup",
    aliases: &[],
    summary: "Keeps the first row, or the first rows, of each combination of values.",
    syntax: "dedup [<n>] <field>, … [keepevents=<bool>] [keepempty=<bool>] [consecutive=<bool>] [sortby [+|-]<field>, …]",
    example: "index=main | dedup host, user sortby - _time",
    hints: &[],
    differs: &[],
};

const OPTIONS: [&str; 3] = ["consecutive", "keepempty", "keepevents"];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut dedup = Dedup {
        count: cursor.count().unwrap_or(1),
        fields: Vec::new(),
        keep_empty: false,
        keep_events: false,
        consecutive: false,
        sort_by: Vec::new(),
    };
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            set(&mut dedup, &option)?;
        } else if cursor.keyword("sortby") {
            dedup.sort_by = sort::keys(cursor)?;
        } else if dedup.fields.is_empty() {
            dedup.fields = cursor.fields(&["sortby"])?;
        } else {
            break;
        }
    }
    if dedup.fields.is_empty() {
        return Err(cursor.expected("a field").with_help("for example `dedup host`"));
    }
    Ok(Command::Dedup(dedup))
}

fn set(dedup: &mut Dedup, option: &OptionArg) -> Parse<()> {
    match option.name.text.as_str() {
        "keepevents" => dedup.keep_events = option.boolean()?,
        "keepempty" => dedup.keep_empty = option.boolean()?,
        "consecutive" => dedup.consecutive = option.boolean()?,
        _ => return Err(option.unknown("dedup", &OPTIONS)),
    }
    Ok(())
}

/// The arguments as text.
pub(crate) fn print(dedup: &Dedup) -> String {
    let mut out = if dedup.count == 1 { String::new() } else { format!("{} ", dedup.count) };
    out += &fields(&dedup.fields);
    let options = [
        ("keepevents", dedup.keep_events),
        ("keepempty", dedup.keep_empty),
        ("consecutive", dedup.consecutive),
    ];
    for (name, _) in options.iter().filter(|(_, set)| *set) {
        out += &format!(" {name}=true");
    }
    if !dedup.sort_by.is_empty() {
        out += &format!(" sortby {}", sort::print_keys(&dedup.sort_by));
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn count_fields_options_and_order() {
        prints("dedup host", "dedup host");
        prints("dedup 3 a b keepempty=t sortby -_time +c", "dedup 3 a, b keepempty=true sortby - _time, c");
        prints("dedup keepevents=1 consecutive=f a", "dedup a keepevents=true");
    }

    #[test]
    fn what_is_absent_is_named() {
        fails("dedup", "expected a field, found end of query");
        fails("dedup a keepevent=t", "`dedup` has no option `keepevent`");
        fails("dedup a keepevents=maybe", "`keepevents` expected true or false, found `maybe`");
    }
}
