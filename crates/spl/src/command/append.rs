//! `append`: the rows of a subsearch behind the rows so far.

use super::{Command, Doc};
use crate::args::{self, OptionArg};
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::meaning::to_ops;
use crate::ops::{Op, Union};
use crate::pipeline;
use crate::printer::subsearch;
use crate::tree::Subsearch;

/// For `sluice help append`.
pub(crate) const DOC: Doc = Doc {
    name: "append",
    aliases: &[],
    summary: "Puts the rows of a subsearch behind the rows so far.",
    syntax: "append [maxout=<n>] [ <subsearch> ]",
    example: "index=main EventCode=1 | append [search index=main EventCode=3 | head 5]",
    hints: &HINTS,
    differs: &[(
        "more than 50,000 rows",
        "are cut as in Splunk unless `maxout` says else, with a warning; a `maxout` of 0 is no limit",
    )],
};

/// Options of every command that runs a subsearch for its rows, which change nothing here.
pub(crate) const HINTS: [&str; 3] = ["extendtimerange", "maxtime", "timeout"];

/// The arguments of `append`.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// The other query.
    pub subsearch: Subsearch,
    /// `maxout=`: at most so many of its rows.
    pub max: Option<u64>,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut max = None;
    let mut found = None;
    while !cursor.at_command_end() {
        if cursor.peek() == Some('[') && found.is_none() {
            found = Some(pipeline::argument(cursor)?);
            continue;
        }
        let Some(option) = cursor.option()? else { break };
        self::option(&option, "append", &["extendtimerange", "maxout", "maxtime", "timeout"], &mut max)?;
    }
    let end = cursor.span_from(cursor.place());
    let subsearch = found.ok_or_else(|| args::missing("append", "a subsearch", end, DOC.example))?;
    Ok(Command::Append(Append { subsearch, max }))
}

/// An option that all commands with a subsearch for rows have.
pub(crate) fn option(option: &OptionArg, command: &str, known: &[&str], max: &mut Option<u64>) -> Parse<()> {
    match option.name.text.as_str() {
        "maxout" => *max = Some(option.integer()?),
        name if HINTS.contains(&name) => {}
        _ => return Err(option.unknown(command, known)),
    }
    Ok(())
}

/// What it means.
pub(crate) fn op(append: &Append) -> Result<Op, Vec<Diagnostic>> {
    union(&append.subsearch, append.max, false)
}

/// The rows of a subsearch behind others, or events among others in the order of their time.
pub(crate) fn union(subsearch: &Subsearch, max: Option<u64>, by_time: bool) -> Result<Op, Vec<Diagnostic>> {
    let ops = to_ops(&subsearch.pipeline)?;
    Ok(Op::Union(Union { ops, span: subsearch.span, max, by_time, first: false }))
}

/// The arguments as text.
pub(crate) fn print(append: &Append) -> String {
    format!("{}{}", print_max(append.max), subsearch(&append.subsearch.pipeline))
}

/// `maxout=` as text.
pub(crate) fn print_max(max: Option<u64>) -> String {
    max.map(|max| format!("maxout={max} ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_subsearch_is_a_query_of_its_own() {
        prints("append maxtime=60 maxout=5 [| makeresults ]", "append maxout=5 [| makeresults]");
        fails("append maxout=5", "`append` needs a subsearch");
        fails("append foo=5 [search a]", "`append` has no option `foo`");
    }
}
