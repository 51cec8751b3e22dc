//! Comparisons of `where` and `eval`: static where both types are known, dynamic where raw text may
//! be a number.

use std::cmp::Ordering;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, Operator, binary_expr};
use sluice_spl::tree::CompareOp;

use crate::kernel::{self, Arg, Context, Run};
use crate::value::{self, Cell, is_multivalue, is_numeric};

/// One side: the expression, its type, and whether it was written as a quoted string.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    pub(crate) expr: Expr,
    pub(crate) kind: DataType,
    pub(crate) quoted: bool,
}

/// The condition `left op right`: null where a side has no value.
pub(crate) fn lower(op: CompareOp, left: Side, right: Side, context: &Context) -> Expr {
    let text = |side: &Side| side.kind == value::TEXT;
    let native = (is_numeric(&left.kind) && is_numeric(&right.kind) && left.kind == right.kind)
        || (left.kind == DataType::Boolean && right.kind == DataType::Boolean)
        || (text(&left) && text(&right) && (left.quoted || right.quoted));
    if native {
        return binary_expr(left.expr, operator(op), right.expr);
    }
    let how = match (is_multivalue(&left.kind) || is_multivalue(&right.kind), left.quoted || right.quoted) {
        (true, false) => How::Any,
        (true, true) => How::AnyText,
        (false, true) => How::Text,
        (false, false) => How::Dynamic,
    };
    let (name, run) = kernel_of(op, how);
    kernel::call(name, DataType::Boolean, context, run, vec![left.expr, right.expr])
}

fn operator(op: CompareOp) -> Operator {
    match op {
        CompareOp::Equal => Operator::Eq,
        CompareOp::NotEqual => Operator::NotEq,
        CompareOp::Less => Operator::Lt,
        CompareOp::LessOrEqual => Operator::LtEq,
        CompareOp::Greater => Operator::Gt,
        CompareOp::GreaterOrEqual => Operator::GtEq,
    }
}

/// Which values of the two sides are compared, and how.
#[derive(Debug, Clone, Copy)]
enum How {
    /// As numbers if both look like numbers, else as text.
    Dynamic,
    /// As text: one side is a quoted string.
    Text,
    /// Any value of a multivalue field.
    Any,
    /// The same as text.
    AnyText,
}

/// The kernel of each comparison: name and code. A kernel has no state, so each has its own function.
fn kernel_of(op: CompareOp, how: How) -> (&'static str, Run) {
    match how {
        How::Dynamic => dynamic_kernel(op),
        How::Text => text_kernel(op),
        How::Any => any_kernel(op),
        How::AnyText => any_text_kernel(op),
    }
}

fn dynamic_kernel(op: CompareOp) -> (&'static str, Run) {
    use CompareOp as Op;
    match op {
        Op::Equal => ("=", |_, args, rows| single(Op::Equal, args, rows)),
        Op::NotEqual => ("!=", |_, args, rows| single(Op::NotEqual, args, rows)),
        Op::Less => ("<", |_, args, rows| single(Op::Less, args, rows)),
        Op::LessOrEqual => ("<=", |_, args, rows| single(Op::LessOrEqual, args, rows)),
        Op::Greater => (">", |_, args, rows| single(Op::Greater, args, rows)),
        Op::GreaterOrEqual => (">=", |_, args, rows| single(Op::GreaterOrEqual, args, rows)),
    }
}

fn text_kernel(op: CompareOp) -> (&'static str, Run) {
    use CompareOp as Op;
    match op {
        Op::Equal => ("=text", |_, args, rows| textual(Op::Equal, args, rows)),
        Op::NotEqual => ("!=text", |_, args, rows| textual(Op::NotEqual, args, rows)),
        Op::Less => ("<text", |_, args, rows| textual(Op::Less, args, rows)),
        Op::LessOrEqual => ("<=text", |_, args, rows| textual(Op::LessOrEqual, args, rows)),
        Op::Greater => (">text", |_, args, rows| textual(Op::Greater, args, rows)),
        Op::GreaterOrEqual => (">=text", |_, args, rows| textual(Op::GreaterOrEqual, args, rows)),
    }
}

fn any_kernel(op: CompareOp) -> (&'static str, Run) {
    use CompareOp as Op;
    match op {
        Op::Equal => ("=any", |_, args, rows| any(Op::Equal, args, rows, value::compare)),
        Op::NotEqual => ("!=any", |_, args, rows| any(Op::NotEqual, args, rows, value::compare)),
        Op::Less => ("<any", |_, args, rows| any(Op::Less, args, rows, value::compare)),
        Op::LessOrEqual => ("<=any", |_, args, rows| any(Op::LessOrEqual, args, rows, value::compare)),
        Op::Greater => (">any", |_, args, rows| any(Op::Greater, args, rows, value::compare)),
        Op::GreaterOrEqual => (">=any", |_, args, rows| any(Op::GreaterOrEqual, args, rows, value::compare)),
    }
}

fn any_text_kernel(op: CompareOp) -> (&'static str, Run) {
    use CompareOp as Op;
    match op {
        Op::Equal => ("=any text", |_, args, rows| any(Op::Equal, args, rows, as_text)),
        Op::NotEqual => ("!=any text", |_, args, rows| any(Op::NotEqual, args, rows, as_text)),
        Op::Less => ("<any text", |_, args, rows| any(Op::Less, args, rows, as_text)),
        Op::LessOrEqual => ("<=any text", |_, args, rows| any(Op::LessOrEqual, args, rows, as_text)),
        Op::Greater => (">any text", |_, args, rows| any(Op::Greater, args, rows, as_text)),
        Op::GreaterOrEqual => (">=any text", |_, args, rows| any(Op::GreaterOrEqual, args, rows, as_text)),
    }
}

/// As numbers if both sides look like numbers, else as text.
fn single(op: CompareOp, args: &[Arg], rows: usize) -> Result<ArrayRef> {
    compared(args, rows, |left, right| Some(value::satisfies(op, value::compare(left, right)?)))
}

/// As text: one side is a quoted string.
fn textual(op: CompareOp, args: &[Arg], rows: usize) -> Result<ArrayRef> {
    compared(args, rows, |left, right| Some(value::satisfies(op, as_text(left, right)?)))
}

/// How two cells compare; `None` if one is null.
type Compare = fn(&Cell<'_>, &Cell<'_>) -> Option<Ordering>;

fn as_text(left: &Cell<'_>, right: &Cell<'_>) -> Option<Ordering> {
    Some(left.text()?.as_ref().cmp(right.text()?.as_ref()))
}

/// With a multivalue field on a side: whether any pair of values compares so. `!=` is the
/// opposite of `=`: no pair is equal.
fn any(op: CompareOp, args: &[Arg], rows: usize, compare: Compare) -> Result<ArrayRef> {
    compared(args, rows, |left, right| {
        if left.is_null() || right.is_null() {
            return None;
        }
        let wanted = if op == CompareOp::NotEqual { CompareOp::Equal } else { op };
        let found = left.texts().iter().any(|left| {
            right.texts().iter().any(|right| {
                let ordering = compare(&Cell::Text(left), &Cell::Text(right));
                value::satisfies(wanted, ordering.unwrap_or(Ordering::Equal))
            })
        });
        Some(found != (op == CompareOp::NotEqual))
    })
}

fn compared(
    args: &[Arg],
    rows: usize,
    compare: impl Fn(&Cell<'_>, &Cell<'_>) -> Option<bool>,
) -> Result<ArrayRef> {
    let [left, right] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    Ok(kernel::conditions(rows, |row| compare(&left.cell(row), &right.cell(row))))
}
