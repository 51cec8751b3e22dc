//! `multisearch`: the events of several searches.

use super::{Command, Doc, append};
use crate::args;
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::Op;
use crate::pipeline;
use crate::printer::subsearch;
use crate::span::Span;
use crate::tree::{Pipeline, Subsearch};

/// For `sluice help multisearch`.
pub(crate) const DOC: Doc = Doc {
    name: "multisearch",
    aliases: &[],
    summary: "Joins the events of at least two searches, in the order of their time.",
    syntax: "multisearch [ <subsearch> ] [ <subsearch> ] …",
    example: "| multisearch [search EventCode=1 | eval kind=\"process\"] [search EventCode=3 | eval kind=\"network\"]",
    hints: &[],
    differs: &[],
};

/// Commands that must see all rows, or other rows, before they give one.
const NOT_STREAMING: [&str; 24] = [
    "addcoltotals",
    "append",
    "appendcols",
    "appendpipe",
    "chart",
    "contingency",
    "eventstats",
    "format",
    "join",
    "map",
    "rare",
    "return",
    "reverse",
    "selfjoin",
    "sort",
    "stats",
    "tail",
    "timechart",
    "top",
    "transaction",
    "transpose",
    "union",
    "untable",
    "xyseries",
];

/// Commands that see rows in order, one after the other, so that their place in a union counts.
const IN_ORDER: [&str; 3] = ["dedup", "head", "streamstats"];

/// Whether a subsearch gives events as they are read, which are then put in the order of their time.
pub(crate) fn is_streaming(pipeline: &Pipeline) -> bool {
    let searches = pipeline.commands.first().is_some_and(|call| call.name == "search");
    searches
        && !pipeline
            .commands
            .iter()
            .any(|call| NOT_STREAMING.contains(&call.name) || IN_ORDER.contains(&call.name))
}

/// Reads the arguments; the command stands at `span`.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let mut searches = Vec::new();
    while !cursor.at_command_end() && cursor.peek() == Some('[') {
        let search = pipeline::argument(cursor)?;
        if let Some(call) = search.pipeline.commands.iter().find(|call| NOT_STREAMING.contains(&call.name)) {
            let message = format!("`multisearch` takes streaming commands only, found `{}`", call.name);
            let error = Diagnostic::error(code::MISPLACED_COMMAND, call.name_span, message);
            return Err(error.with_label("needs other rows").with_help("`union` takes any subsearch"));
        }
        searches.push(search);
        cursor.commas();
    }
    if searches.len() < 2 && cursor.at_command_end() {
        return Err(args::missing("multisearch", "at least two subsearches", span, DOC.example));
    }
    Ok(Command::MultiSearch(searches))
}

/// What it means.
pub(crate) fn ops(searches: &[Subsearch]) -> Result<Vec<Op>, Vec<Diagnostic>> {
    let mut ops =
        searches.iter().map(|search| append::union(search, None, true)).collect::<Result<Vec<_>, _>>()?;
    if let Some(Op::Union(start)) = ops.first_mut() {
        start.first = true;
    }
    Ok(ops)
}

/// The arguments as text.
pub(crate) fn print(searches: &[Subsearch]) -> String {
    searches.iter().map(|search| subsearch(&search.pipeline)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn searches_must_be_several_and_streaming() {
        prints(
            "multisearch [search a] [ search b | eval c=1 ]",
            "multisearch [search a] [search b | eval c=1]",
        );
        fails("multisearch [search a]", "`multisearch` needs at least two subsearches");
        fails(
            "multisearch [search a] [search b | stats count]",
            "`multisearch` takes streaming commands only, found `stats`",
        );
    }
}
