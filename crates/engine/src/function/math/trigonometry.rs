//! Sines and their relatives.

use crate::function::Function;
use crate::function::math::number::{build, one, two};

macro_rules! of_one {
    ($constant:ident, $name:literal, $compute:path, $summary:literal, $examples:expr) => {
        #[doc = concat!("`", $name, "(X)`")]
        pub const $constant: Function = Function {
            name: $name,
            arguments: (1, Some(1)),
            syntax: concat!($name, "(X)"),
            summary: $summary,
            examples: $examples,
            build: |call| build(call, |_, args, rows| one(args, rows, $compute)),
        };
    };
}

of_one!(
    ACOS,
    "acos",
    f64::acos,
    "The angle in radians with this cosine; null beyond -1 to 1.",
    &[("acos(1)", "0"), ("acos(2)", "null")]
);
of_one!(
    ACOSH,
    "acosh",
    f64::acosh,
    "The inverse hyperbolic cosine; null below 1.",
    &[("acosh(1)", "0"), ("acosh(0)", "null")]
);
of_one!(
    ASIN,
    "asin",
    f64::asin,
    "The angle in radians with this sine; null beyond -1 to 1.",
    &[("asin(0)", "0"), ("round(asin(1), 4)", "1.5708")]
);
of_one!(
    ASINH,
    "asinh",
    f64::asinh,
    "The inverse hyperbolic sine.",
    &[("asinh(0)", "0"), ("round(asinh(1), 4)", "0.8814")]
);
of_one!(
    ATAN,
    "atan",
    f64::atan,
    "The angle in radians with this tangent.",
    &[("atan(0)", "0"), ("round(atan(1), 4)", "0.7854")]
);
of_one!(
    ATANH,
    "atanh",
    f64::atanh,
    "The inverse hyperbolic tangent; null from 1 and to -1.",
    &[("atanh(0)", "0"), ("atanh(1)", "null")]
);
of_one!(
    COS,
    "cos",
    f64::cos,
    "The cosine of an angle in radians.",
    &[("cos(0)", "1"), ("round(cos(pi()), 4)", "-1")]
);
of_one!(
    COSH,
    "cosh",
    f64::cosh,
    "The hyperbolic cosine.",
    &[("cosh(0)", "1"), ("round(cosh(1), 4)", "1.5431")]
);
of_one!(SIN, "sin", f64::sin, "The sine of an angle in radians.", &[("sin(0)", "0"), ("sin(pi()/2)", "1")]);
of_one!(
    SINH,
    "sinh",
    f64::sinh,
    "The hyperbolic sine.",
    &[("sinh(0)", "0"), ("round(sinh(1), 4)", "1.1752")]
);
of_one!(
    TAN,
    "tan",
    f64::tan,
    "The tangent of an angle in radians.",
    &[("tan(0)", "0"), ("round(tan(1), 4)", "1.5574")]
);
of_one!(
    TANH,
    "tanh",
    f64::tanh,
    "The hyperbolic tangent.",
    &[("tanh(0)", "0"), ("round(tanh(1), 4)", "0.7616")]
);

/// `atan2(Y, X)`
pub const ATAN2: Function = Function {
    name: "atan2",
    arguments: (2, Some(2)),
    syntax: "atan2(Y, X)",
    summary: "The angle in radians from the X axis to a point.",
    examples: &[("atan2(0, 1)", "0"), ("round(atan2(1, 1), 4)", "0.7854")],
    build: |call| build(call, |_, args, rows| two(args, rows, f64::atan2)),
};

/// `hypot(X, Y)`
pub const HYPOT: Function = Function {
    name: "hypot",
    arguments: (2, Some(2)),
    syntax: "hypot(X, Y)",
    summary: "The length of the diagonal of a rectangle with these sides.",
    examples: &[("hypot(3, 4)", "5"), ("hypot(3, nosuch)", "null")],
    build: |call| build(call, |_, args, rows| two(args, rows, f64::hypot)),
};
