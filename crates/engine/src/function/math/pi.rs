//! `pi`: the constant.

use crate::function::Function;
use crate::kernel::number_literal;

/// `pi()`
pub const PI: Function = Function {
    name: "pi",
    arguments: (0, Some(0)),
    syntax: "pi()",
    summary: "The circumference of a circle of diameter one.",
    examples: &[("round(pi(), 5)", "3.14159"), ("floor(pi())", "3")],
    build: |_| Ok(number_literal(std::f64::consts::PI)),
};
