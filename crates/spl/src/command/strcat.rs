//! `strcat`: values joined as text.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Assignment, Extend, Name, Op};
use crate::printer::name::{field, quote, single_quote};
use crate::tree::{BinaryOp, Expr, ExprKind};

/// For `sluice help strcat`.
pub(crate) const DOC: Doc = Doc {
    name: "strcat",
    aliases: &[],
    summary: "Joins fields and texts, and writes the result to the last field named.",
    syntax: "strcat [allrequired=<bool>] <field>|\"<text>\" … <field>",
    example: "index=main | strcat src_ip \":\" src_port src",
    hints: &[],
    differs: &[],
};

/// The arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct StrCat {
    all_required: bool,
    /// Fields, and texts in double quotes.
    parts: Vec<Expr>,
    target: Name,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut all_required = false;
    let mut parts: Vec<Expr> = Vec::new();
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) if option.name.text == "allrequired" => all_required = option.boolean()?,
            Some(option) => return Err(option.unknown("strcat", &["allrequired"])),
            None => parts.push(part(cursor)?),
        }
        cursor.commas();
    }
    let example = "for example `strcat host \":\" port address`";
    match parts.pop().map(|last| (last.span, last.kind)) {
        Some((span, ExprKind::Field(name))) if !parts.is_empty() => {
            Ok(Command::StrCat(StrCat { all_required, parts, target: Name::new(name, span) }))
        }
        _ => Err(cursor.expected("a field for the result").with_help(example)),
    }
}

fn part(cursor: &mut Cursor<'_>) -> Parse<Expr> {
    cursor.skip_space();
    let text = cursor.peek() == Some('"');
    let name = cursor.field()?;
    let kind = if text { ExprKind::Text(name.text) } else { ExprKind::Field(name.text) };
    Ok(Expr { kind, span: name.span })
}

/// What it means. With `allrequired` the target keeps its value where a field has none.
pub(crate) fn op(command: &StrCat) -> Op {
    let span = command.target.span;
    let call = |name: &str, args| Expr { kind: ExprKind::Call(name.to_owned(), args), span };
    let or_empty = |part: &Expr| match &part.kind {
        ExprKind::Field(_) if !command.all_required => {
            let empty = Expr { kind: ExprKind::Text(String::new()), span };
            call("coalesce", vec![part.clone(), empty])
        }
        _ => part.clone(),
    };
    let joined = joined(command.parts.iter().map(or_empty).collect());
    let expr = if command.all_required {
        let target = Expr { kind: ExprKind::Field(command.target.text.clone()), span };
        call("coalesce", vec![joined, target])
    } else {
        joined
    };
    Op::Extend(Extend { assignments: vec![Assignment { target: command.target.clone(), expr }] })
}

/// The parts joined as a balanced tree, so that many stay shallow.
fn joined(mut parts: Vec<Expr>) -> Expr {
    let right = parts.split_off(parts.len().div_ceil(2));
    match parts.pop() {
        Some(only) if parts.is_empty() && right.is_empty() => only,
        Some(last) => {
            parts.push(last);
            let (left, right) = (joined(parts), if right.is_empty() { empty() } else { joined(right) });
            let span = left.span.to(right.span);
            Expr { kind: ExprKind::Binary(BinaryOp::Concat, Box::new(left), Box::new(right)), span }
        }
        None => empty(),
    }
}

fn empty() -> Expr {
    Expr { kind: ExprKind::Text(String::new()), span: Default::default() }
}

/// The arguments as text.
pub(crate) fn print(command: &StrCat) -> String {
    let mut out = if command.all_required { "allrequired=true ".to_owned() } else { String::new() };
    for part in &command.parts {
        out += &match &part.kind {
            ExprKind::Text(text) => quote(text),
            ExprKind::Field(name) => bare_or_single(name),
            _ => String::new(),
        };
        out.push(' ');
    }
    out + &bare_or_single(&command.target.text)
}

/// A field is never in double quotes here: those are texts.
fn bare_or_single(name: &str) -> String {
    if field(name) == name { name.to_owned() } else { single_quote(name) }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_last_field_gets_the_result() {
        prints("strcat sourceIP \"/\" destIP comboIP", "strcat sourceIP \"/\" destIP comboIP");
        prints("strcat allrequired=t a 'b c' d", "strcat allrequired=true a 'b c' d");
        prints("strcat a, b, c", "strcat a b c");
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("strcat a", "expected a field for the result, found end of query");
        fails("strcat a \"x\"", "expected a field for the result, found end of query");
        fails("strcat required=t a b", "`strcat` has no option `required`");
    }
}
