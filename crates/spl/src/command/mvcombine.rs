//! `mvcombine`: rows that differ in one field become one.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::Combine;
use crate::printer::name::{field, quote};

/// For `sluice help mvcombine`.
pub(crate) const DOC: Doc = Doc {
    name: "mvcombine",
    aliases: &[],
    summary: "Makes one row of those that are equal but for one field, which gets the values of all.",
    syntax: "mvcombine [delim=<text>] <field>",
    example: "index=main | stats count BY user, host | mvcombine delim=\",\" host",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut delim = " ".to_owned();
    let mut field = None;
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) if option.name.text == "delim" => delim = option.value.text,
            Some(option) => return Err(option.unknown("mvcombine", &["delim"])),
            None if field.is_none() => field = Some(cursor.field()?),
            None => break,
        }
    }
    let field = field.ok_or_else(|| cursor.expected("a field").with_help("for example `mvcombine host`"))?;
    Ok(Command::MvCombine(Combine { field, delim }))
}

/// The arguments as text.
pub(crate) fn print(combine: &Combine) -> String {
    let delim = match combine.delim.as_str() {
        " " => String::new(),
        delim => format!("delim={} ", quote(delim)),
    };
    delim + &field(&combine.field.text)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn a_field_and_a_delimiter() {
        prints("mvcombine host", "mvcombine host");
        prints("mvcombine host delim=\", \"", "mvcombine delim=\", \" host");
        fails("mvcombine", "expected a field, found end of query");
        fails("mvcombine dlim=x a", "`mvcombine` has no option `dlim`");
    }
}
