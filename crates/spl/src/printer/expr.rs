//! Expressions as text, with the parentheses that they need and no others.

use super::name::{quote, single_quote};
use super::subsearch;
use crate::expr::{COMPARISON, NEGATION, SIGN, is_name, tightness};
use crate::predicate::sign;
use crate::tree::{BinaryOp, CompareOp, Expr, ExprKind, UnaryOp};

/// An expression.
pub(crate) fn expr(expr: &Expr) -> String {
    Printer { all_parentheses: false }.at(expr, 0)
}

/// The same with parentheses round every operator, for tests.
#[cfg(test)]
pub(crate) fn grouped(expr: &Expr) -> String {
    Printer { all_parentheses: true }.at(expr, 0)
}

struct Printer {
    all_parentheses: bool,
}

impl Printer {
    /// `expr` where operators looser than `loosest` need parentheses.
    fn at(&self, expr: &Expr, loosest: u8) -> String {
        let (text, tight) = match &expr.kind {
            ExprKind::Field(name) => (field(name), u8::MAX),
            ExprKind::Wildcard(name) => (single_quote(name), u8::MAX),
            ExprKind::Text(text) => (quote(text), u8::MAX),
            ExprKind::Number(text) => (text.clone(), u8::MAX),
            ExprKind::Subsearch(pipeline) => (subsearch(pipeline), u8::MAX),
            ExprKind::Call(name, args) => (format!("{name}({})", self.list(args)), u8::MAX),
            ExprKind::In(value, list) => (self.membership(value, list), COMPARISON),
            ExprKind::Unary(op, operand) => self.unary(*op, operand),
            ExprKind::Binary(op, left, right) => (self.binary(*op, left, right), tightness(*op)),
        };
        let operator = matches!(expr.kind, ExprKind::Unary(..) | ExprKind::Binary(..));
        if tight < loosest || (self.all_parentheses && operator) { format!("({text})") } else { text }
    }

    fn list(&self, args: &[Expr]) -> String {
        args.iter().map(|arg| self.at(arg, 0)).collect::<Vec<_>>().join(", ")
    }

    fn membership(&self, value: &Expr, list: &[Expr]) -> String {
        format!("{} IN ({})", self.at(value, COMPARISON), self.list(list))
    }

    fn unary(&self, op: UnaryOp, operand: &Expr) -> (String, u8) {
        match op {
            UnaryOp::Not => (format!("NOT {}", self.at(operand, NEGATION)), NEGATION),
            UnaryOp::Minus => (format!("-{}", self.at(operand, SIGN)), SIGN),
            UnaryOp::Plus => (format!("+{}", self.at(operand, SIGN)), SIGN),
        }
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> String {
        let tight = tightness(op);
        // Runs of AND and OR are balanced when they are read, so either side may be a run of its own.
        let associative = matches!(op, BinaryOp::And | BinaryOp::Or);
        let left = self.at(left, tight);
        let right = self.at(right, if associative { tight } else { tight + 1 });
        let spaced =
            self.all_parentheses || !matches!(op, BinaryOp::Compare(CompareOp::Equal | CompareOp::NotEqual));
        let gap = if spaced { " " } else { "" };
        format!("{left}{gap}{}{gap}{right}", operator(op))
    }
}

fn operator(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "OR",
        BinaryOp::Xor => "XOR",
        BinaryOp::And => "AND",
        BinaryOp::Compare(op) => sign(op),
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
        BinaryOp::Concat => ".",
    }
}

/// A field as an expression names it: bare where it can be. Of `foreach`'s templates only `<<FIELD>>`
/// always stands for a field, whose name may need the quotes.
fn field(name: &str) -> String {
    let template = name.strip_prefix("<<").and_then(|name| name.strip_suffix(">>"));
    let word = template.unwrap_or(name);
    if is_bare(word) && name != "<<FIELD>>" { name.to_owned() } else { single_quote(name) }
}

/// Whether `name` stands for itself without quotes in an expression.
pub(crate) fn is_bare(name: &str) -> bool {
    let keyword =
        ["and", "or", "not", "xor", "in", "like"].iter().any(|word| name.eq_ignore_ascii_case(word));
    let bare = |c: char| is_name(c) && !"{}:@$#".contains(c);
    !keyword && !name.starts_with(|c: char| c.is_numeric()) && !name.is_empty() && name.chars().all(bare)
}

#[cfg(test)]
mod tests {
    fn print(text: &str) -> String {
        super::expr(&crate::parse_expr(text).unwrap())
    }

    #[test]
    fn parentheses_stay_only_where_they_matter() {
        assert_eq!(print("(a+b)*c - (d*e)"), "(a + b) * c - d * e");
        assert_eq!(print("a-(b-c)"), "a - (b - c)");
        assert_eq!(print("(a=1 or b=2) and (not (c=3))"), "(a=1 OR b=2) AND NOT c=3");
        assert_eq!(print("-(a+b)"), "-(a + b)");
    }

    #[test]
    fn printing_is_stable() {
        for text in
            ["a-(b-c).d", "NOT (a AND b) XOR c", "- - 1", "1 . 2", "a < <<FIELD>>", "'x y'.'not'=\"q\\\\\""]
        {
            let once = print(text);
            assert_eq!(print(&once), once);
        }
    }
}
