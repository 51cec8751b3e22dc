//! `appendpipe`: what a pipeline makes of the rows so far, behind them.

use super::{Command, Doc};
use crate::args;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::meaning::to_piped_ops;
use crate::ops::{AppendPipe, Op};
use crate::pipeline;
use crate::printer::subsearch;
use crate::tree::Subsearch;

/// For `sluice help appendpipe`.
pub(crate) const DOC: Doc = Doc {
    name: "appendpipe",
    aliases: &[],
    summary: "Runs a pipeline over the rows so far and puts its rows behind them.",
    syntax: "appendpipe [ <pipeline> ]",
    example: "index=main | stats count BY user | appendpipe [stats sum(count) AS count | eval user=\"all\"]",
    hints: &["run_in_preview"],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    while let Some(option) = cursor.option()? {
        if !DOC.hints.contains(&option.name.text.as_str()) {
            return Err(option.unknown("appendpipe", DOC.hints));
        }
    }
    cursor.skip_space();
    if cursor.peek() == Some('[') {
        return Ok(Command::AppendPipe(pipeline::argument(cursor)?));
    }
    let end = cursor.span_from(cursor.place());
    Err(args::missing("appendpipe", "a pipeline", end, DOC.example))
}

/// What it means.
pub(crate) fn op(pipe: &Subsearch) -> Result<Op, Vec<Diagnostic>> {
    Ok(Op::AppendPipe(AppendPipe { ops: to_piped_ops(&pipe.pipeline)? }))
}

/// The arguments as text.
pub(crate) fn print(pipe: &Subsearch) -> String {
    subsearch(&pipe.pipeline)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_pipeline_goes_on_with_the_rows() {
        prints("appendpipe run_in_preview=f [ stats count]", "appendpipe [stats count]");
        prints("appendpipe [| search a=1]", "appendpipe [search a=1]");
        fails("appendpipe", "`appendpipe` needs a pipeline");
        fails("appendpipe preview=t [stats count]", "`appendpipe` has no option `preview`");
        fails("appendpipe [| makeresults]", "`makeresults` makes rows, so it must be the first command");
    }
}
