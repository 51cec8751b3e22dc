//! `regex`: rows of which a field matches a regular expression.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::expr::comparison;
use crate::ops::{Filter, Name};
use crate::printer::name::{field, quote};
use crate::span::Span;
use crate::tree::{BinaryOp, CompareOp, Expr, ExprKind, UnaryOp};

/// For `sluice help regex`.
pub(crate) const DOC: Doc = Doc {
    name: "regex",
    aliases: &[],
    summary: "Keeps the rows of which a field matches a regular expression, or does not.",
    syntax: "regex [<field>=|<field>!=]\"<regex>\"",
    example: "index=main | regex Image=\"(?i)\\\\\\ftp\\.exe$\"",
    hints: &[],
    differs: &[(
        "PCRE",
        "the syntax of Rust's `regex`, and look-around, backreferences, atomic groups and possessive quantifiers; no recursion or callouts",
    )],
};

/// The arguments of `regex`.
#[derive(Debug, Clone, PartialEq)]
pub struct Regex {
    /// The field, `_raw` where none is named.
    pub field: Name,
    /// `!=`: rows that do not match, and rows without the field.
    pub negated: bool,
    /// The regular expression.
    pub pattern: Name,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    cursor.skip_space();
    let raw = Name::new("_raw", cursor.span_from(cursor.place()));
    let first = match cursor.peek() {
        Some('"') => cursor.quoted()?,
        _ => name(cursor)?,
    };
    cursor.skip_space();
    let (field, negated, pattern) = match comparison(cursor) {
        Some(CompareOp::Equal) => (first, false, pattern(cursor)?),
        Some(CompareOp::NotEqual) => (first, true, pattern(cursor)?),
        None if cursor.source(first.span).starts_with('"') => (raw, false, first),
        _ => return Err(cursor.expected("`=` or `!=`")),
    };
    Ok(Command::Regex(Regex { field, negated, pattern }))
}

/// A bare field, which `!=` may follow without a space.
fn name(cursor: &mut Cursor<'_>) -> Parse<Name> {
    if cursor.peek() == Some('\'') {
        return cursor.quoted();
    }
    let start = cursor.place();
    let text = cursor.take_until(crate::predicate::ends_field);
    if text.is_empty() {
        return Err(cursor.expected("a field or a regular expression in double quotes"));
    }
    Ok(Name::new(text, cursor.span_from(start)))
}

fn pattern(cursor: &mut Cursor<'_>) -> Parse<Name> {
    cursor.value("a regular expression in double quotes")
}

/// What it means: `match(field, "p")`, or `isnull(field) OR NOT match(field, "p")`.
pub(crate) fn filter(regex: &Regex) -> Filter {
    let span = regex.field.span.to(regex.pattern.span);
    let field = || Expr { kind: ExprKind::Field(regex.field.text.clone()), span: regex.field.span };
    let pattern = Expr { kind: ExprKind::Text(regex.pattern.text.clone()), span: regex.pattern.span };
    let matches = call("match", vec![field(), pattern], span);
    if !regex.negated {
        return Filter::Where(matches);
    }
    let not = Expr { kind: ExprKind::Unary(UnaryOp::Not, Box::new(matches)), span };
    let null = call("isnull", vec![field()], span);
    Filter::Where(Expr { kind: ExprKind::Binary(BinaryOp::Or, Box::new(null), Box::new(not)), span })
}

fn call(name: &str, args: Vec<Expr>, span: Span) -> Expr {
    Expr { kind: ExprKind::Call(name.to_owned(), args), span }
}

/// The arguments as text.
pub(crate) fn print(regex: &Regex) -> String {
    let pattern = quote(&regex.pattern.text);
    match (regex.negated, regex.field.text.as_str()) {
        (false, "_raw") => pattern,
        (false, name) => format!("{}={pattern}", field(name)),
        (true, name) => format!("{}!={pattern}", field(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests_support::{fails, op, prints};
    use crate::ops::Op;

    #[test]
    fn the_field_is_raw_unless_named() {
        prints(r#"regex "a\d""#, r#"regex "a\d""#);
        prints(r#"regex a.b = "x" "#, r#"regex a.b="x""#);
        prints(r#"regex "a b"!="x""#, r#"regex "a b"!="x""#);
        fails("regex a", "expected `=` or `!=`, found end of query");
    }

    #[test]
    fn rows_without_the_field_do_not_match_and_so_stay() {
        let Op::Filter(Filter::Where(expr)) = op(r#"regex a!="x""#) else { panic!("no filter") };
        assert_eq!(crate::printer::expr::expr(&expr), r#"isnull(a) OR NOT match(a, "x")"#);
    }
}
