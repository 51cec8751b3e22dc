//! `sigfig`: no more digits than the calculation has.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::tree::{self, BinaryOp, ExprKind};

use super::number::build as build_number;
use super::round::decimals;
use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context, number_literal};
use crate::value::NUMBER;

/// `sigfig(X)`
pub const SIGFIG: Function = Function {
    name: "sigfig",
    arguments: (1, Some(1)),
    syntax: "sigfig(X)",
    summary: "The result rounded to the digits of the least precise number written in the calculation.",
    examples: &[("sigfig(1.00*1111)", "1110"), ("sigfig(1.5+2.25)", "3.8"), ("sigfig(1.00*nosuch)", "null")],
    build,
};

/// How precise a calculation is, as far as the numbers written in it say.
#[derive(Debug, Default, Clone, Copy)]
struct Precision {
    figures: Option<usize>,
    decimals: Option<usize>,
}

fn build(mut call: Call<'_>) -> Result<Expr, Diagnostic> {
    let precision = call.written.first().map(precision).unwrap_or_default();
    let limit = |limit: Option<usize>| number_literal(limit.map_or(f64::INFINITY, |at| at as f64));
    call.args.extend([limit(precision.figures), limit(precision.decimals)]);
    build_number(call, run)
}

fn precision(expr: &tree::Expr) -> Precision {
    match &expr.kind {
        ExprKind::Number(text) => of_literal(text),
        ExprKind::Unary(_, inner) => precision(inner),
        ExprKind::Binary(op, left, right) => {
            let (left, right) = (precision(left), precision(right));
            match op {
                BinaryOp::Multiply | BinaryOp::Divide => {
                    Precision { figures: least(left.figures, right.figures), decimals: None }
                }
                BinaryOp::Add | BinaryOp::Subtract => {
                    Precision { figures: None, decimals: least(left.decimals, right.decimals) }
                }
                _ => Precision::default(),
            }
        }
        _ => Precision::default(),
    }
}

fn of_literal(text: &str) -> Precision {
    let digits = text.split(['e', 'E']).next().unwrap_or(text);
    let figures = digits.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    Precision { figures: Some(figures.max(1)), decimals: Some(decimals) }
}

fn least(left: Option<usize>, right: Option<usize>) -> Option<usize> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (one, None) | (None, one) => one,
    }
}

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [x, figures, places] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    Ok(kernel::numbers(rows, |row| {
        let (x, figures, places) = (x.number(row)?, figures.number(row)?, places.number(row)?);
        if x == 0.0 || !x.is_finite() {
            return Some(x);
        }
        if figures.is_finite() {
            return Some(decimals(x, figures - 1.0 - x.abs().log10().floor()));
        }
        Some(if places.is_finite() { decimals(x, places) } else { x })
    }))
}
