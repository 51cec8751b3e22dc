//! `makecontinuous`: buckets of a field, with a row for each that has none.

use super::bin::{self, Options};
use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Bin, Name};
use crate::printer::name::field;
use crate::span::Span;

/// For `sluice help makecontinuous`.
pub(crate) const DOC: Doc = Doc {
    name: "makecontinuous",
    aliases: &[],
    summary: "Puts the numbers or times of a field in buckets and adds a row for each empty one.",
    syntax: "makecontinuous [<field>] [span=<span>|bins=<n>] [start=<n>] [end=<n>]",
    example: "index=main | bin _time span=5m | stats count BY _time | makecontinuous _time span=5m",
    hints: &[],
    differs: &[("rows", "come in order of the field")],
};

const OPTIONS: [&str; 4] = ["bins", "end", "span", "start"];

/// Reads the arguments; the field is `_time` where none is named.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut options = Options::default();
    let mut field = None;
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            if !OPTIONS.contains(&option.name.text.as_str()) || !options.set(&option)? {
                return Err(option.unknown("makecontinuous", &OPTIONS));
            }
        } else if field.is_none() {
            field = Some(cursor.field()?);
        } else {
            return Err(cursor.expected("an option or the end of the command"));
        }
    }
    let field = field.unwrap_or_else(|| Name::new("_time", Span::default()));
    Ok(Command::MakeContinuous(options.bin(field.clone(), field)))
}

/// The arguments as text.
pub(crate) fn print(bin: &Bin) -> String {
    format!("{}{}", field(&bin.field.text), bin::print_options(bin))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_field_is_time_unless_named() {
        prints("makecontinuous span=1h", "makecontinuous _time span=1h");
        prints("makecontinuous n span=10 start=0", "makecontinuous n span=10 start=0");
        fails("makecontinuous n m", "expected an option or the end of the command, found `m`");
        fails("makecontinuous n size=3", "`makecontinuous` has no option `size`");
    }
}
