//! `ceiling`, and `ceil`, its other name.

use crate::function::Function;
use crate::function::math::number::{build, one};

/// `ceil(X)`
pub const CEIL: Function = Function {
    name: "ceil",
    arguments: (1, Some(1)),
    syntax: "ceil(X)",
    summary: "The number rounded up to a whole one; short for `ceiling`.",
    examples: &[("ceil(1.9)", "2"), ("ceil(-1.9)", "-1")],
    build: |call| build(call, |_, args, rows| one(args, rows, f64::ceil)),
};

/// `ceiling(X)`
pub const CEILING: Function = Function {
    name: "ceiling",
    arguments: (1, Some(1)),
    syntax: "ceiling(X)",
    summary: "The number rounded up to a whole one.",
    examples: &[("ceiling(1.1)", "2"), ("ceiling(3)", "3")],
    build: |call| build(call, |_, args, rows| one(args, rows, f64::ceil)),
};
