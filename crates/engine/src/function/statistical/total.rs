//! `avg`, `sum`: of the numbers among the arguments.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Run};
use crate::value::{self, Cell, NUMBER};

/// `avg(NUMBER, …)`
pub const AVG: Function = Function {
    name: "avg",
    arguments: (1, None),
    syntax: "avg(NUMBER, …)",
    summary: "The mean of the arguments; fields that hold no number do not count.",
    examples: &[("avg(2, 3)", "2.5"), ("avg(nosuch, 4, \"6\")", "5"), ("avg(nosuch)", "null")],
    build: |call| {
        build(call, |_, args, rows| {
            fold(args, rows, |numbers| numbers.iter().sum::<f64>() / numbers.len() as f64)
        })
    },
};

/// `sum(NUMBER, …)`
pub const SUM: Function = Function {
    name: "sum",
    arguments: (1, None),
    syntax: "sum(NUMBER, …)",
    summary: "The sum of the arguments; fields that hold no number do not count.",
    examples: &[("sum(1, 2, 3)", "6"), ("sum(nosuch, 4, \"6\")", "10"), ("sum(nosuch)", "null")],
    build: |call| build(call, |_, args, rows| fold(args, rows, |numbers| numbers.iter().sum())),
};

fn build(call: Call<'_>, run: Run) -> Result<Expr, Diagnostic> {
    let no_number = |at: usize| {
        call.types.get(at) == Some(&DataType::Boolean)
            || call.literal(at).is_some_and(|text| value::parse_number(text).is_none())
    };
    if let Some(at) = (0..call.args.len()).find(|&at| no_number(at)) {
        return Err(call.argument_error(at, "a number"));
    }
    Ok(call.kernel(NUMBER, run))
}

/// The numbers of a row as one; none if there are none.
fn fold(args: &[Arg], rows: usize, result: fn(&[f64]) -> f64) -> DataFusionResult<ArrayRef> {
    let mut found = Vec::new();
    Ok(kernel::numbers(rows, |row| {
        found.clear();
        for arg in args {
            match arg.cell(row) {
                Cell::List(list) => found.extend(list.iter().filter_map(value::parse_number)),
                cell => found.extend(cell.number()),
            }
        }
        (!found.is_empty()).then(|| result(&found))
    }))
}
