//! `sqrt`: the square root.

use crate::function::Function;
use crate::function::math::number::{build, one};

/// `sqrt(X)`
pub const SQRT: Function = Function {
    name: "sqrt",
    arguments: (1, Some(1)),
    syntax: "sqrt(X)",
    summary: "The square root; null for a negative number.",
    examples: &[("sqrt(9)", "3"), ("sqrt(-1)", "null")],
    build: |call| build(call, |_, args, rows| one(args, rows, f64::sqrt)),
};
