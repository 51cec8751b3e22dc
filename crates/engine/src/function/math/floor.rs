//! `floor`: rounding down.

use crate::function::Function;
use crate::function::math::number::{build, one};

/// `floor(X)`
pub const FLOOR: Function = Function {
    name: "floor",
    arguments: (1, Some(1)),
    syntax: "floor(X)",
    summary: "The number rounded down to a whole one.",
    examples: &[("floor(1.9)", "1"), ("floor(-1.1)", "-2")],
    build: |call| build(call, |_, args, rows| one(args, rows, f64::floor)),
};
