//! Equality of two arguments, as `=` in `where` and `eval` means it.

use arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, cast};
use sluice_spl::tree::{CompareOp, ExprKind};

use crate::function::Call;
use crate::lower::compare::{self, Side};
use crate::value::NUMBER;

/// The condition that two arguments are equal: null where one has no value.
pub(super) fn equal(call: &Call<'_>, left: usize, right: usize) -> Option<Expr> {
    Some(compare::lower(CompareOp::Equal, side(call, left)?, side(call, right)?, call.context))
}

fn side(call: &Call<'_>, at: usize) -> Option<Side> {
    let (expr, kind) = (call.args.get(at)?.clone(), call.types.get(at)?.clone());
    let quoted = call.written.get(at).is_some_and(|arg| matches!(arg.kind, ExprKind::Text(_)));
    Some(match kind {
        DataType::Int64 => Side { expr: cast(expr, NUMBER), kind: NUMBER, quoted },
        kind => Side { expr, kind, quoted },
    })
}
