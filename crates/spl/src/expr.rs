//! Grammar of `eval` and `where` expressions.
//!
//! From loose to tight: XOR, OR, AND, NOT, comparisons with IN and LIKE, `+ - .`, `* / %`, unary minus,
//! parentheses. Keywords count in any case. `'x'` is a field, `"x"` a string.
//!
//! DIFFERS: Splunk asks for quotes around `a{}`; here a field name may hold `{}`, `:`, `@` and `$`, and
//! the `<<FIELD>>` of `foreach`.

use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::pipeline;
use crate::span::Span;
use crate::tree::{BinaryOp, CompareOp, Expr, ExprKind, UnaryOp};

/// How many operators may follow one another without AND, OR or parentheses.
const MAX_CHAIN: usize = 500;

/// Reads one expression.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Expr> {
    cursor.enter()?;
    let expr = binary(cursor, 0);
    cursor.leave();
    expr
}

/// How tight an operator binds; the higher, the tighter.
pub(crate) fn tightness(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Xor => 0,
        BinaryOp::Or => 1,
        BinaryOp::And => 2,
        BinaryOp::Compare(_) => COMPARISON,
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Concat => 5,
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => 6,
    }
}

/// The tightness of NOT, between AND and the comparisons.
pub(crate) const NEGATION: u8 = 3;
/// The tightness of comparisons, IN and LIKE.
pub(crate) const COMPARISON: u8 = 4;
/// The tightness of unary minus.
pub(crate) const SIGN: u8 = 7;

fn binary(cursor: &mut Cursor<'_>, loosest: u8) -> Parse<Expr> {
    let mut left = unary(cursor, loosest)?;
    for _ in 0..MAX_CHAIN {
        let place = cursor.place();
        let Some(infix) = infix(cursor) else { return Ok(left) };
        if infix.tightness() < loosest {
            cursor.back_to(place);
            return Ok(left);
        }
        left = apply(cursor, left, infix)?;
    }
    let message = format!("more than {MAX_CHAIN} operators in one expression");
    Err(Diagnostic::error(code::TOO_DEEP, left.span, message).with_help("parentheses or IN make it shorter"))
}

/// What may follow an operand.
enum Infix {
    Binary(BinaryOp),
    In,
    NotIn,
    Like,
    NotLike,
}

impl Infix {
    fn tightness(&self) -> u8 {
        match self {
            Infix::Binary(op) => tightness(*op),
            _ => COMPARISON,
        }
    }
}

fn apply(cursor: &mut Cursor<'_>, left: Expr, infix: Infix) -> Parse<Expr> {
    match infix {
        Infix::Binary(op @ (BinaryOp::And | BinaryOp::Or)) => chain(cursor, left, op),
        Infix::Binary(op) => Ok(join(op, left, binary(cursor, tightness(op) + 1)?)),
        Infix::In => membership(cursor, left),
        Infix::NotIn => membership(cursor, left).map(not),
        Infix::Like => like(cursor, left),
        Infix::NotLike => like(cursor, left).map(not),
    }
}

/// The operands of a run of ANDs, or ORs, as a balanced tree: hundreds of alternatives stay shallow.
fn chain(cursor: &mut Cursor<'_>, left: Expr, op: BinaryOp) -> Parse<Expr> {
    let mut operands = Vec::new();
    flatten(op, left, &mut operands);
    loop {
        flatten(op, binary(cursor, tightness(op) + 1)?, &mut operands);
        let place = cursor.place();
        if !matches!(infix(cursor), Some(Infix::Binary(next)) if next == op) {
            cursor.back_to(place);
            return Ok(balance(op, operands));
        }
    }
}

/// Parentheses within a run of the same operator say nothing: `a AND (b AND c)` is one run.
fn flatten(op: BinaryOp, expr: Expr, operands: &mut Vec<Expr>) {
    match expr.kind {
        ExprKind::Binary(inner, left, right) if inner == op => {
            flatten(op, *left, operands);
            flatten(op, *right, operands);
        }
        _ => operands.push(expr),
    }
}

fn balance(op: BinaryOp, mut operands: Vec<Expr>) -> Expr {
    let right = operands.split_off(operands.len().div_ceil(2));
    match operands.len() {
        0 | 1 if right.is_empty() => operands.pop().unwrap_or_else(nothing),
        _ => join(op, balance(op, operands), balance(op, right)),
    }
}

/// Never read: a balanced tree has at least one operand. INVARIANT: [`chain`] starts with one.
fn nothing() -> Expr {
    Expr { kind: ExprKind::Text(String::new()), span: Span::default() }
}

fn join(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span }
}

fn not(expr: Expr) -> Expr {
    let span = expr.span;
    Expr { kind: ExprKind::Unary(UnaryOp::Not, Box::new(expr)), span }
}

fn membership(cursor: &mut Cursor<'_>, left: Expr) -> Parse<Expr> {
    cursor.skip_space();
    if cursor.peek() != Some('(') {
        return Err(cursor.expected("`(`"));
    }
    let start = cursor.place();
    let values = cursor.bracketed(arguments)?;
    let span = left.span.to(cursor.span_from(start));
    Ok(Expr { kind: ExprKind::In(Box::new(left), values), span })
}

fn like(cursor: &mut Cursor<'_>, left: Expr) -> Parse<Expr> {
    let pattern = binary(cursor, COMPARISON + 1)?;
    let span = left.span.to(pattern.span);
    Ok(Expr { kind: ExprKind::Call("like".to_owned(), vec![left, pattern]), span })
}

/// Takes the operator that follows an operand, if one does.
fn infix(cursor: &mut Cursor<'_>) -> Option<Infix> {
    cursor.skip_space();
    let place = cursor.place();
    let found = if cursor.peek()?.is_alphabetic() { infix_word(cursor) } else { infix_sign(cursor) };
    if found.is_none() {
        cursor.back_to(place);
    }
    found
}

fn infix_word(cursor: &mut Cursor<'_>) -> Option<Infix> {
    match name(cursor).to_ascii_lowercase().as_str() {
        "and" => Some(Infix::Binary(BinaryOp::And)),
        "or" => Some(Infix::Binary(BinaryOp::Or)),
        "xor" => Some(Infix::Binary(BinaryOp::Xor)),
        "in" => Some(Infix::In),
        "like" => Some(Infix::Like),
        "not" => infix_not(cursor),
        _ => None,
    }
}

fn infix_not(cursor: &mut Cursor<'_>) -> Option<Infix> {
    cursor.skip_space();
    match name(cursor).to_ascii_lowercase().as_str() {
        "in" => Some(Infix::NotIn),
        "like" => Some(Infix::NotLike),
        _ => None,
    }
}

fn infix_sign(cursor: &mut Cursor<'_>) -> Option<Infix> {
    if let Some(op) = comparison(cursor) {
        return Some(Infix::Binary(BinaryOp::Compare(op)));
    }
    let op = match cursor.bump()? {
        '+' => BinaryOp::Add,
        '-' => BinaryOp::Subtract,
        '*' => BinaryOp::Multiply,
        '/' => BinaryOp::Divide,
        '%' => BinaryOp::Modulo,
        '.' => BinaryOp::Concat,
        _ => return None,
    };
    Some(Infix::Binary(op))
}

/// Takes a comparison operator, if one stands at the cursor. `search` uses the same.
pub(crate) fn comparison(cursor: &mut Cursor<'_>) -> Option<CompareOp> {
    let op = match (cursor.peek()?, cursor.peek_second()) {
        ('=', Some('=')) => (CompareOp::Equal, 2),
        ('=', _) => (CompareOp::Equal, 1),
        ('!', Some('=')) => (CompareOp::NotEqual, 2),
        ('<', Some('>')) => return None,
        ('<', Some('=')) => (CompareOp::LessOrEqual, 2),
        ('<', _) => (CompareOp::Less, 1),
        ('>', Some('=')) => (CompareOp::GreaterOrEqual, 2),
        ('>', _) => (CompareOp::Greater, 1),
        _ => return None,
    };
    for _ in 0..op.1 {
        cursor.bump();
    }
    Some(op.0)
}

fn unary(cursor: &mut Cursor<'_>, loosest: u8) -> Parse<Expr> {
    cursor.skip_space();
    let start = cursor.place();
    let Some((op, operand)) = prefix(cursor) else { return primary(cursor) };
    // `- NOT x` and `1 + NOT x` have no meaning; NOT stands only where a condition may.
    if op == UnaryOp::Not && loosest > COMPARISON {
        cursor.back_to(start);
        return Err(cursor.expected("a value"));
    }
    cursor.enter()?;
    let expr = binary(cursor, operand);
    cursor.leave();
    Ok(Expr { kind: ExprKind::Unary(op, Box::new(expr?)), span: cursor.span_from(start) })
}

/// Takes an operator before its operand; gives the tightness of what may follow it.
fn prefix(cursor: &mut Cursor<'_>) -> Option<(UnaryOp, u8)> {
    let place = cursor.place();
    let found = match cursor.peek()? {
        '-' => Some((UnaryOp::Minus, SIGN)),
        '+' => Some((UnaryOp::Plus, SIGN)),
        '!' if cursor.peek_second() != Some('=') => Some((UnaryOp::Not, NEGATION)),
        c if c.is_alphabetic() => {
            let negated = name(cursor).eq_ignore_ascii_case("not");
            cursor.back_to(place);
            negated.then_some((UnaryOp::Not, NEGATION))
        }
        _ => None,
    };
    match found {
        Some((UnaryOp::Not, _)) if cursor.peek() != Some('!') => _ = name(cursor),
        Some(_) => _ = cursor.bump(),
        None => {}
    }
    found
}

fn primary(cursor: &mut Cursor<'_>) -> Parse<Expr> {
    cursor.skip_space();
    let start = cursor.place();
    let kind = match cursor.peek() {
        Some('(') => return parenthesised(cursor),
        Some('[') => ExprKind::Subsearch(pipeline::subsearch(cursor)?),
        Some('"') => ExprKind::Text(cursor.quoted()?.text),
        Some('\'') => ExprKind::Field(cursor.quoted()?.text),
        Some('.') => number(cursor)?,
        Some(c) if c.is_ascii_digit() => number(cursor)?,
        _ => named(cursor)?,
    };
    Ok(Expr { kind, span: cursor.span_from(start) })
}

fn parenthesised(cursor: &mut Cursor<'_>) -> Parse<Expr> {
    let start = cursor.place();
    let inner = cursor.bracketed(|cursor| binary(cursor, 0))?;
    Ok(Expr { kind: inner.kind, span: cursor.span_from(start) })
}

/// A field or a call.
fn named(cursor: &mut Cursor<'_>) -> Parse<ExprKind> {
    let place = cursor.place();
    let name = name(cursor);
    let keyword = ["and", "or", "xor", "like"].iter().any(|word| name.eq_ignore_ascii_case(word));
    cursor.skip_space();
    let called = cursor.peek() == Some('(');
    if name.is_empty() || (keyword && !(called && name.eq_ignore_ascii_case("like"))) {
        cursor.back_to(place);
        return Err(cursor.expected("an expression"));
    }
    if called {
        return Ok(ExprKind::Call(name.to_ascii_lowercase(), cursor.bracketed(arguments)?));
    }
    cursor.back_to(place);
    self::name(cursor);
    Ok(ExprKind::Field(name))
}

fn arguments(cursor: &mut Cursor<'_>) -> Parse<Vec<Expr>> {
    let mut args = Vec::new();
    cursor.skip_space();
    if cursor.peek() == Some(')') {
        return Ok(args);
    }
    loop {
        args.push(binary(cursor, 0)?);
        if !cursor.eat_after_space(',') {
            return Ok(args);
        }
    }
}

/// Takes the characters of a field or function name; empty if none stands here.
pub(crate) fn name(cursor: &mut Cursor<'_>) -> String {
    let mut name = String::new();
    loop {
        match cursor.peek() {
            Some(c) if is_name(c) => name.extend(cursor.bump()),
            Some('<') => match template(cursor) {
                Some(part) => name.push_str(&part),
                None => return name,
            },
            _ => return name,
        }
    }
}

/// Whether a bare field name may hold `c`.
pub(crate) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '{' | '}' | ':' | '@' | '$' | '#')
}

/// `<<FIELD>>`, which `foreach` replaces.
pub(crate) fn template(cursor: &mut Cursor<'_>) -> Option<String> {
    let place = cursor.place();
    let mut found = cursor.eat('<') && cursor.eat('<');
    let name = cursor.take_until(|c| !c.is_ascii_alphanumeric() && c != '_');
    found = found && !name.is_empty() && cursor.eat('>') && cursor.eat('>');
    if found {
        return Some(format!("<<{name}>>"));
    }
    cursor.back_to(place);
    None
}

fn number(cursor: &mut Cursor<'_>) -> Parse<ExprKind> {
    let place = cursor.place();
    let mut text = digits(cursor);
    if cursor.peek() == Some('.') && cursor.peek_second().is_some_and(|c| c.is_ascii_digit()) {
        text.extend(cursor.bump());
        text.push_str(&digits(cursor));
    }
    text.push_str(&exponent(cursor));
    if text.is_empty() {
        return Err(cursor.expected("an expression"));
    }
    if !cursor.peek().is_some_and(is_name) {
        return Ok(ExprKind::Number(text));
    }
    // `4688_count`: a name that begins with digits.
    cursor.back_to(place);
    named(cursor)
}

fn digits(cursor: &mut Cursor<'_>) -> String {
    cursor.take_until(|c| !c.is_ascii_digit())
}

fn exponent(cursor: &mut Cursor<'_>) -> String {
    let place = cursor.place();
    let mut text = String::new();
    if matches!(cursor.peek(), Some('e' | 'E')) {
        text.extend(cursor.bump());
        if matches!(cursor.peek(), Some('+' | '-')) {
            text.extend(cursor.bump());
        }
        let digits = digits(cursor);
        if !digits.is_empty() {
            return text + &digits;
        }
    }
    cursor.back_to(place);
    String::new()
}

#[cfg(test)]
mod tests {
    /// The expression printed with every operator in parentheses.
    fn read(text: &str) -> String {
        match crate::parse_expr(text) {
            Ok(expr) => crate::printer::expr::grouped(&expr),
            Err(errors) => format!("{} at {:?}", errors[0].message, errors[0].span),
        }
    }

    #[test]
    fn operators_bind_as_in_splunk() {
        assert_eq!(read("a OR b and NOT c=1 XOR d"), "((a OR (b AND (NOT (c = 1)))) XOR d)");
        assert_eq!(read("1+2*3 . \"x\""), r#"((1 + (2 * 3)) . "x")"#);
        assert_eq!(read("-a.b < 3 % 2"), "(((-a) . b) < (3 % 2))");
    }

    #[test]
    fn in_and_like_stand_where_comparisons_do() {
        assert_eq!(
            read(r#"NOT x in ("a", 2) AND y LIKE "a%""#),
            r#"((NOT x IN ("a", 2)) AND like(y, "a%"))"#
        );
        assert_eq!(read(r#"in(x, "a")"#), r#"in(x, "a")"#);
        assert_eq!(read(r#"x NOT IN ("a")"#), r#"(NOT x IN ("a"))"#);
    }

    #[test]
    fn names_numbers_and_strings() {
        assert_eq!(read("Image.'a b'.1.50"), "((Image . 'a b') . 1.50)");
        assert_eq!(read("a{}.b"), "('a{}' . b)");
        assert_eq!(read("<<FIELD>> + 1e3"), "('<<FIELD>>' + 1e3)");
        assert_eq!(read(r#"IF(match(a, "(.*\\\)"), 1, 0)"#), r#"if(match(a, "(.*\\\)"), 1, 0)"#);
    }

    #[test]
    fn a_subsearch_is_an_operand() {
        assert_eq!(read("a > [search b | return $c] * 2"), "(a > ([search b | return $c] * 2))");
    }

    #[test]
    fn what_is_absent_is_named() {
        assert_eq!(read("a ="), "expected an expression, found end of query at Span { start: 3, end: 3 }");
        assert_eq!(read("if(a,)"), "expected an expression, found `)` at Span { start: 5, end: 6 }");
        assert_eq!(read("a b"), "expected end of expression, found `b` at Span { start: 2, end: 3 }");
    }

    #[test]
    fn many_alternatives_stay_shallow() {
        let many = vec!["a=1"; 5000].join(" OR ");
        assert!(crate::parse_expr(&many).is_ok());
        assert!(crate::parse_expr(&vec!["a"; 5000].join("+")).is_err());
        assert!(crate::parse_expr(&"(".repeat(100_000)).is_err());
        assert!(crate::parse_expr(&"NOT ".repeat(100_000)).is_err());
    }
}
