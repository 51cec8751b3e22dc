//! `outputlookup`: the rows as a lookup table.

use super::{Command, Doc};
use crate::args::{self, OptionArg};
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Name, WriteLookup};
use crate::printer::name::value;
use crate::span::Span;

/// For `sluice help outputlookup`.
pub(crate) const DOC: Doc = Doc {
    name: "outputlookup",
    aliases: &[],
    summary: "Writes the rows to a lookup table in the folder that `--lookup-out` names, and passes them on.",
    syntax: "outputlookup [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] [max=<n>] <lookup>",
    example: "index=main EventCode=1 | stats count BY user | outputlookup seen_users.csv",
    hints: &["create_context", "createinapp"],
    differs: &[
        (
            "the place",
            "the folder of `--lookup-out`, and without one it is an error; written is once the query has run",
        ),
        ("the KV store", "its lookups are written as CSV files, with the fields of the rows"),
        ("key_field=, allow_updates=", "replace records of the KV store, which is not here: an error"),
        (
            "output_format=",
            "is `splunk_sv_csv`, in which the values of a multivalue field stand on lines of one cell",
        ),
        ("`.csv.gz`", "is not written: an error"),
    ],
};

const OPTIONS: [&str; 9] = [
    "allow_updates",
    "append",
    "create_context",
    "create_empty",
    "createinapp",
    "key_field",
    "max",
    "output_format",
    "override_if_empty",
];

/// Reads the arguments; the command stands at `span`.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let mut name = None;
    let mut options = Vec::new();
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) => options.push(option),
            None if name.is_none() => name = Some(cursor.value("a lookup")?),
            None => break,
        }
    }
    let name = name.ok_or_else(|| args::missing("outputlookup", "a lookup", span, DOC.example))?;
    not_packed(&name)?;
    let mut write =
        WriteLookup { name, append: false, create_empty: false, override_if_empty: true, max: None };
    options.iter().try_for_each(|option| set(&mut write, option))?;
    Ok(Command::OutputLookup(write))
}

fn set(write: &mut WriteLookup, option: &OptionArg) -> Parse<()> {
    match option.name.text.as_str() {
        "append" => write.append = option.boolean()?,
        "create_empty" => write.create_empty = option.boolean()?,
        "override_if_empty" => write.override_if_empty = option.boolean()?,
        "max" => write.max = Some(option.integer()?).filter(|&max| max > 0),
        "output_format" if option.value.text == "splunk_sv_csv" => {}
        "output_format" => return Err(option.bad("`splunk_sv_csv`")),
        "key_field" | "allow_updates" => return Err(of_the_kv_store(&option.name)),
        name if DOC.hints.contains(&name) => {}
        _ => return Err(option.unknown("outputlookup", &OPTIONS)),
    }
    Ok(())
}

fn not_packed(name: &Name) -> Parse<()> {
    if !name.text.to_ascii_lowercase().ends_with(".gz") {
        return Ok(());
    }
    let message = format!("`outputlookup` writes no packed files, found `{}`", name.text);
    Err(Diagnostic::error(code::BAD_LOOKUP, name.span, message)
        .with_label("packed")
        .with_help("a name that ends in `.csv` is a file of text"))
}

fn of_the_kv_store(name: &Name) -> Diagnostic {
    let message = format!("`{}` is for records of the KV store, which is not here", name.text);
    Diagnostic::error(code::BAD_OPTION, name.span, message).with_label("not done here").with_help(
        "`inputlookup append=true` and `stats` put old and new rows together before `outputlookup`",
    )
}

/// The arguments as text.
pub(crate) fn print(write: &WriteLookup) -> String {
    let mut out = String::new();
    if write.append {
        out += "append=true ";
    }
    if write.create_empty {
        out += "create_empty=true ";
    }
    if !write.override_if_empty {
        out += "override_if_empty=false ";
    }
    if let Some(max) = write.max {
        out += &format!("max={max} ");
    }
    out + &value(&write.name.text)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn options_say_what_happens_to_the_table() {
        prints("outputlookup createinapp=t seen.csv append=t", "outputlookup append=true seen.csv");
        prints(
            "outputlookup override_if_empty=f max=5 create_empty=t output_format=splunk_sv_csv a",
            "outputlookup create_empty=true override_if_empty=false max=5 a",
        );
        prints("outputlookup max=0 a", "outputlookup a");
        fails("outputlookup append=t", "`outputlookup` needs a lookup");
    }

    #[test]
    fn what_is_not_done_is_an_error() {
        fails("outputlookup key_field=x a", "`key_field` is for records of the KV store, which is not here");
        fails(
            "outputlookup output_format=splunk_mv_csv a",
            "`output_format` expected `splunk_sv_csv`, found `splunk_mv_csv`",
        );
        fails("outputlookup a.csv.gz", "`outputlookup` writes no packed files, found `a.csv.gz`");
        fails("outputlookup apend=t a", "`outputlookup` has no option `apend`");
    }
}
