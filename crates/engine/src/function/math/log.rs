//! `log`: logarithms of any base.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::function::math::number::{build, one, two};
use crate::kernel::{Arg, Context};

/// `log(X, BASE)`
pub const LOG: Function = Function {
    name: "log",
    arguments: (1, Some(2)),
    syntax: "log(X, BASE)",
    summary: "The logarithm to a base, or to ten; null for zero and below.",
    examples: &[("log(1000)", "3"), ("log(8, 2)", "3"), ("log(0)", "null")],
    build: |call| build(call, run),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    if args.len() == 1 { one(args, rows, f64::log10) } else { two(args, rows, to_base) }
}

/// The bases that have an exact function give whole results for their powers.
fn to_base(x: f64, base: f64) -> f64 {
    if base == 2.0 {
        return x.log2();
    }
    if base == 10.0 {
        return x.log10();
    }
    x.log(base)
}
