//! `abs`: the size of a number.

use crate::function::Function;
use crate::function::math::number::{build, one};

/// `abs(X)`
pub const ABS: Function = Function {
    name: "abs",
    arguments: (1, Some(1)),
    syntax: "abs(X)",
    summary: "The number without its sign.",
    examples: &[("abs(-4)", "4"), ("abs(2.5)", "2.5"), ("abs(nosuch)", "null")],
    build: |call| build(call, |_, args, rows| one(args, rows, f64::abs)),
};
