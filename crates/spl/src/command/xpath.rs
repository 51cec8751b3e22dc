//! `xpath`: values of XML by an XPath.

use super::{Command, Doc};
use crate::args;
use crate::cursor::{Cursor, Parse};
use crate::ops::{Language, Name, Select};
use crate::printer::name::{field, quote};
use crate::span::Span;

/// For `sluice help xpath`.
pub(crate) const DOC: Doc = Doc {
    name: "xpath",
    aliases: &[],
    summary: "Takes values from XML by an XPath: texts of elements, or attributes.",
    syntax: "xpath [outfield=<field>] \"<xpath>\" [field=<field>] [default=<text>]",
    example: "index=main | xpath outfield=name \"//user[@type='admin']/@name\"",
    hints: &[],
    differs: &[
        (
            "XPath",
            "read are `/`, `//`, names, `*`, `.`, `..`, `@name` and `text()` at the end, and in brackets a place, \
             `last()`, `@a`, `b`, `@a='x'`, `b!='x'`, `.='x'`: the paths that Splunk documents. Any other is an error",
        ),
        (
            "prologues",
            "Splunk finds nothing in XML that begins with `<?xml` or a document type; here it does",
        ),
    ],
};

const OPTIONS: [&str; 3] = ["default", "field", "outfield"];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let (mut input, mut output, mut default, mut path) = (None, None, None, None);
    while !cursor.at_command_end() {
        if cursor.peek() == Some('"') && path.is_none() {
            path = Some(cursor.quoted()?);
            continue;
        }
        match cursor.option()? {
            Some(option) => match option.name.text.as_str() {
                "default" => default = Some(option.value.text),
                "field" => input = Some(option.value),
                "outfield" => output = Some(option.value),
                _ => return Err(option.unknown("xpath", &OPTIONS)),
            },
            None if path.is_none() => path = cursor.word(),
            None => return Err(cursor.expected("the end of the command")),
        }
        if path.is_none() && !cursor.at_command_end() && !cursor.at_option() && cursor.peek() != Some('"') {
            return Err(cursor.expected("an XPath in double quotes"));
        }
    }
    let missing = || args::missing("xpath", "an XPath in double quotes", span, "xpath \"//user/@name\"");
    Ok(Command::XPath(Select {
        input: input.unwrap_or_else(|| Name::new("_raw", span)),
        output: output.unwrap_or_else(|| Name::new("xpath", span)),
        path: path.ok_or_else(missing)?,
        language: Language::XPath,
        default,
    }))
}

/// The arguments as text.
pub(crate) fn print(select: &Select) -> String {
    let mut out = String::new();
    if select.output.text != "xpath" {
        out += &format!("outfield={} ", field(&select.output.text));
    }
    out += &quote(&select.path.text);
    if select.input.text != "_raw" {
        out += &format!(" field={}", field(&select.input.text));
    }
    if let Some(default) = &select.default {
        out += &format!(" default={}", quote(default));
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn options_stand_on_either_side() {
        prints("xpath \"//a/@b\"", "xpath \"//a/@b\"");
        prints(
            "xpath field=xml outfield=x \"//a[@b='c']\" default=none",
            "xpath outfield=x \"//a[@b='c']\" field=xml default=\"none\"",
        );
        fails("xpath outfield=x", "`xpath` needs an XPath in double quotes");
        fails("xpath out=x \"//a\"", "`xpath` has no option `out`");
    }
}
