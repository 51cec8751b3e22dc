//! `reltime`: how long ago, in words.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Name, Op};
use crate::printer::name::{quote, value};

/// For `sluice help reltime`.
pub(crate) const DOC: Doc = Doc {
    name: "reltime",
    aliases: &[],
    summary: "Adds how long ago a time was, in words: `5 days ago`.",
    syntax: "reltime [timefield=<field>, …] [prefix=<text>]",
    example: "index=main | stats max(_time) AS last BY host | reltime timefield=last",
    hints: &[],
    differs: &[("times to come", "are said as `in 5 days`; Splunk does not document what it says")],
};

const OPTIONS: [&str; 2] = ["prefix", "timefield"];

/// The arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct RelTime {
    fields: Vec<Name>,
    prefix: Option<String>,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut command = RelTime { fields: Vec::new(), prefix: None };
    while let Some(option) = cursor.option()? {
        match option.name.text.as_str() {
            "prefix" => command.prefix = Some(option.value.text),
            "timefield" => {
                let names = option.value.text.split(',').map(str::trim).filter(|name| !name.is_empty());
                command.fields = names.map(|name| Name::new(name, option.value.span)).collect();
                if command.fields.is_empty() {
                    return Err(option.bad("at least one field"));
                }
            }
            _ => return Err(option.unknown("reltime", &OPTIONS)),
        }
    }
    Ok(Command::RelTime(command))
}

/// What it means: each time field with the field that gets its words. One field is called `reltime`, several
/// after their time fields.
pub(crate) fn op(command: &RelTime) -> Op {
    let pairs = match command.fields.as_slice() {
        [] => vec![(Name::new("_time", Default::default()), named(command, "", "reltime"))],
        [one] => vec![(one.clone(), named(command, "", "reltime"))],
        several => {
            several.iter().map(|field| (field.clone(), named(command, "reltime_", &field.text))).collect()
        }
    };
    Op::RelativeTime(pairs)
}

fn named(command: &RelTime, prefix: &str, name: &str) -> Name {
    let prefix = command.prefix.as_deref().unwrap_or(prefix);
    Name::new(
        format!("{prefix}{name}"),
        command.fields.first().map_or_else(Default::default, |field| field.span),
    )
}

/// The arguments as text.
pub(crate) fn print(command: &RelTime) -> String {
    let mut parts = Vec::new();
    if !command.fields.is_empty() {
        let names: Vec<_> = command.fields.iter().map(|field| field.text.as_str()).collect();
        parts.push(format!("timefield={}", quote(&names.join(","))));
    }
    parts.extend(command.prefix.as_ref().map(|prefix| format!("prefix={}", value(prefix))));
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests_support::{fails, op, prints};

    fn targets(command: &str) -> Vec<String> {
        let Op::RelativeTime(pairs) = op(command) else { panic!() };
        pairs.into_iter().map(|(_, target)| target.text).collect()
    }

    #[test]
    fn names_follow_from_how_many_there_are() {
        assert_eq!(targets("reltime"), ["reltime"]);
        assert_eq!(targets("reltime timefield=t prefix=x_"), ["x_reltime"]);
        assert_eq!(targets("reltime timefield=\"a,b\""), ["reltime_a", "reltime_b"]);
        assert_eq!(targets("reltime timefield=\"a, b\" prefix=x_"), ["x_a", "x_b"]);
    }

    #[test]
    fn options_are_printed_back() {
        prints("reltime", "reltime");
        prints("reltime prefix=x_ timefield=a", "reltime timefield=\"a\" prefix=x_");
        fails("reltime field=a", "`reltime` has no option `field`");
        fails("reltime timefield=\",\"", "`timefield` expected at least one field, found `,`");
    }
}
