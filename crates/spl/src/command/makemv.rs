//! `makemv`: one value becomes several.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Separator, Split};
use crate::printer::name::{field, quote};

/// For `sluice help makemv`.
pub(crate) const DOC: Doc = Doc {
    name: "makemv",
    aliases: &[],
    summary: "Splits a field into several values, at a delimiter or by a regular expression.",
    syntax: "makemv [delim=<text>|tokenizer=<regex>] [allowempty=<bool>] [setsv=<bool>] <field>",
    example: "index=main | makemv delim=\",\" recipients",
    hints: &[],
    differs: &[("`setsv`", "leaves the single value only: a field here is single or multivalue, not both")],
};

const OPTIONS: [&str; 4] = ["allowempty", "delim", "setsv", "tokenizer"];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut options = Options::default();
    let mut field = None;
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            options.set(option)?;
        } else if field.is_none() {
            field = Some(cursor.field()?);
        } else {
            break;
        }
    }
    let example = "for example `makemv delim=\",\" recipients`";
    let field = field.ok_or_else(|| cursor.expected("a field").with_help(example))?;
    let by = options.by.unwrap_or_else(|| Separator::Delimiter(" ".to_owned()));
    Ok(Command::MakeMv(Split { field, by, allow_empty: options.allow_empty, single: options.single }))
}

#[derive(Default)]
struct Options {
    by: Option<Separator>,
    allow_empty: bool,
    single: bool,
}

impl Options {
    fn set(&mut self, option: OptionArg) -> Parse<()> {
        match option.name.text.as_str() {
            "allowempty" => self.allow_empty = option.boolean()?,
            "setsv" => self.single = option.boolean()?,
            "delim" | "tokenizer" => self.separate(option)?,
            _ => return Err(option.unknown("makemv", &OPTIONS)),
        }
        Ok(())
    }

    fn separate(&mut self, option: OptionArg) -> Parse<()> {
        if self.by.is_some() {
            let message = "`makemv` takes one of `delim` and `tokenizer`";
            return Err(Diagnostic::error(code::BAD_OPTION, option.name.span, message)
                .with_label("the second one")
                .with_help("leave one of them out"));
        }
        if option.value.text.is_empty() {
            return Err(option.bad("at least one character"));
        }
        self.by = Some(match option.name.text.as_str() {
            "tokenizer" => Separator::Tokenizer(option.value),
            _ => Separator::Delimiter(option.value.text),
        });
        Ok(())
    }
}

/// The arguments as text.
pub(crate) fn print(split: &Split) -> String {
    let mut out = match &split.by {
        Separator::Delimiter(delim) if delim == " " => String::new(),
        Separator::Delimiter(delim) => format!("delim={} ", quote(delim)),
        Separator::Tokenizer(pattern) => format!("tokenizer={} ", quote(&pattern.text)),
    };
    for (name, _) in
        [("allowempty", split.allow_empty), ("setsv", split.single)].iter().filter(|(_, set)| *set)
    {
        out += &format!("{name}=true ");
    }
    out + &field(&split.field.text)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn a_delimiter_or_a_tokenizer() {
        prints("makemv a", "makemv a");
        prints("makemv delim=\",\" allowempty=t a", "makemv delim=\",\" allowempty=true a");
        prints("makemv tokenizer=\"([^,]+),?\" a setsv=t", "makemv tokenizer=\"([^,]+),?\" setsv=true a");
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("makemv", "expected a field, found end of query");
        fails("makemv delim=\",\" tokenizer=x a", "`makemv` takes one of `delim` and `tokenizer`");
        fails("makemv delim=\"\" a", "`delim` expected at least one character, found ``");
        fails("makemv delimiter=x a", "`makemv` has no option `delimiter`");
    }
}
