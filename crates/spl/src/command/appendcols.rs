//! `appendcols`: the fields of a subsearch's rows beside the rows so far, the first beside the first.

use super::{Command, Doc, append};
use crate::args;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::meaning::to_ops;
use crate::ops::{self, Op};
use crate::pipeline;
use crate::printer::subsearch;
use crate::tree::Subsearch;

/// For `sluice help appendcols`.
pub(crate) const DOC: Doc = Doc {
    name: "appendcols",
    aliases: &[],
    summary: "Puts the fields of a subsearch's rows beside the rows so far, row by row; internal fields are left out.",
    syntax: "appendcols [override=<bool>] [maxout=<n>] [ <subsearch> ]",
    example: "index=main | stats count | appendcols [search index=main EventCode=3 | stats count AS connections]",
    hints: &append::HINTS,
    differs: &[("more rows than before", "the rows that the subsearch has more follow as rows of their own")],
};

const OPTIONS: [&str; 5] = ["extendtimerange", "maxout", "maxtime", "override", "timeout"];

/// The arguments of `appendcols`.
#[derive(Debug, Clone, PartialEq)]
pub struct AppendCols {
    /// The other query.
    pub subsearch: Subsearch,
    /// `maxout=`: at most so many of its rows.
    pub max: Option<u64>,
    /// `override=t`: its values beat the existing ones.
    pub overwrite: bool,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let (mut max, mut overwrite, mut found) = (None, false, None);
    while !cursor.at_command_end() {
        if cursor.peek() == Some('[') && found.is_none() {
            found = Some(pipeline::argument(cursor)?);
            continue;
        }
        let Some(option) = cursor.option()? else { break };
        match option.name.text.as_str() {
            "override" => overwrite = option.boolean()?,
            _ => append::option(&option, "appendcols", &OPTIONS, &mut max)?,
        }
    }
    let end = cursor.span_from(cursor.place());
    let subsearch = found.ok_or_else(|| args::missing("appendcols", "a subsearch", end, DOC.example))?;
    Ok(Command::AppendCols(AppendCols { subsearch, max, overwrite }))
}

/// What it means.
pub(crate) fn op(cols: &AppendCols) -> Result<Op, Vec<Diagnostic>> {
    let ops = to_ops(&cols.subsearch.pipeline)?;
    let AppendCols { subsearch, max, overwrite } = cols;
    Ok(Op::AppendCols(ops::AppendCols { ops, span: subsearch.span, max: *max, overwrite: *overwrite }))
}

/// The arguments as text.
pub(crate) fn print(cols: &AppendCols) -> String {
    let overwrite = if cols.overwrite { "override=true " } else { "" };
    format!("{overwrite}{}{}", append::print_max(cols.max), subsearch(&cols.subsearch.pipeline))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn values_may_be_overridden() {
        prints(
            "appendcols override=1 maxtime=9 [search a | stats count]",
            "appendcols override=true [search a | stats count]",
        );
        fails("appendcols overwrite=t [search a]", "`appendcols` has no option `overwrite`");
        fails("appendcols", "`appendcols` needs a subsearch");
    }
}
