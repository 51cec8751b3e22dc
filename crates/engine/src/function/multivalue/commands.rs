//! `commands`: the commands of a search.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value;

/// `commands(SEARCH)`
pub const COMMANDS: Function = Function {
    name: "commands",
    arguments: (1, Some(1)),
    syntax: "commands(SEARCH)",
    summary: "The names of the commands in the text of a search, in order.",
    examples: &[
        ("commands(\"search foo | stats count | sort count\")", "search|stats|sort"),
        ("commands(nosuch)", "null"),
    ],
    build: |call| Ok(call.kernel(value::multivalue(), run)),
};

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [search] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    Ok(kernel::lists(rows, |row| {
        let Some(text) = search.text(row) else { return Vec::new() };
        let parsed = sluice_spl::parse(&text);
        parsed.pipeline.commands.iter().map(|call| Cow::Borrowed(call.name)).collect()
    }))
}
