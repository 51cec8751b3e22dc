//! `fillnull`: a value for null.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::FillNull;
use crate::printer::name::{fields, value};

/// For `sluice help fillnull`.
pub(crate) const DOC: Doc = Doc {
    name: "fillnull",
    aliases: &[],
    summary: "Puts a value where a field has none.",
    syntax: "fillnull [value=<text>] [<field>, …]",
    example: "index=main | fillnull value=unknown user, host",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut fill = FillNull { value: "0".to_owned(), fields: Vec::new() };
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) if option.name.text == "value" => fill.value = option.value.text,
            Some(option) => return Err(option.unknown("fillnull", &["value"])),
            None => fill.fields.extend(cursor.fields(&[])?),
        }
    }
    Ok(Command::FillNull(fill))
}

/// The arguments as text.
pub(crate) fn print(fill: &FillNull) -> String {
    format!("value={} {}", value(&fill.value), fields(&fill.fields)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_value_is_zero_unless_named() {
        prints("fillnull", "fillnull value=0");
        prints("fillnull a value=\"not known\" b", "fillnull value=\"not known\" a, b");
        fails("fillnull val=1", "`fillnull` has no option `val`");
    }
}
