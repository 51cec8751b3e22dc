//! Numbers in, a number out: what the mathematical functions share.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::tree::ExprKind;

use crate::function::Call;
use crate::kernel::{self, Arg, Run};
use crate::value::{self, NUMBER};

/// A call whose arguments must be numbers: a word or a condition is an error, a field that holds
/// words gives null.
pub(crate) fn build(call: Call<'_>, run: Run) -> Result<Expr, Diagnostic> {
    for (at, (written, kind)) in call.written.iter().zip(&call.types).enumerate() {
        let word = matches!(&written.kind, ExprKind::Text(text) if value::parse_number(text).is_none());
        if word || *kind == DataType::Boolean {
            return Err(call.argument_error(at, "a number"));
        }
    }
    Ok(call.kernel(NUMBER, run))
}

/// A function of one number.
pub(crate) fn one(args: &[Arg], rows: usize, compute: fn(f64) -> f64) -> DataFusionResult<ArrayRef> {
    let [x] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    Ok(kernel::numbers(rows, |row| real(compute(x.number(row)?))))
}

/// A function of two numbers.
pub(crate) fn two(args: &[Arg], rows: usize, compute: fn(f64, f64) -> f64) -> DataFusionResult<ArrayRef> {
    let [x, y] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    Ok(kernel::numbers(rows, |row| real(compute(x.number(row)?, y.number(row)?))))
}

/// Null where a function has no value.
pub(crate) fn real(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}
