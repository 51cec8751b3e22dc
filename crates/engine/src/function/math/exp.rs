//! `exp`: a power of e.

use crate::function::Function;
use crate::function::math::number::{build, one};

/// `exp(X)`
pub const EXP: Function = Function {
    name: "exp",
    arguments: (1, Some(1)),
    syntax: "exp(X)",
    summary: "e to the power of the number.",
    examples: &[("exp(0)", "1"), ("round(exp(3), 3)", "20.086")],
    build: |call| build(call, |_, args, rows| one(args, rows, f64::exp)),
};
