//! `exact`: all digits of a result.

use crate::function::Function;
use crate::function::math::number::{build, one};

/// `exact(X)`
pub const EXACT: Function = Function {
    name: "exact",
    arguments: (1, Some(1)),
    syntax: "exact(X)",
    summary: "The number with all its digits, which is how every number is kept here.",
    examples: &[("exact(3.14*2)", "6.28"), ("exact(nosuch)", "null")],
    build: |call| build(call, |_, args, rows| one(args, rows, |x| x)),
};
