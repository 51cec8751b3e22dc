//! `pow`: powers.

use crate::function::Function;
use crate::function::math::number::{build, two};

/// `pow(X, Y)`
pub const POW: Function = Function {
    name: "pow",
    arguments: (2, Some(2)),
    syntax: "pow(X, Y)",
    summary: "The first number to the power of the second.",
    examples: &[("pow(2, 10)", "1024"), ("pow(9, 0.5)", "3")],
    build: |call| build(call, |_, args, rows| two(args, rows, f64::powf)),
};
