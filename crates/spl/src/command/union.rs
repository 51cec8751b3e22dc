//! `union`: the rows of several datasets, behind the rows so far if there are any.

use super::{Command, Doc, append, from, multisearch};
use crate::args;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::Op;
use crate::pipeline;
use crate::printer::subsearch;
use crate::tree::{Call, Pipeline, Subsearch};

/// For `sluice help union`.
pub(crate) const DOC: Doc = Doc {
    name: "union",
    aliases: &[],
    summary: "Joins the rows of subsearches and lookups, behind the rows so far; events are put in the order of their time.",
    syntax: "union [maxout=<n>] ([ <subsearch> ] | lookup:<lookup> | datamodel:<model>.<dataset> | savedsearch:<name>) …",
    example: "| union lookup:assets.csv [search index=main EventCode=3]",
    hints: &append::HINTS,
    differs: &[(
        "events of plain searches",
        "are not cut; `maxout` and its default of 50,000 rows are for other subsearches, as in Splunk",
    )],
};

/// Kinds of dataset that have a name.
const KINDS: [&str; 4] = ["datamodel", "inputlookup", "lookup", "savedsearch"];
const OPTIONS: [&str; 4] = ["extendtimerange", "maxout", "maxtime", "timeout"];

/// The arguments of `union`.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// The datasets in order.
    pub datasets: Vec<Subsearch>,
    /// `maxout=`: at most so many rows of each.
    pub max: Option<u64>,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let (mut max, mut datasets) = (None, Vec::new());
    while !cursor.at_command_end() {
        if cursor.peek() == Some('[') {
            datasets.push(pipeline::argument(cursor)?);
        } else if let Some(option) = cursor.option()? {
            append::option(&option, "union", &OPTIONS, &mut max)?;
        } else if let Some(dataset) = dataset(cursor)? {
            datasets.push(dataset);
        } else {
            return Err(cursor.expected("a dataset").with_help(format!("for example `{}`", DOC.example)));
        }
        cursor.commas();
    }
    if datasets.is_empty() {
        let end = cursor.span_from(cursor.place());
        return Err(args::missing("union", "a dataset", end, DOC.example));
    }
    Ok(Command::Union(Union { datasets, max }))
}

/// A dataset that is written `kind:name`, if one comes next.
pub(crate) fn dataset(cursor: &mut Cursor<'_>) -> Parse<Option<Subsearch>> {
    cursor.skip_space();
    let place = cursor.place();
    let kind = cursor.take_until(|c| !c.is_ascii_alphabetic()).to_ascii_lowercase();
    let found = KINDS.contains(&kind.as_str()) && cursor.peek() == Some(':');
    cursor.back_to(place);
    if !found {
        return Ok(None);
    }
    let command = from::parse(cursor)?;
    let span = cursor.span_from(place);
    let call = Call { name: "from", command, span, name_span: span };
    Ok(Some(Subsearch { pipeline: Pipeline { commands: vec![call] }, span }))
}

/// What it means.
pub(crate) fn ops(union: &Union) -> Result<Vec<Op>, Vec<Diagnostic>> {
    let datasets = union.datasets.iter();
    datasets
        .map(|dataset| append::union(dataset, union.max, multisearch::is_streaming(&dataset.pipeline)))
        .collect()
}

/// The arguments as text.
pub(crate) fn print(union: &Union) -> String {
    let datasets: Vec<_> = union.datasets.iter().map(|dataset| subsearch(&dataset.pipeline)).collect();
    format!("{}{}", append::print_max(union.max), datasets.join(" "))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn datasets_are_subsearches_or_lookups() {
        prints(
            "union maxout=3 [search a], lookup:b.csv inputlookup:\"c\"",
            "union maxout=3 [search a] [| from lookup:b.csv] [| from lookup:c]",
        );
        fails("union", "`union` needs a dataset");
        fails("union a", "expected a dataset, found `a`");
    }
}
