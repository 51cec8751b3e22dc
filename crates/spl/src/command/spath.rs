//! `spath`: fields from JSON and XML, all of them or one by its path.

use super::{Command, Doc};
use crate::args;
use crate::cursor::{Cursor, Parse};
use crate::ops::{Extract, Language, Name, Op, Select, Structure};
use crate::printer::name::{field, value};
use crate::span::Span;

/// For `sluice help spath`.
pub(crate) const DOC: Doc = Doc {
    name: "spath",
    aliases: &[],
    summary: "Takes fields from JSON or XML: all that there are, or the one at a path.",
    syntax: "spath [input=<field>] [output=<field>] [[path=]<path>]",
    example: "index=main | spath output=author path=commits{}.author.name",
    hints: &[],
    differs: &[
        (
            "5,000 characters",
            "without a path Splunk reads the first 5,000 characters of a text only; here all of it is read",
        ),
        (
            "deep documents",
            "JSON nested deeper than 128 levels is none; of XML the first 131,072 elements are read, down to 128 levels",
        ),
    ],
};

const OPTIONS: [&str; 3] = ["input", "output", "path"];

/// The arguments of `spath`, which is two operations.
#[derive(Debug, Clone, PartialEq)]
pub enum Spath {
    /// Every field.
    All(Extract),
    /// The field at a path.
    One(Select),
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let (mut input, mut output, mut path) = (None, None, None);
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) => match option.name.text.as_str() {
                "input" => input = Some(option.value),
                "output" => output = Some(option.value),
                "path" => path = Some(option.value),
                _ => return Err(option.unknown("spath", &OPTIONS)),
            },
            None if path.is_none() => path = Some(cursor.value("a path")?),
            None => return Err(cursor.expected("the end of the command")),
        }
        cursor.commas();
    }
    let input = input.unwrap_or_else(|| Name::new("_raw", span));
    Ok(Command::Spath(match (path, output) {
        (Some(path), output) => {
            let output = output.unwrap_or_else(|| path.clone());
            Spath::One(Select { input, output, path, language: Language::Spath, default: None })
        }
        (None, Some(output)) => {
            return Err(args::missing("spath", "a path with `output`", output.span, DOC.example));
        }
        (None, None) => Spath::All(Extract { input, from: Structure::Document }),
    }))
}

/// What it means.
pub(crate) fn op(spath: &Spath) -> Op {
    match spath {
        Spath::All(extract) => Op::Extract(extract.clone()),
        Spath::One(select) => Op::Select(select.clone()),
    }
}

/// The arguments as text.
pub(crate) fn print(spath: &Spath) -> String {
    let input = match spath {
        Spath::All(extract) => &extract.input.text,
        Spath::One(select) => &select.input.text,
    };
    let input = if input == "_raw" { String::new() } else { format!("input={} ", field(input)) };
    let Spath::One(select) = spath else { return input.trim_end().to_owned() };
    let output = if select.output.text == select.path.text {
        String::new()
    } else {
        format!("output={} ", field(&select.output.text))
    };
    format!("{input}{output}path={}", value(&select.path.text))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn a_path_may_stand_alone() {
        prints("spath", "spath");
        prints("spath input=data", "spath input=data");
        prints("spath server.name output=x", "spath output=x path=server.name");
        prints("spath path=\"a{}.b{@c}\"", "spath path=a{}.b{@c}");
        prints("spath input=\"a b\" path='x y'", "spath input=\"a b\" path=\"x y\"");
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("spath output=x", "`spath` needs a path with `output`");
        fails("spath in=x", "`spath` has no option `in`");
        fails("spath a b", "expected the end of the command, found `b`");
    }
}
