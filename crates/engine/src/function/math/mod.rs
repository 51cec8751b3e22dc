//! Mathematical functions.

pub mod abs;
pub mod ceiling;
pub mod exact;
pub mod exp;
pub mod floor;
pub mod ln;
pub mod log;
mod number;
pub mod pi;
pub mod pow;
pub mod round;
pub mod sigfig;
pub mod sqrt;
pub mod trigonometry;

use super::Function;

/// Sorted by name.
pub const ALL: &[&Function] = &[
    &abs::ABS,
    &trigonometry::ACOS,
    &trigonometry::ACOSH,
    &trigonometry::ASIN,
    &trigonometry::ASINH,
    &trigonometry::ATAN,
    &trigonometry::ATAN2,
    &trigonometry::ATANH,
    &ceiling::CEIL,
    &ceiling::CEILING,
    &trigonometry::COS,
    &trigonometry::COSH,
    &exact::EXACT,
    &exp::EXP,
    &floor::FLOOR,
    &trigonometry::HYPOT,
    &ln::LN,
    &log::LOG,
    &pi::PI,
    &pow::POW,
    &round::ROUND,
    &sigfig::SIGFIG,
    &trigonometry::SIN,
    &trigonometry::SINH,
    &sqrt::SQRT,
    &trigonometry::TAN,
    &trigonometry::TANH,
];
