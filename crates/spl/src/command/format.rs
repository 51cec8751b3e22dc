//! `format`: the rows as the text of one search.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::Format;
use crate::printer::name::quote;

/// For `sluice help format`.
pub(crate) const DOC: Doc = Doc {
    name: "format",
    aliases: &[],
    summary: "Makes one row of all rows, whose field `search` is the search that finds them.",
    syntax: "format [mvsep=\"<text>\"] [maxresults=<n>] [\"<row prefix>\" \"<column prefix>\" \"<column separator>\" \
             \"<column end>\" \"<row separator>\" \"<row end>\"] [emptystr=\"<text>\"]",
    example: "index=main EventCode=3 | dedup user | fields user | format",
    hints: &[],
    differs: &[],
};

const OPTIONS: [&str; 3] = ["emptystr", "maxresults", "mvsep"];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut format = Format::default();
    let mut strings = Vec::new();
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            match option.name.text.as_str() {
                "mvsep" => format.value_separator = option.value.text,
                "maxresults" => format.max = option.integer()?,
                "emptystr" => format.empty = option.value.text,
                _ => return Err(option.unknown("format", &OPTIONS)),
            }
        } else if strings.len() < format.strings.len() && cursor.peek() == Some('"') {
            strings.push(cursor.quoted()?.text);
        } else {
            break;
        }
    }
    if !strings.is_empty() {
        let help = format!("for example `format {}`", print_strings(&format.strings));
        format.strings = <[String; 6]>::try_from(strings)
            .map_err(|_| cursor.expected("six strings in quotes, or none").with_help(help))?;
    }
    Ok(Command::Format(format))
}

/// The arguments as text.
pub(crate) fn print(format: &Format) -> String {
    let default = Format::default();
    let mut parts = Vec::new();
    if format.value_separator != default.value_separator {
        parts.push(format!("mvsep={}", quote(&format.value_separator)));
    }
    if format.max != default.max {
        parts.push(format!("maxresults={}", format.max));
    }
    if format.strings != default.strings {
        parts.push(print_strings(&format.strings));
    }
    if format.empty != default.empty {
        parts.push(format!("emptystr={}", quote(&format.empty)));
    }
    parts.join(" ")
}

fn print_strings(strings: &[String; 6]) -> String {
    strings.each_ref().map(|text| quote(text)).join(" ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn six_strings_or_none() {
        prints("format", "format");
        prints(
            r#"format maxresults=3 "[" "[" "&&" "]" "||" "]" emptystr="" mvsep=",""#,
            r#"format mvsep="," maxresults=3 "[" "[" "&&" "]" "||" "]" emptystr="""#,
        );
        fails(r#"format "(" ")""#, "expected six strings in quotes, or none, found end of query");
        fails("format max=3", "`format` has no option `max`");
    }
}
