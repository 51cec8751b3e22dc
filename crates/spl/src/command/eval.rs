//! `eval`: new fields from expressions.

use super::{Command, Doc};
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::expr;
use crate::ops::{Assignment, Extend, Name};
use crate::printer;
use crate::printer::name::single_quote;
use crate::tree::{BinaryOp, Expr, ExprKind, Pipeline, UnaryOp};

/// For `sluice help eval`.
pub(crate) const DOC: Doc = Doc {
    name: "eval",
    aliases: &[],
    summary: "Computes expressions and stores each in a field.",
    syntax: "eval <field>=<expression>, …",
    example: "index=main | eval kb=bytes / 1024, big=if(kb > 10, \"yes\", \"no\")",
    hints: &[],
    differs: &[(
        "precision",
        "results are doubles with all their digits; Splunk rounds some to the digits of the operands",
    )],
};

/// Functions whose result is a Boolean.
const BOOLEAN_FUNCTIONS: [&str; 17] = [
    "cidrmatch",
    "false",
    "in",
    "isarray",
    "isbool",
    "isdouble",
    "isint",
    "ismv",
    "isnotnull",
    "isnull",
    "isnum",
    "isobject",
    "isstr",
    "json_valid",
    "like",
    "match",
    "searchmatch",
];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut assignments = Vec::new();
    loop {
        assignments.push(assignment(cursor)?);
        if !cursor.eat_after_space(',') {
            return Ok(Command::Eval(Extend { assignments }));
        }
    }
}

/// Reads `field=expression`.
pub(super) fn assignment(cursor: &mut Cursor<'_>) -> Parse<Assignment> {
    let target = target(cursor)?;
    cursor.skip_space();
    if !cursor.eat('=') {
        return Err(cursor.expected("`=`"));
    }
    Ok(Assignment { target, expr: expr::parse(cursor)? })
}

/// The field that is set: bare with dots and `{…}`, or in either kind of quotes.
fn target(cursor: &mut Cursor<'_>) -> Parse<Name> {
    cursor.skip_space();
    if matches!(cursor.peek(), Some('"' | '\'')) {
        return cursor.quoted();
    }
    let start = cursor.place();
    let mut text = String::new();
    loop {
        let part = expr::name(cursor);
        text.push_str(&part);
        match cursor.peek() {
            Some('.' | '-') => text.extend(cursor.bump()),
            _ if text.is_empty() => return Err(cursor.expected("a field")),
            _ => return Ok(Name::new(text, cursor.span_from(start))),
        }
    }
}

/// An error for each Boolean that would be stored in a field.
pub(crate) fn check(extend: &Extend) -> Vec<Diagnostic> {
    extend.assignments.iter().filter_map(check_one).collect()
}

/// The error for a Boolean that would be stored.
pub(crate) fn check_one(assignment: &Assignment) -> Option<Diagnostic> {
    is_boolean(&assignment.expr).then(|| boolean_in_field(&assignment.expr))
}

fn boolean_in_field(expr: &Expr) -> Diagnostic {
    let text = printer::expr::expr(expr);
    Diagnostic::error(code::BOOLEAN_IN_FIELD, expr.span, "a field cannot hold a Boolean")
        .with_label("true or false")
        .with_help(format!("wrap it: `if({text}, \"true\", \"false\")`"))
}

fn is_boolean(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Unary(UnaryOp::Not, _) | ExprKind::In(..) => true,
        ExprKind::Binary(op, ..) => {
            matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor | BinaryOp::Compare(_))
        }
        ExprKind::Call(name, _) => name == "true" || BOOLEAN_FUNCTIONS.contains(&name.as_str()),
        _ => false,
    }
}

/// The subsearches of the expressions.
pub(crate) fn subsearches(extend: &Extend) -> Vec<&Pipeline> {
    extend.assignments.iter().flat_map(|assignment| assignment.expr.subsearches()).collect()
}

/// The arguments as text.
pub(crate) fn print(extend: &Extend) -> String {
    extend.assignments.iter().map(print_assignment).collect::<Vec<_>>().join(", ")
}

/// `field=expression` as text.
pub(super) fn print_assignment(assignment: &Assignment) -> String {
    let name = &assignment.target.text;
    let bare = !name.is_empty() && name.chars().all(|c| expr::is_name(c) || "<>.".contains(c));
    let target = if bare { name.clone() } else { single_quote(name) };
    format!("{target}={}", printer::expr::expr(&assignment.expr))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn targets_may_be_quoted_dotted_or_made_from_values() {
        prints("eval a=1, 'b c' = a+1", "eval a=1, 'b c'=a + 1");
        prints("eval Processes.x=1,{name}_size=2", "eval Processes.x=1, {name}_size=2");
    }

    #[test]
    fn what_is_absent_is_named() {
        fails("eval x=", "expected an expression, found end of query");
        fails("eval x", "expected `=`, found end of query");
        fails("eval =1", "expected a field, found `=`");
    }

    #[test]
    fn a_boolean_is_not_stored() {
        fails("eval x=match(a, \"b\")", "a field cannot hold a Boolean");
        fails("eval x=(a=1 AND b=2)", "a field cannot hold a Boolean");
        prints("eval x=if(a==1, 1, 0)", "eval x=if(a=1, 1, 0)");
    }
}
