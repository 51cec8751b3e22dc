//! `fromjson`: the members of a JSON object as fields.

use super::{Command, Doc};
use crate::args;
use crate::cursor::{Cursor, Parse};
use crate::ops::{Extract, Structure};
use crate::printer::name::{field, value};
use crate::span::Span;

/// For `sluice help fromjson`.
pub(crate) const DOC: Doc = Doc {
    name: "fromjson",
    aliases: &[],
    summary: "Makes fields of the members of a JSON object; an array or object inside it stays JSON.",
    syntax: "fromjson <field> [prefix=<text>]",
    example: "index=main | fromjson response prefix=response_",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let (mut input, mut prefix) = (None, String::new());
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) if option.name.text == "prefix" => prefix = option.value.text,
            Some(option) => return Err(option.unknown("fromjson", &["prefix"])),
            None if input.is_none() => input = Some(cursor.field()?),
            None => return Err(cursor.expected("the end of the command")),
        }
    }
    let input = input.ok_or_else(|| args::missing("fromjson", "a field", span, "fromjson response"))?;
    Ok(Command::FromJson(Extract { input, from: Structure::Object { prefix } }))
}

/// The arguments as text.
pub(crate) fn print(extract: &Extract) -> String {
    let input = field(&extract.input.text);
    match &extract.from {
        Structure::Object { prefix } if !prefix.is_empty() => format!("{input} prefix={}", value(prefix)),
        _ => input,
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_prefix_may_stand_on_either_side() {
        prints("fromjson _raw", "fromjson _raw");
        prints("fromjson prefix=\"a b_\" data", "fromjson data prefix=\"a b_\"");
        fails("fromjson", "`fromjson` needs a field");
        fails("fromjson a b", "expected the end of the command, found `b`");
        fails("fromjson a pre=b", "`fromjson` has no option `pre`");
    }
}
