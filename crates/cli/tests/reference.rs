//! `docs/src/spl.md` says what runs. It is made of what the crates say of themselves, of lists of what Splunk has,
//! and of the prose in `docs/reference/spl.md`. `SLUICE_WRITE_DOCS=1 cargo test -p sluice --test reference` writes it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sluice_engine::function::{self, Function};
use sluice_engine::{Engine, Knowledge, Settings};
use sluice_spl::command::{self, Doc, other};

#[test]
fn the_page_is_what_the_crates_say() {
    let page = docs("src/spl.md");
    let generated = generated();
    if std::env::var_os("SLUICE_WRITE_DOCS").is_some() {
        std::fs::write(&page, &generated).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&page).expect("the page is there");
    let differs = written.lines().zip(generated.lines()).find(|(written, generated)| written != generated);
    assert!(
        written == generated,
        "docs/src/spl.md is not up to date ({differs:?}): SLUICE_WRITE_DOCS=1 cargo test -p sluice --test reference",
    );
}

#[test]
fn notes_are_about_functions_that_run() {
    let stats = lines("stats.txt");
    for (name, _) in lines("differs.txt") {
        let stats = stats.iter().any(|(call, _)| name == format!("{}()", before_bracket(call)));
        assert!(stats || function::find(&name).is_some(), "{name}");
    }
}

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

/// The `name: text` lines of a list.
fn lines(name: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(docs("reference").join(name)).expect("the list is there");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect()
}

fn generated() -> String {
    let template = std::fs::read_to_string(docs("reference/spl.md")).expect("the template is there");
    template
        .replace("{{commands}}", &commands())
        .replace("{{eval functions}}", &eval_functions())
        .replace("{{stats functions}}", &stats_functions())
        .replace("{{commands in full}}", &commands_in_full())
}

/// A table of all commands, by name.
fn commands() -> String {
    let here = command::ALL.iter().map(|doc| {
        let runs = if doc.differs.is_empty() { "yes" } else { "differs" };
        (doc.name, format!("| [`{0}`](#{0}) | {runs} | {1} |", doc.name, cell(doc.summary)))
    });
    let others = other::OTHER.iter().map(|other| {
        let instead =
            other.instead.map_or_else(String::new, |instead| format!(". Needs a server; {instead}"));
        (other.name, format!("| `{}` | no | {}{} |", other.name, cell(other.summary), cell(&instead)))
    });
    let mut rows: Vec<_> = here.chain(others).collect();
    rows.sort();
    table("command", rows.into_iter().map(|(_, row)| row))
}

fn commands_in_full() -> String {
    command::ALL.iter().map(in_full).collect::<Vec<_>>().join("\n")
}

fn in_full(doc: &Doc) -> String {
    let mut text = format!("### {}\n\n{}\n\n```text\n{}\n```\n", doc.name, doc.summary, doc.syntax);
    text += &format!("\nFor example:\n\n```text\n{}\n```\n", doc.example);
    if !doc.aliases.is_empty() {
        text += &format!("\nAlso called {}.\n", codes(doc.aliases));
    }
    if !doc.hints.is_empty() {
        text += &format!("\nRead, without effect here: {}.\n", codes(doc.hints));
    }
    if !doc.differs.is_empty() {
        text += "\nDiffers from Splunk's:\n\n";
        for (what, note) in doc.differs {
            let what = if what.contains('=') { format!("`{what}`") } else { (*what).to_owned() };
            text += &format!("- {what}: {note}.\n");
        }
    }
    text
}

/// It needs a table, so it is no function of its arguments alone.
const LOOKUP: &str = "| `lookup(TABLE, json_object(COLUMN, VALUE, …), json_array(COLUMN, …))` | yes | The columns of \
                      the row of a lookup table that matches, as a JSON object; in `eval` and `where` |";

/// A table a chapter: the functions of Splunk's reference, and those that only we have.
fn eval_functions() -> String {
    let differs = lines("differs.txt");
    let mut listed = BTreeSet::new();
    let mut out = Vec::new();
    for (family, names) in lines("functions.txt") {
        let rows = names.split(' ').map(|name| {
            listed.insert(name.to_owned());
            match function::find(name) {
                Some(function) => eval_function(function, &differs),
                None if name == "lookup" => LOOKUP.to_owned(),
                None => format!("| `{name}` | no | |"),
            }
        });
        out.push(format!("### {}\n\n{}", title(&family), table("function", rows.collect::<Vec<_>>())));
    }
    let own = function::all().filter(|function| !listed.contains(function.name));
    let rows: Vec<_> = own.map(|function| eval_function(function, &differs)).collect();
    if !rows.is_empty() {
        out.push(format!("### Not in Splunk's reference\n\n{}", table("function", rows)));
    }
    out.join("\n")
}

fn eval_function(function: &Function, differs: &[(String, String)]) -> String {
    let note = differs.iter().find(|(name, _)| name == function.name).map(|(_, note)| note.as_str());
    row(&cell(function.syntax), cell(function.summary.trim_end_matches('.')), note)
}

fn stats_functions() -> String {
    let differs = lines("differs.txt");
    let rows = lines("stats.txt").into_iter().map(|(call, summary)| {
        let name = format!("{}()", before_bracket(&call));
        let note = differs.iter().find(|(differing, _)| *differing == name).map(|(_, note)| note.as_str());
        if runs(&format!("stats {call}")) {
            row(&call, summary, note)
        } else {
            format!("| `{call}` | no | {summary} |")
        }
    });
    table("function", rows.collect::<Vec<_>>())
}

fn row(call: &str, summary: String, note: Option<&str>) -> String {
    match note {
        Some(note) => format!("| `{call}` | differs | {summary}. {} |", cell(note)),
        None => format!("| `{call}` | yes | {summary} |"),
    }
}

/// Whether a command plans without an error.
fn runs(command: &str) -> bool {
    let engine = Engine::new(Settings { threads: 1, ..Settings::default() }, Knowledge::default());
    let found = engine.check(&format!("| makeresults | eval X=1 | {command}"));
    !found.iter().any(sluice_spl::Diagnostic::is_error)
}

fn table(of: &str, rows: impl IntoIterator<Item = String>) -> String {
    let mut out = format!("| {of} | runs | |\n| --- | --- | --- |\n");
    rows.into_iter().for_each(|row| out += &format!("{row}\n"));
    out
}

/// Text inside a table's cell.
fn cell(text: &str) -> String {
    text.trim_end_matches('.').replace('|', "\\|")
}

fn codes(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn title(family: &str) -> String {
    let mut chars = family.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn before_bracket(call: &str) -> &str {
    call.split('(').next().unwrap_or(call)
}
