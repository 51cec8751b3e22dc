//! `mvfind`: the place of a value.

use arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::pattern;
use crate::value::NUMBER;

/// `mvfind(X, REGEX)`
pub const MVFIND: Function = Function {
    name: "mvfind",
    arguments: (2, Some(2)),
    syntax: "mvfind(X, REGEX)",
    summary: "The place of the first value that the regular expression matches, from 0; null if none.",
    examples: &[
        ("mvfind(split(\"alpha,beta,gamma\", \",\"), \"^b\")", "1"),
        ("mvfind(split(\"alpha,beta\", \",\"), \"z\")", "null"),
        ("mvfind(\"alpha\", \"pha\")", "0"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    call.check_pattern(1)?;
    Ok(call.kernel(NUMBER, run))
}

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [values, regex] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    let mut failure = None;
    let result = kernel::numbers(rows, |row| match find(values, regex, row) {
        Ok(at) => at.map(|at| at as f64),
        Err(why) => {
            failure.get_or_insert(DataFusionError::Execution(why));
            None
        }
    });
    failure.map_or(Ok(result), Err)
}

fn find(values: &Arg, regex: &Arg, row: usize) -> Result<Option<usize>, String> {
    let Some(regex) = regex.text(row) else { return Ok(None) };
    let pattern = pattern::compile(&regex)?;
    for (at, text) in values.cell(row).texts().iter().enumerate() {
        if pattern.is_match(text).map_err(|hit| hit.to_string())? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}
