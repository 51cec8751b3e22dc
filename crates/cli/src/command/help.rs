//! `sluice help`: the reference of SPL's commands and functions, and of sluice's own subcommands.

use std::io::{self, Write};

use clap::CommandFactory;
use sluice_engine::aggregate::doc::{self, Doc as StatsDoc};
use sluice_engine::function::{self, Function};
use sluice_spl::command::{self, Doc};

use crate::args::{Cli, Help};
use crate::stop::{DONE, Exit, Stop};

pub(crate) fn run(args: &Help) -> Exit {
    let text = match args.name.as_deref() {
        None => overview(),
        Some(name) => about(&name.to_lowercase())?,
    };
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(DONE)
}

fn overview() -> String {
    let commands: Vec<&str> = command::ALL.iter().map(|doc| doc.name).collect();
    let functions: Vec<&str> = function::all().map(|function| function.name).collect();
    let stats: Vec<&str> = doc::ALL.iter().map(|doc| doc.name).collect();
    format!(
        "{}\nSPL commands that run here:\n{}\nEval functions:\n{}\nStats functions:\n{}",
        Cli::command().render_long_help(),
        listed(&commands),
        listed(&functions),
        listed(&stats)
    )
}

/// Everything of this name: a subcommand, a command and a function may share it.
fn about(name: &str) -> Result<String, Stop> {
    let mut parts = Vec::new();
    if let Some(own) = Cli::command().find_subcommand_mut(name) {
        let mut own = own.clone().bin_name(format!("sluice {name}"));
        parts.push(own.render_long_help().to_string());
    }
    parts.extend(
        command::ALL.iter().filter(|doc| doc.name == name || doc.aliases.contains(&name)).map(of_command),
    );
    parts.extend(function::all().filter(|function| function.name == name).map(of_function));
    // `perc95` is `perc`.
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    parts.extend(
        doc::ALL.iter().filter(|doc| doc.name == name || doc.aliases.contains(&name)).map(of_stats_function),
    );
    if parts.is_empty() {
        return Err(Stop::usage(unknown(name)));
    }
    Ok(parts.join("\n"))
}

fn unknown(name: &str) -> String {
    let names = command::ALL
        .iter()
        .map(|doc| doc.name)
        .chain(function::all().map(|function| function.name))
        .chain(doc::ALL.iter().map(|doc| doc.name));
    let near = sluice_spl::nearest(name, names);
    let near = near.map_or_else(String::new, |near| format!("; there is `{near}`"));
    format!("no command or function `{name}`{near}. `sluice help` lists all")
}

fn of_command(doc: &Doc) -> String {
    let mut text = format!("{} (SPL command)\n\n{}\n\n  {}\n", doc.name, doc.summary, doc.syntax);
    if !doc.aliases.is_empty() {
        text.push_str(&format!("\nAlso called: {}\n", doc.aliases.join(", ")));
    }
    text.push_str(&format!("\nExample:\n  {}\n", doc.example));
    if !doc.hints.is_empty() {
        text.push_str(&format!("\nRead, without effect here: {}\n", doc.hints.join(", ")));
    }
    if !doc.differs.is_empty() {
        text.push_str("\nDiffers from Splunk's:\n");
    }
    for (what, note) in doc.differs {
        text.push_str(&format!("  {what}: {note}\n"));
    }
    text
}

/// What the reference page says of functions that differ, too; names of stats functions end in `()`.
const DIFFERS: &str = include_str!("../../../../docs/reference/differs.txt");

fn differs(is_about: impl Fn(&str) -> bool) -> String {
    let mut notes = DIFFERS.lines().filter_map(|line| line.split_once(": "));
    let note = notes.find(|(name, _)| is_about(name)).map(|(_, note)| note);
    note.map_or_else(String::new, |note| format!("\nDiffers from Splunk's: {note}\n"))
}

fn of_function(function: &Function) -> String {
    let mut text =
        format!("{} (eval function)\n\n{}\n\n  {}\n", function.name, function.summary, function.syntax);
    if !function.examples.is_empty() {
        text.push_str("\nExamples:\n");
    }
    for (expr, result) in function.examples {
        text.push_str(&format!("  {expr}  gives  {result}\n"));
    }
    text + &differs(|name| name == function.name)
}

fn of_stats_function(doc: &StatsDoc) -> String {
    let mut text = format!("{} (stats function)\n\n{}\n\n  {}\n", doc.name, doc.summary, doc.syntax);
    if !doc.aliases.is_empty() {
        text.push_str(&format!("\nAlso called: {}\n", doc.aliases.join(", ")));
    }
    let rows: Vec<String> =
        doc::EXAMPLE_ROWS.iter().map(|(time, user, bytes)| format!("{time} {user} {bytes}")).collect();
    text.push_str(&format!("\nExamples, of rows with `_time`, `user` and `bytes` ({}):\n", rows.join("; ")));
    for (call, result) in doc.examples {
        text.push_str(&format!("  {call}  gives  {result}\n"));
    }
    // The page writes `perc95()` for all of `perc`.
    let digit = |c: char| c.is_ascii_digit();
    text + &differs(|name| {
        name.strip_suffix("()").is_some_and(|name| name.trim_end_matches(digit) == doc.name)
    })
}

/// Names in lines of at most 76 cells.
fn listed(names: &[&str]) -> String {
    let mut out = String::new();
    let mut used = 0;
    for name in names {
        if used == 0 || used + name.len() + 1 > 76 {
            out.push_str(if used == 0 { "  " } else { "\n  " });
            used = 2;
        } else {
            out.push(' ');
            used += 1;
        }
        out.push_str(name);
        used += name.len();
    }
    out.push('\n');
    out
}
