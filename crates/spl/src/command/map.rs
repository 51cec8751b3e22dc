//! `map`: a query for each row, with the row's values put in.

use super::{Command, Doc};
use crate::args;
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::Map;
use crate::printer::name::quote;
use crate::span::Span;

/// For `sluice help map`.
pub(crate) const DOC: Doc = Doc {
    name: "map",
    aliases: &[],
    summary: "Runs a query for each row, with `$field$` replaced by the row's value, and gives the rows of all.",
    syntax: "map search=\"<query>\" [maxsearches=<n>] | map [ <query> ] [maxsearches=<n>]",
    example: "index=main EventCode=1 | stats count BY user | map search=\"search EventCode=3 user=$user$\" maxsearches=5",
    hints: &[],
    differs: &[
        ("<saved search>", "there is no server that has one"),
        (
            "$field$",
            "a value of several words gets quotes unless it stands in quotes, and quotes in it are escaped, so that \
             it cannot become commands; a query that is `$field$` alone is run as it stands",
        ),
        ("$$field$$", "is `$field$`, as in a dashboard; other `$$` stand for `$`, for a `map` within"),
    ],
};

const OPTIONS: [&str; 2] = ["maxsearches", "search"];
/// `limits.conf` has no other; Splunk's documented default.
const DEFAULT_MAX: u64 = 10;

/// Reads the arguments; the command stands at `span`.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let (mut search, mut max) = (None, DEFAULT_MAX);
    while !cursor.at_command_end() {
        if cursor.peek() == Some('[') && search.is_none() {
            search = Some(cursor.bracketed_text()?);
            continue;
        }
        let Some(option) = cursor.option()? else {
            let place = cursor.place();
            return Err(match cursor.word() {
                Some(name) => saved_search(name.span),
                None => {
                    cursor.back_to(place);
                    cursor.stray()
                }
            });
        };
        match option.name.text.as_str() {
            "search" => search = Some(option.value),
            "maxsearches" => max = option.integer()?,
            _ => return Err(option.unknown("map", &OPTIONS)),
        }
    }
    let search = search.ok_or_else(|| args::missing("map", "a query", span, DOC.example))?;
    Ok(Command::Map(Map { search, max }))
}

fn saved_search(span: Span) -> Diagnostic {
    Diagnostic::error(code::UNSUPPORTED_COMMAND, span, "`map` with a saved search is not run here")
        .with_label("it lives on a Splunk server")
        .with_help("write the query: `map search=\"…\"`")
}

/// The arguments as text.
pub(crate) fn print(map: &Map) -> String {
    let max = if map.max == DEFAULT_MAX { String::new() } else { format!(" maxsearches={}", map.max) };
    format!("search={}{max}", quote(&map.search.text))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_query_is_text() {
        prints(
            r#"map maxsearches=3 search="search a=\"$b$\" | head 1""#,
            r#"map search="search a=\"$b$\" | head 1" maxsearches=3"#,
        );
        prints("map [ search a=$b$ ]", r#"map search="search a=$b$""#);
        fails("map", "`map` needs a query");
        fails("map saved", "`map` with a saved search is not run here");
        fails("map serch=\"x\"", "`map` has no option `serch`");
    }
}
