//! `rangemap`: names for ranges of numbers.

use super::{Command, Doc};
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Assignment, Extend, Name, Op};
use crate::printer::name::{field, value};
use crate::span::Span;
use crate::tree::{BinaryOp, CompareOp, Expr, ExprKind};

/// For `sluice help rangemap`.
pub(crate) const DOC: Doc = Doc {
    name: "rangemap",
    aliases: &[],
    summary: "Writes to the field `range` the names of the ranges that a number lies in.",
    syntax: "rangemap field=<field> <name>=<from>-<to> … [default=<text>]",
    example: "index=main | stats count | rangemap field=count low=0-0 elevated=1-100 default=severe",
    hints: &[],
    differs: &[],
};

/// The arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeMap {
    field: Name,
    ranges: Vec<Range>,
    default: String,
}

/// A name and its range as written, `1-30`.
#[derive(Debug, Clone, PartialEq)]
struct Range {
    name: Name,
    from: String,
    to: String,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut found = None;
    let mut ranges = Vec::new();
    let mut default = "None".to_owned();
    while !cursor.at_command_end() {
        let name = cursor.value("a range")?;
        if !cursor.eat_after_space('=') {
            return Err(cursor.expected("`=`").with_help("for example `low=1-30`"));
        }
        cursor.skip_space();
        let quoted = cursor.peek() == Some('\'');
        let value = if quoted { cursor.quoted()? } else { cursor.value("a value")? };
        match name.text.as_str() {
            "field" => found = Some(value),
            "default" => default = value.text,
            _ => ranges.push(range(name, &value)?),
        }
        cursor.commas();
    }
    let example = "for example `rangemap field=count low=1-30 default=high`";
    let field = found.ok_or_else(|| cursor.expected("`field=`").with_help(example))?;
    Ok(Command::RangeMap(RangeMap { field, ranges, default }))
}

/// `1-30`, `-5--1`: the sign that both sides are numbers without.
fn range(name: Name, value: &Name) -> Parse<Range> {
    let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
    let halves = value.text.match_indices('-').filter_map(|(at, _)| {
        let (from, to) = (value.text.get(..at)?, value.text.get(at + 1..)?);
        Some((from, to, number(from)?, number(to)?))
    });
    match halves.into_iter().next() {
        Some((from, to, low, high)) if low <= high => {
            Ok(Range { name, from: from.to_owned(), to: to.to_owned() })
        }
        _ => {
            let message = format!("`{}` expected a range of numbers, found `{}`", name.text, value.text);
            Err(Diagnostic::error(code::BAD_OPTION, value.span, message)
                .with_label("not a range")
                .with_help("the lower number first, for example `1-30` or `-5--1`"))
        }
    }
}

/// What it means: `range` is the names of all ranges that the number lies in, else the default.
pub(crate) fn op(command: &RangeMap) -> Op {
    let span = command.field.span;
    let mut names: Vec<Expr> = command.ranges.iter().map(|range| named(command, range)).collect();
    let default = text(&command.default, span);
    let expr = match names.len() {
        0 => default,
        1 => call("coalesce", vec![names.remove(0), default], span),
        _ => {
            let names = call("mvappend", names, span);
            let none = call("isnull", vec![names.clone()], span);
            call("if", vec![none, default, names], span)
        }
    };
    let target = Name::new("range", span);
    Op::Extend(Extend { assignments: vec![Assignment { target, expr }] })
}

/// `if(number >= from AND number <= to, name, null())`
fn named(command: &RangeMap, range: &Range) -> Expr {
    let span = range.name.span;
    let field = Expr { kind: ExprKind::Field(command.field.text.clone()), span };
    let number = call("tonumber", vec![field], span);
    let bound = |op, bound: &str| {
        let bound = Expr { kind: ExprKind::Number(bound.to_owned()), span };
        binary(BinaryOp::Compare(op), number.clone(), bound, span)
    };
    let above = bound(CompareOp::GreaterOrEqual, &range.from);
    let within = binary(BinaryOp::And, above, bound(CompareOp::LessOrEqual, &range.to), span);
    call("if", vec![within, text(&range.name.text, span), call("null", Vec::new(), span)], span)
}

fn binary(op: BinaryOp, left: Expr, right: Expr, span: Span) -> Expr {
    Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span }
}

fn call(name: &str, args: Vec<Expr>, span: Span) -> Expr {
    Expr { kind: ExprKind::Call(name.to_owned(), args), span }
}

fn text(text: &str, span: Span) -> Expr {
    Expr { kind: ExprKind::Text(text.to_owned()), span }
}

/// The arguments as text.
pub(crate) fn print(command: &RangeMap) -> String {
    let mut parts = vec![format!("field={}", field(&command.field.text))];
    let range = |range: &Range| format!("{}={}-{}", field(&range.name.text), range.from, range.to);
    parts.extend(command.ranges.iter().map(range));
    if command.default != "None" {
        parts.push(format!("default={}", value(&command.default)));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn ranges_may_be_negative_and_fractions() {
        prints(
            "rangemap field=s Dislike=-5--1 DontCare=0-0 Like=1-5",
            "rangemap field=s Dislike=-5--1 DontCare=0-0 Like=1-5",
        );
        prints(
            "rangemap default=\"no idea\" a=3.9-4.3 field=m",
            "rangemap field=m a=3.9-4.3 default=\"no idea\"",
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("rangemap a=1-2", "expected `field=`, found end of query");
        fails("rangemap field=x a=2-1", "`a` expected a range of numbers, found `2-1`");
        fails("rangemap field=x a=5", "`a` expected a range of numbers, found `5`");
        fails("rangemap field=x a", "expected `=`, found end of query");
    }
}
