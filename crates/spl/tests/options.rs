//! Every option that Splunk's reference names for a command is accounted for: in the command's syntax, among its
//! hints, or where it differs. What is not honoured is an error.

use sluice_spl::command::{ALL, Doc};
use sluice_spl::{Diagnostic, Span, parse, to_ops};

const SPLUNK: &str = include_str!("splunk-options.txt");

#[test]
fn every_option_of_splunk_is_in_one_place() {
    let mut wrong = Vec::new();
    for (name, options) in splunk() {
        let doc = find(name);
        let own = own(doc);
        for option in &options {
            match own.iter().filter(|own| *own == option).count() {
                1 => {}
                0 => wrong.push(format!("`{name}` says nothing of `{option}=`")),
                count => wrong.push(format!("`{name}` says {count} things of `{option}=`")),
            }
        }
        let unknown = own.iter().filter(|option| !options.contains(*option));
        wrong.extend(unknown.map(|option| format!("`{name}` has `{option}=`, which Splunk has not")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_list_is_sorted_and_names_commands() {
    let listed: Vec<&str> = splunk().map(|(name, _)| name).collect();
    assert!(listed.is_sorted());
    let known: Vec<&str> = sluice_spl::command::names().collect();
    let unknown: Vec<&&str> = listed.iter().filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn every_command_is_listed() {
    let listed: Vec<&str> = splunk().map(|(name, _)| name).collect();
    let absent: Vec<&str> = ALL.iter().map(|doc| doc.name).filter(|name| !listed.contains(name)).collect();
    assert!(absent.is_empty(), "{absent:?}");
}

#[test]
fn an_option_that_differs_is_an_error() {
    for doc in ALL {
        for option in doc.differs.iter().flat_map(|(what, _)| assigned(what)) {
            let told = ["true", "1", "x"].iter().any(|value| is_told(doc, &format!("{option}={value}")));
            assert!(told, "`{}` says nothing of `{option}=`", doc.name);
        }
    }
}

/// These take `name=value` for something else: a condition, a field, a range, a name.
const ASSIGNS: [&str; 9] =
    ["eval", "fieldformat", "head", "rangemap", "regex", "return", "search", "setfields", "where"];

#[test]
fn an_option_that_splunk_has_not_is_an_error() {
    let silent = ALL.iter().filter(|doc| !ASSIGNS.contains(&doc.name) && !is_told(doc, "nosuch_option=1"));
    let silent: Vec<&str> = silent.map(|doc| doc.name).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// Whether a command's example with this option is an error at the option.
fn is_told(doc: &Doc, option: &str) -> bool {
    let parsed = parse(doc.example);
    let call = parsed.pipeline.commands.iter().find(|call| call.name == doc.name);
    let at = call.unwrap_or_else(|| panic!("no `{}`", doc.name)).name_span.end;
    let (before, behind) = doc.example.split_at(at);
    let query = format!("{before} {option} {behind}");
    let place = Span::new(at, at + option.len() + 2);
    let parsed = parse(&query);
    let mut errors: Vec<Diagnostic> = parsed.diagnostics;
    errors.extend(to_ops(&parsed.pipeline).err().into_iter().flatten());
    errors
        .iter()
        .any(|error| error.is_error() && error.span.start < place.end && error.span.end > place.start)
}

fn find(name: &str) -> &'static Doc {
    ALL.iter().find(|doc| doc.name == name).unwrap_or_else(|| panic!("`{name}` does not run here"))
}

fn splunk() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let lines = SPLUNK.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let (name, options) = line.split_once(':')?;
        Some((name, options.split_whitespace().collect()))
    })
}

/// The options that a command's documentation names, as often as it names them.
fn own(doc: &Doc) -> Vec<&'static str> {
    // A syntax of two forms may name an option in both.
    let mut own = assigned(doc.syntax);
    own.sort_unstable();
    own.dedup();
    own.extend(doc.hints);
    own.extend(doc.differs.iter().flat_map(|(what, _)| assigned(what)));
    own
}

/// The words before a `=`.
fn assigned(text: &'static str) -> Vec<&'static str> {
    let before = text.match_indices('=').filter_map(|(at, _)| text.get(..at));
    let word = |before: &'static str| {
        let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
        before.get(start..).filter(|word| !word.is_empty())
    };
    before.filter_map(word).collect()
}
