//! Every option that Splunk's reference names for a command is accounted for: in the command's syntax, among its
//! hints, or where it differs.

use sluice_spl::command::{ALL, Doc};

const SPLUNK: &str = include_str!("splunk-options.txt");

#[test]
fn every_option_of_splunk_is_in_one_place() {
    let mut wrong = Vec::new();
    for (name, options) in splunk() {
        let Some(doc) = ALL.iter().find(|doc| doc.name == name) else { continue };
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
