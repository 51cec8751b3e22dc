//! `mvdedup`: each value once.

use std::collections::HashSet;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value;

/// `mvdedup(X)`
pub const MVDEDUP: Function = Function {
    name: "mvdedup",
    arguments: (1, Some(1)),
    syntax: "mvdedup(X)",
    summary: "The values without repetitions, each where it came first.",
    examples: &[("mvdedup(split(\"b,a,b,a\", \",\"))", "b|a"), ("mvdedup(\"one\")", "one")],
    build: |call| Ok(call.kernel(value::multivalue(), run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [values] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    Ok(kernel::lists(rows, |row| {
        let texts = values.cell(row).texts();
        let mut seen = HashSet::with_capacity(texts.len());
        texts.into_iter().filter(|text| seen.insert(text.clone())).collect()
    }))
}
