//! `search`: events, or rows, that match a predicate.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::tree::{Pipeline, Search, SearchKind};
use crate::{predicate, printer};

/// For `sluice help search`.
pub(crate) const DOC: Doc = Doc {
    name: "search",
    aliases: &[],
    summary: "Finds the events that match; behind a `|`, keeps the rows that match.",
    syntax: "search [earliest=<time>] [latest=<time>] <term> | <field>=<value> | <field> IN (<value>, …) | NOT … | … OR … | (…)",
    example: "index=wineventlog EventCode IN (1, 3) NOT user=SYSTEM | search dest_port!=443",
    hints: &[],
    differs: &[
        (
            "starttime=, endtime=, timeformat=, startdaysago=, daysago=, hoursago=, minutesago=",
            "`earliest` and `latest` say it",
        ),
        ("_index_earliest=, _index_latest=", "nothing is indexed here"),
        ("hosttag=, eventtypetag=, savedsplunk=", "tags and searches of a server"),
        (
            "a quoted phrase",
            "matches whole words, in any case; there is no index whose segmentation could be set",
        ),
    ],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    predicate::parse(cursor).map(Command::Search)
}

/// The arguments as text.
pub(crate) fn print(search: &Search) -> String {
    printer::search::search(search)
}

/// The subsearches of a predicate.
pub(crate) fn subsearches(search: &Search) -> Vec<&Pipeline> {
    match &search.kind {
        SearchKind::And(parts) | SearchKind::Or(parts) => parts.iter().flat_map(subsearches).collect(),
        SearchKind::Not(inner) | SearchKind::Group(inner) => subsearches(inner),
        SearchKind::Subsearch(pipeline) | SearchKind::CompareSubsearch(_, _, pipeline) => vec![pipeline],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn and_is_printed_as_a_space() {
        prints("search a=1 AND (b=2 OR c) NOT d", "search a=1 (b=2 OR c) NOT d");
        prints("search", "search *");
        prints("search [ search a | fields b ] c", "search [search a | fields b] c");
        prints("search b!= [search a | return $c]", "search b!=[search a | return $c]");
        fails("search a OR OR b", "expected a search term, found `OR`");
    }
}
