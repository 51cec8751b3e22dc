//! Commands of Splunk whose meaning is not built: their arguments are read as words, strings, options,
//! brackets and subsearches, and printed back.

use crate::cursor::{Cursor, Parse};
use crate::expr::comparison;
use crate::pipeline;
use crate::predicate::sign;
use crate::printer;
use crate::printer::name::{quote, single_quote};
use crate::span::Span;
use crate::tree::Pipeline;

use super::Command;

/// The arguments of a command that is read but not run.
#[derive(Debug, Clone, PartialEq)]
pub struct Generic {
    /// The arguments in order.
    pub args: Vec<Arg>,
}

/// One argument and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Arg {
    /// What it is.
    pub kind: ArgKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of argument.
#[derive(Debug, Clone, PartialEq)]
pub enum ArgKind {
    /// A bare word as written: a field, a keyword, a number.
    Word(String),
    /// A double-quoted string, escapes resolved.
    Text(String),
    /// A single-quoted field name, escapes resolved.
    Field(String),
    /// `,` or a comparison.
    Operator(&'static str),
    /// `name=value`
    Option(String, Box<Arg>),
    /// `name(args)`
    Call(String, Vec<Arg>),
    /// `(args)`
    Group(Vec<Arg>),
    /// `[ … ]`
    Subsearch(Pipeline),
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    Ok(Command::Generic(Generic { args: args(cursor)? }))
}

fn args(cursor: &mut Cursor<'_>) -> Parse<Vec<Arg>> {
    let mut args = Vec::new();
    loop {
        cursor.skip_space();
        if matches!(cursor.peek(), None | Some('|' | ')' | ']' | '`')) {
            return Ok(args);
        }
        args.push(arg(cursor)?);
    }
}

fn arg(cursor: &mut Cursor<'_>) -> Parse<Arg> {
    let start = cursor.place();
    let kind = match cursor.peek() {
        Some('"') => ArgKind::Text(cursor.quoted()?.text),
        Some('\'') => single_quoted(cursor),
        Some('(') => ArgKind::Group(cursor.bracketed(args)?),
        Some('[') => ArgKind::Subsearch(pipeline::subsearch(cursor)?),
        Some(',') => {
            cursor.bump();
            ArgKind::Operator(",")
        }
        _ => word(cursor)?,
    };
    Ok(Arg { kind, span: cursor.span_from(start) })
}

/// A quoted field name, or a word that begins with an apostrophe.
fn single_quoted(cursor: &mut Cursor<'_>) -> ArgKind {
    let place = cursor.place();
    if let Ok(name) = cursor.quoted() {
        return ArgKind::Field(name.text);
    }
    cursor.back_to(place);
    ArgKind::Word(cursor.take_until(ends_word))
}

fn word(cursor: &mut Cursor<'_>) -> Parse<ArgKind> {
    let mut text = cursor.take_until(ends_word);
    if text.is_empty() {
        let doubled = (cursor.peek(), cursor.peek_second()) == (Some('='), Some('='));
        if let Some(op) = comparison(cursor) {
            return Ok(ArgKind::Operator(if doubled { "==" } else { sign(op) }));
        }
        text.extend(cursor.bump());
    }
    if cursor.peek() == Some('(') {
        return Ok(ArgKind::Call(text, cursor.bracketed(args)?));
    }
    if text == "!" { Ok(ArgKind::Word(text)) } else { option(cursor, text) }
}

/// `text=value`, or the word `text` alone.
fn option(cursor: &mut Cursor<'_>, text: String) -> Parse<ArgKind> {
    let place = cursor.place();
    if cursor.eat_after_space('=') && cursor.peek() != Some('=') {
        cursor.skip_space();
        let start = cursor.place();
        let kind = match cursor.peek() {
            None | Some('|' | ')' | ']' | ',' | '=' | '`') => None,
            Some('"' | '\'' | '(' | '[') => Some(arg(cursor)?.kind),
            _ => Some(value(cursor)?),
        };
        if let Some(kind) = kind {
            let value = Box::new(Arg { kind, span: cursor.span_from(start) });
            return Ok(ArgKind::Option(text, value));
        }
    }
    cursor.back_to(place);
    Ok(ArgKind::Word(text))
}

/// A value: unlike a word it may hold the signs of comparisons.
fn value(cursor: &mut Cursor<'_>) -> Parse<ArgKind> {
    let text = cursor.take_until(ends_value);
    if cursor.peek() == Some('(') {
        return Ok(ArgKind::Call(text, cursor.bracketed(args)?));
    }
    Ok(ArgKind::Word(text))
}

fn ends_value(c: char) -> bool {
    c.is_whitespace() || matches!(c, '|' | '(' | ')' | '[' | ']' | '"' | ',' | '`')
}

fn ends_word(c: char) -> bool {
    ends_value(c) || matches!(c, '=' | '<' | '>' | '!')
}

/// The subsearches among arguments.
pub(crate) fn subsearches(args: &[Arg]) -> Vec<&Pipeline> {
    args.iter().flat_map(|arg| subsearches_of(&arg.kind)).collect()
}

fn subsearches_of(kind: &ArgKind) -> Vec<&Pipeline> {
    match kind {
        ArgKind::Option(_, value) => subsearches_of(&value.kind),
        ArgKind::Call(_, args) | ArgKind::Group(args) => subsearches(args),
        ArgKind::Subsearch(pipeline) => vec![pipeline],
        _ => Vec::new(),
    }
}

/// The arguments as text.
pub(crate) fn print(generic: &Generic) -> String {
    print_args(&generic.args)
}

fn print_args(args: &[Arg]) -> String {
    let mut out = String::new();
    for arg in args {
        let comma = arg.kind == ArgKind::Operator(",");
        if !out.is_empty() && !comma {
            out.push(' ');
        }
        out.push_str(&print_arg(&arg.kind));
    }
    out
}

fn print_arg(kind: &ArgKind) -> String {
    match kind {
        ArgKind::Word(text) => text.clone(),
        ArgKind::Text(text) => quote(text),
        ArgKind::Field(name) => single_quote(name),
        ArgKind::Operator(sign) => (*sign).to_owned(),
        ArgKind::Option(name, value) => format!("{name}={}", print_arg(&value.kind)),
        ArgKind::Call(name, args) => format!("{name}({})", print_args(args)),
        ArgKind::Group(args) => format!("({})", print_args(args)),
        ArgKind::Subsearch(pipeline) => printer::subsearch(pipeline),
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::prints_only;

    #[test]
    fn arguments_are_printed_back() {
        prints_only(
            r#"mstats count min(_time) as first from datamodel=Endpoint.Processes where Processes.process = "*a\\b*" OR (x IN ("a", b*)) by _time span=1h"#,
            r#"mstats count min(_time) as first from datamodel=Endpoint.Processes where Processes.process="*a\b*" OR (x IN ("a", b*)) by _time span=1h"#,
        );
        prints_only(
            "rest a_* [eval <<FIELD>> = '<<FIELD>>' + 1]",
            "rest a_* [eval <<FIELD>>='<<FIELD>>' + 1]",
        );
        prints_only(
            "rest type=left a [|inputlookup b|fields c]",
            "rest type=left a [| inputlookup b | fields c]",
        );
        prints_only("mstats ' $x$==\"a b\" ! =c", "mstats ' $x$ == \"a b\" ! = c");
        prints_only("geostats span=1h eval(a >= 2) by don't", "geostats span=1h eval(a >= 2) by don't");
    }
}
