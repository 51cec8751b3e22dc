//! Equality of two arguments, as `=` in `where` and `eval` means it.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::tree::ExprKind;

use crate::function::Call;
use crate::kernel::{self, Arg};
use crate::lower::expr::to_number;
use crate::value::{self, Cell, is_multivalue, is_numeric};

/// The condition that two arguments are equal: null where one has no value.
pub(super) fn equal(call: &Call<'_>, left: usize, right: usize) -> Option<Expr> {
    let (left_kind, right_kind) = (call.types.get(left)?, call.types.get(right)?);
    let (left_expr, right_expr) = (call.args.get(left)?.clone(), call.args.get(right)?.clone());
    let quoted = [left, right]
        .into_iter()
        .filter_map(|at| call.written.get(at))
        .any(|arg| matches!(arg.kind, ExprKind::Text(_)));
    if is_numeric(left_kind) && is_numeric(right_kind) {
        let left = to_number(left_expr, left_kind, call.context);
        return Some(left.eq(to_number(right_expr, right_kind, call.context)));
    }
    if left_kind == right_kind && (*left_kind == DataType::Boolean || (*left_kind == value::TEXT && quoted)) {
        return Some(left_expr.eq(right_expr));
    }
    let args = vec![left_expr, right_expr];
    let multivalue = is_multivalue(left_kind) || is_multivalue(right_kind);
    Some(if quoted && !multivalue {
        kernel::call("equal_text", DataType::Boolean, call.context, |_, args, rows| textual(args, rows), args)
    } else {
        kernel::call("equal", DataType::Boolean, call.context, |_, args, rows| any(args, rows), args)
    })
}

/// As text: one side is a quoted string.
fn textual(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [left, right] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    Ok(kernel::conditions(rows, |row| Some(left.text(row)? == right.text(row)?)))
}

/// As numbers if both look like numbers, else as text; of a multivalue field, any value.
fn any(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [left, right] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    Ok(kernel::conditions(rows, |row| {
        let (left, right) = (left.cell(row), right.cell(row));
        if left.is_null() || right.is_null() {
            return None;
        }
        if !matches!(left, Cell::List(_)) && !matches!(right, Cell::List(_)) {
            return Some(value::compare(&left, &right)?.is_eq());
        }
        let right = right.texts();
        Some(left.texts().iter().any(|left| {
            right.iter().any(|right| {
                value::compare(&Cell::Text(left), &Cell::Text(right)).is_some_and(|ordering| ordering.is_eq())
            })
        }))
    }))
}
