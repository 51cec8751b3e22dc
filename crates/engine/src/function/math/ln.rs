//! `ln`: the natural logarithm.

use crate::function::Function;
use crate::function::math::number::{build, one};

/// `ln(X)`
pub const LN: Function = Function {
    name: "ln",
    arguments: (1, Some(1)),
    syntax: "ln(X)",
    summary: "The natural logarithm; null for zero and below.",
    examples: &[("ln(1)", "0"), ("round(ln(10), 3)", "2.303"), ("ln(0)", "null")],
    build: |call| build(call, |_, args, rows| one(args, rows, f64::ln)),
};
