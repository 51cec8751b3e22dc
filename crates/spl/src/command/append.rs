//! `append`: the rows of a subsearch behind the rows so far.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::printer::subsearch;
use crate::span::Span;
use crate::tree::Pipeline;
use crate::{args, pipeline};

/// For `sluice help append`.
pub(crate) const DOC: Doc = Doc {
    name: "append",
    aliases: &[],
    summary: "Puts the rows of a subsearch behind the rows so far.",
    syntax: "append [maxout=<n>] [ <subsearch> ]",
    example: "index=main EventCode=1 | append [search index=main EventCode=3 | head 5]",
    hints: &["extendtimerange", "maxtime", "timeout"],
    differs: &[(
        "without `maxout`",
        "all rows of the subsearch come; Splunk stops at 50,000 rows and 60 seconds",
    )],
};

/// The arguments of `append`.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// The other query.
    pub subsearch: Pipeline,
    /// Where it stands.
    pub span: Span,
    /// `maxout=`: at most so many of its rows.
    pub max: Option<u64>,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut max = None;
    let mut found = None;
    while !cursor.at_command_end() || cursor.peek() == Some('[') {
        if cursor.peek() == Some('[') && found.is_none() {
            let start = cursor.place();
            found = Some((pipeline::subsearch(cursor)?, cursor.span_from(start)));
            continue;
        }
        let Some(option) = cursor.option()? else { break };
        match option.name.text.as_str() {
            "maxout" => max = Some(option.integer()?),
            name if DOC.hints.contains(&name) => {}
            _ => return Err(option.unknown("append", &["extendtimerange", "maxout", "maxtime", "timeout"])),
        }
    }
    let end = cursor.span_from(cursor.place());
    let (subsearch, span) = found.ok_or_else(|| args::missing("append", "a subsearch", end, DOC.example))?;
    Ok(Command::Append(Append { subsearch, span, max }))
}

/// The arguments as text.
pub(crate) fn print(append: &Append) -> String {
    let max = append.max.map(|max| format!("maxout={max} ")).unwrap_or_default();
    format!("{max}{}", subsearch(&append.subsearch))
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
