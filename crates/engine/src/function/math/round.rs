//! `round`: to a number of decimals.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::function::math::number::{build, one, two};
use crate::kernel::{Arg, Context};

/// `round(X, DECIMALS)`
pub const ROUND: Function = Function {
    name: "round",
    arguments: (1, Some(2)),
    syntax: "round(X, DECIMALS)",
    summary: "The number rounded to so many decimals, or to a whole one; a half goes away from zero.",
    examples: &[
        ("round(3.5)", "4"),
        ("round(-2.5)", "-3"),
        ("round(2.555, 2)", "2.56"),
        ("round(1234, -2)", "1200"),
    ],
    build: |call| build(call, run),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    if args.len() == 1 { one(args, rows, f64::round) } else { two(args, rows, decimals) }
}

/// Rounds the number as it is written: 2.555 is a half although its binary form is a little less.
pub(crate) fn decimals(x: f64, decimals: f64) -> f64 {
    let decimals = decimals.trunc();
    if decimals == 0.0 {
        return x.round();
    }
    // No double has digits beyond these.
    if decimals > 22.0 {
        return x;
    }
    if decimals < -308.0 {
        return 0.0;
    }
    let scale = 10_f64.powi(decimals.abs() as i32);
    if decimals < 0.0 {
        return (x / scale).round() * scale;
    }
    let scaled = x * scale;
    if scaled.abs() >= 2_f64.powi(52) {
        return x;
    }
    (scaled * (1.0 + 2.0 * f64::EPSILON)).round() / scale
}
