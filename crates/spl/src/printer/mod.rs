//! Canonical SPL from a tree: one command a line, subsearches on one line. Reading it again gives the same
//! tree, printing that the same text.

pub(crate) mod expr;
pub(crate) mod name;
pub(crate) mod search;

use crate::command::{self, Command};
use crate::tree::{Call, Pipeline, Search, SearchKind};

/// The whole query, one command a line.
pub(crate) fn pipeline(pipeline: &Pipeline) -> String {
    commands(pipeline, "\n| ", false)
}

/// `[ … ]` on one line.
pub(crate) fn subsearch(pipeline: &Pipeline) -> String {
    format!("[{}]", commands(pipeline, " | ", true))
}

fn commands(pipeline: &Pipeline, separator: &str, nested: bool) -> String {
    let mut calls = pipeline.commands.iter();
    let Some(first) = calls.next() else { return String::new() };
    let mut out = self::first(first, nested);
    for call in calls {
        out.push_str(separator);
        out.push_str(&self::call(call));
    }
    out
}

fn first(call: &Call, nested: bool) -> String {
    match &call.command {
        Command::Search(predicate) if !nested && !reads_as_command(predicate) => search::search(predicate),
        Command::Search(_) => self::call(call),
        _ if nested && !command::GENERATING.contains(&call.name) => self::call(call),
        _ => format!("| {}", self::call(call)),
    }
}

/// Whether the predicate's first word is `search`, which would be taken for the command.
fn reads_as_command(predicate: &Search) -> bool {
    match &predicate.kind {
        SearchKind::And(parts) | SearchKind::Or(parts) => parts.first().is_some_and(reads_as_command),
        SearchKind::Term(value) => !value.quoted && value.text.eq_ignore_ascii_case("search"),
        _ => false,
    }
}

/// One command with its arguments.
pub(crate) fn call(call: &Call) -> String {
    let arguments = call.command.print();
    if arguments.is_empty() { call.name.to_owned() } else { format!("{} {arguments}", call.name) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_search_says_so_only_where_it_must() {
        let print = |text: &str| crate::print(&crate::parse(text).pipeline);
        assert_eq!(print("|search a=1|stats count"), "a=1\n| stats count");
        assert_eq!(print("search search x"), "search search x");
        assert_eq!(print("a [search b | fields c]"), "a [search b | fields c]");
        assert_eq!(print("a | append [ | makeresults ]"), "a\n| append [| makeresults]");
    }
}
