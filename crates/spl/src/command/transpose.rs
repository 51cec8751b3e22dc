//! `transpose`: rows turned into columns.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::{Name, Transpose};
use crate::printer::name::value;
use crate::span::Span;

/// For `sluice help transpose`.
pub(crate) const DOC: Doc = Doc {
    name: "transpose",
    aliases: &[],
    summary: "Turns rows into columns; the first 5 unless a count is given, all with 0.",
    syntax: "transpose [<n>] [column_name=<field>] [header_field=<field>] [include_empty=<bool>]",
    example: "index=main | stats count BY host | transpose 0 header_field=host",
    hints: &[],
    differs: &[],
};

const OPTIONS: [&str; 3] = ["column_name", "header_field", "include_empty"];

/// Rows where no count is given.
const DEFAULT_LIMIT: u64 = 5;

const COLUMN: &str = "column";

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut transpose = Transpose {
        limit: Some(DEFAULT_LIMIT),
        column_name: Name::new(COLUMN, Span::default()),
        header_field: None,
        include_empty: true,
    };
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            set(&mut transpose, option)?;
        } else if let Some(count) = cursor.count() {
            transpose.limit = Some(count).filter(|count| *count > 0);
        } else {
            return Err(cursor.expected("a number of rows or an option"));
        }
    }
    Ok(Command::Transpose(transpose))
}

fn set(transpose: &mut Transpose, option: OptionArg) -> Parse<()> {
    match option.name.text.as_str() {
        "include_empty" => transpose.include_empty = option.boolean()?,
        "column_name" => transpose.column_name = option.value,
        "header_field" => transpose.header_field = Some(option.value),
        _ => return Err(option.unknown("transpose", &OPTIONS)),
    }
    Ok(())
}

/// The arguments as text.
pub(crate) fn print(transpose: &Transpose) -> String {
    let mut out = Vec::new();
    match transpose.limit {
        Some(DEFAULT_LIMIT) => {}
        Some(limit) => out.push(limit.to_string()),
        None => out.push("0".to_owned()),
    }
    if transpose.column_name.text != COLUMN {
        out.push(format!("column_name={}", value(&transpose.column_name.text)));
    }
    if let Some(header) = &transpose.header_field {
        out.push(format!("header_field={}", value(&header.text)));
    }
    if !transpose.include_empty {
        out.push("include_empty=false".to_owned());
    }
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_count_and_options_come_in_any_order() {
        prints("transpose", "transpose");
        prints("transpose 0 header_field=host", "transpose 0 header_field=host");
        prints(
            "transpose column_name=\"what it is\" include_empty=f 3",
            "transpose 3 column_name=\"what it is\" include_empty=false",
        );
        fails("transpose all", "expected a number of rows or an option, found `all`");
        fails("transpose header=host", "`transpose` has no option `header`");
    }
}
