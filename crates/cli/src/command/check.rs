//! `sluice check`: can these queries run here?

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Map, Value, json};
use sluice_detect::content::{self, Query};
use sluice_detect::output::Style;
use sluice_detect::output::visible::{cut, pad, visible, width};
use sluice_detect::{Error, select};
use sluice_engine::Settings;
use sluice_spl::diagnostic::Diagnostic;

use crate::args::Check;
use crate::console::Console;
use crate::outputs::Outputs;
use crate::stop::{DONE, Exit, FAILURES, Stop, USAGE};
use crate::{diagnostic, report, setup};

/// With more queries than this, their diagnostics are shown only with `-v`.
const FEW: usize = 10;
/// Reasons that are listed; `-v` lists all.
const REASONS: usize = 20;

pub(crate) fn run(args: &Check) -> Exit {
    let console = Console::new(&args.showing);
    let mut outputs = Outputs::open(&args.showing.outputs, console, jiff::tz::TimeZone::UTC)?;
    let mut apps = args.apps.clone();
    let (queries, failed) = queries(args, &mut apps)?;
    for error in &failed {
        eprintln!("sluice: {}", visible(&error.to_string()));
    }
    if queries.is_empty() && failed.is_empty() {
        return Err(Stop::usage(
            "no query found: `.spl`, YAML or JSON lines with `search`, `savedsearches.conf`",
        ));
    }
    let engine = setup::engine(Settings::default(), &apps)?;
    let checked: Vec<Checked> = queries
        .into_iter()
        .map(|query| Checked { diagnostics: engine.check(&query.search), query })
        .collect();
    let objects: Vec<_> = checked.iter().map(Checked::object).collect();
    outputs.objects(&objects, |out, style| table(out, &checked, style, console.verbose))?;
    if !outputs.shows_table() {
        console.say(&totals(&checked));
    }
    if !failed.is_empty() {
        return Ok(USAGE);
    }
    Ok(if checked.iter().any(|checked| checked.status() == "error") { FAILURES } else { DONE })
}

/// The queries, and what could not be read: one path's error does not keep the others from being checked.
fn queries(args: &Check, apps: &mut Vec<PathBuf>) -> Result<(Vec<Query>, Vec<Error>), Stop> {
    let (mut queries, mut failed) = (Vec::new(), Vec::new());
    for path in &args.paths {
        match content::queries(path, apps) {
            Ok(found) => queries.extend(found),
            Err(error) => failed.push(error),
        }
    }
    if args.paths.is_empty() || !args.packages.is_empty() {
        let detections = select::detections(&args.packages)?;
        queries.extend(detections.into_iter().map(|detection| Query {
            name: detection.name,
            file: detection.file,
            search: detection.search,
        }));
    }
    Ok((queries, failed))
}

struct Checked {
    query: Query,
    diagnostics: Vec<Diagnostic>,
}

impl Checked {
    fn status(&self) -> &'static str {
        match self.diagnostics.iter().map(Diagnostic::is_error).max() {
            Some(true) => "error",
            Some(false) => "warning",
            None => "ok",
        }
    }

    fn object(&self) -> Map<String, Value> {
        let diagnostics: Vec<Value> = self
            .diagnostics
            .iter()
            .map(|found| {
                let place = diagnostic::Place::of(&self.query.search, found.span);
                json!({
                    "code": found.code,
                    "severity": if found.is_error() { "error" } else { "warning" },
                    "message": found.message,
                    "line": place.line,
                    "column": place.column,
                    "help": found.help,
                })
            })
            .collect();
        let mut object = Map::new();
        object.insert("name".to_owned(), json!(self.query.name));
        object.insert("file".to_owned(), json!(self.query.file));
        object.insert("status".to_owned(), json!(self.status()));
        object.insert("diagnostics".to_owned(), json!(diagnostics));
        object
    }
}

fn table(out: &mut dyn Write, checked: &[Checked], style: &Style, verbose: bool) -> io::Result<()> {
    let whole = verbose || checked.len() <= FEW;
    for checked in checked {
        writeln!(out, "{}", line(checked, style, whole))?;
        if whole {
            for found in &checked.diagnostics {
                let text = diagnostic::render(found, &checked.query.search, Some(&checked.query.file), style);
                write!(out, "{text}")?;
            }
        }
    }
    writeln!(out, "{}", style.paint("1", &totals(checked)))?;
    reasons(out, checked, style, verbose)
}

/// `error    Name of the detection  SPL0101 command `tstats` …`
fn line(checked: &Checked, style: &Style, whole: bool) -> String {
    let status = checked.status();
    let colour = match status {
        "error" => "1;31",
        "warning" => "1;33",
        _ => "32",
    };
    let mut text = visible(&checked.query.name).into_owned();
    let worst = checked.diagnostics.iter().max_by_key(|found| found.is_error());
    match worst {
        Some(found) if !whole => text.push_str(&format!("  {} {}", found.code, visible(&found.message))),
        _ => text.push_str(&format!("  {}", visible(&checked.query.file))),
    }
    let text = if style.full { text.into() } else { cut(&text, style.width.saturating_sub(9)) };
    format!("{}{text}", style.paint(colour, &pad(status, 9)))
}

fn totals(checked: &[Checked]) -> String {
    let count = |status: &str| checked.iter().filter(|checked| checked.status() == status).count();
    format!(
        "{}: {} ok, {} with warnings, {} with errors",
        report::counted(checked.len() as u64, "query"),
        count("ok"),
        count("warning"),
        count("error")
    )
}

/// Why queries cannot run, most frequent first; each reason counts once a query.
fn reasons(out: &mut dyn Write, checked: &[Checked], style: &Style, verbose: bool) -> io::Result<()> {
    if checked.len() <= 1 {
        return Ok(());
    }
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for checked in checked {
        let mut own: Vec<(&str, &str)> = checked
            .diagnostics
            .iter()
            .filter(|found| found.is_error())
            .map(|found| (found.code, found.message.as_str()))
            .collect();
        own.sort_unstable();
        own.dedup();
        own.into_iter().for_each(|reason| *counts.entry(reason).or_default() += 1);
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shown = if verbose { counts.len() } else { REASONS };
    for ((code, message), count) in counts.iter().take(shown) {
        let head = format!("{count:>6}  {code}  ");
        let message = visible(message);
        let message = if style.full {
            message
        } else {
            cut(&message, style.width.saturating_sub(width(&head))).into_owned().into()
        };
        writeln!(out, "{head}{message}")?;
    }
    if counts.len() > shown {
        writeln!(out, "        and {} more reasons; -v lists all", counts.len() - shown)?;
    }
    Ok(())
}
