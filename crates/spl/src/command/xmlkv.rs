//! `xmlkv`: `<key>value</key>` as fields.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Extract, Name, Structure};
use crate::printer::name::field;

/// For `sluice help xmlkv`.
pub(crate) const DOC: Doc = Doc {
    name: "xmlkv",
    aliases: &[],
    summary: "Makes a field of each XML element that holds text alone, named as the element; of two the last.",
    syntax: "xmlkv [<field>]",
    example: "index=main | xmlkv message",
    hints: &["maxinputs"],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut input = None;
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) if DOC.hints.contains(&option.name.text.as_str()) => {
                option.integer()?;
            }
            Some(option) => return Err(option.unknown("xmlkv", DOC.hints)),
            None if input.is_none() => input = Some(cursor.field()?),
            None => return Err(cursor.expected("the end of the command")),
        }
    }
    let input = input.unwrap_or_else(|| Name::new("_raw", cursor.span_from(cursor.place())));
    Ok(Command::XmlKv(Extract { input, from: Structure::Elements }))
}

/// The arguments as text.
pub(crate) fn print(extract: &Extract) -> String {
    if extract.input.text == "_raw" { String::new() } else { field(&extract.input.text) }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_field_is_raw_unless_named() {
        prints("xmlkv", "xmlkv");
        prints("xmlkv _raw maxinputs=10", "xmlkv");
        prints("xmlkv \"my field\"", "xmlkv \"my field\"");
        fails("xmlkv a b", "expected the end of the command, found `b`");
        fails("xmlkv max=3", "`xmlkv` has no option `max`");
    }
}
