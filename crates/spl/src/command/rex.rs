//! `rex`: fields from the groups of a regular expression, or replacement by a sed expression.

use super::{Command, Doc};
use crate::args::{self, OptionArg};
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Name, Op, Rex, Sed};
use crate::printer::name::{field, quote};
use crate::span::Span;

/// For `sluice help rex`.
pub(crate) const DOC: Doc = Doc {
    name: "rex",
    aliases: &[],
    summary: "Takes fields from the named groups of a regular expression, or rewrites a field with sed.",
    syntax: "rex [field=<field>] [max_match=<n>] [offset_field=<field>] \"<regex>\" | rex [field=<field>] mode=sed \"<sed>\"",
    example: "index=main | rex field=Image \"(?<name>[^\\\\\\]+)$\"",
    hints: &[],
    differs: &[("PCRE", "as `regex`")],
};

const OPTIONS: [&str; 4] = ["field", "max_match", "mode", "offset_field"];

/// The arguments of `rex`, which is two commands.
#[derive(Debug, Clone, PartialEq)]
pub enum RexCommand {
    /// `rex "…(?<name>…)…"`
    Extract(Rex),
    /// `rex mode=sed "s/…/…/"`
    Sed(Sed),
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let mut rex = Parts::default();
    while !cursor.at_command_end() {
        if cursor.peek() == Some('"') && rex.pattern.is_none() {
            rex.pattern = Some(cursor.quoted()?);
            continue;
        }
        match cursor.option()? {
            Some(option) => rex.set(option)?,
            None => return Err(cursor.expected("a regular expression in double quotes")),
        }
    }
    let missing =
        || args::missing("rex", "a regular expression in double quotes", span, "rex \"(?<user>\\w+)\"");
    let pattern = rex.pattern.take().ok_or_else(missing)?;
    rex.finish(pattern, span).map(Command::Rex)
}

#[derive(Default)]
struct Parts {
    field: Option<Name>,
    pattern: Option<Name>,
    max_match: Option<OptionArg>,
    offset_field: Option<OptionArg>,
    sed: bool,
}

impl Parts {
    fn set(&mut self, option: OptionArg) -> Parse<()> {
        match option.name.text.as_str() {
            "field" => self.field = Some(option.value),
            "max_match" => self.max_match = Some(option),
            "offset_field" => self.offset_field = Some(option),
            "mode" if option.value.text.eq_ignore_ascii_case("sed") => self.sed = true,
            "mode" => return Err(option.bad("`sed`")),
            _ => return Err(option.unknown("rex", &OPTIONS)),
        }
        Ok(())
    }

    fn finish(self, pattern: Name, span: Span) -> Parse<RexCommand> {
        let field = self.field.unwrap_or_else(|| Name::new("_raw", span));
        if !self.sed {
            let max_match = self.max_match.map_or(Ok(1), |option| option.integer())?;
            let offset_field = self.offset_field.map(|option| option.value);
            return Ok(RexCommand::Extract(Rex { field, pattern, max_match, offset_field }));
        }
        match self.max_match.or(self.offset_field) {
            Some(option) => Err(not_with_sed(&option)),
            None => Ok(RexCommand::Sed(Sed { field, expression: pattern })),
        }
    }
}

fn not_with_sed(option: &OptionArg) -> Diagnostic {
    let message = format!("`{}` has no meaning with `mode=sed`", option.name.text);
    Diagnostic::error(code::BAD_OPTION, option.name.span, message).with_label("only without `mode=sed`")
}

/// What it means.
pub(crate) fn op(rex: &RexCommand) -> Op {
    match rex {
        RexCommand::Extract(rex) => Op::Rex(rex.clone()),
        RexCommand::Sed(sed) => Op::Sed(sed.clone()),
    }
}

/// The arguments as text.
pub(crate) fn print(rex: &RexCommand) -> String {
    match rex {
        RexCommand::Extract(rex) => print_rex(rex),
        RexCommand::Sed(sed) => {
            format!("{}mode=sed {}", print_field(&sed.field), quote(&sed.expression.text))
        }
    }
}

fn print_rex(rex: &Rex) -> String {
    let mut out = print_field(&rex.field);
    if rex.max_match != 1 {
        out += &format!("max_match={} ", rex.max_match);
    }
    if let Some(offset) = &rex.offset_field {
        out += &format!("offset_field={} ", field(&offset.text));
    }
    out + &quote(&rex.pattern.text)
}

fn print_field(name: &Name) -> String {
    if name.text == "_raw" { String::new() } else { format!("field={} ", field(&name.text)) }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_pattern_keeps_its_backslashes() {
        prints(r#"rex "user=(?<user>\w+)""#, r#"rex "user=(?<user>\w+)""#);
        prints(r#"rex "a(?<b>.)" field=c max_match=0"#, r#"rex field=c max_match=0 "a(?<b>.)""#);
        prints(r#"rex mode=sed field="x y" "s/a/b/g""#, r#"rex field="x y" mode=sed "s/a/b/g""#);
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("rex field=a", "`rex` needs a regular expression in double quotes");
        fails("rex mode=awk \"x\"", "`mode` expected `sed`, found `awk`");
        fails("rex mode=sed max_match=2 \"s/a/b/\"", "`max_match` has no meaning with `mode=sed`");
        fails("rex (a", "expected a regular expression in double quotes, found `(`");
    }
}
