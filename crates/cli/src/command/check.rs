//! `sluice check`: can these queries run here?

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};
use sluice_detect::content::{Found, Query};
use sluice_detect::knowledge::Engines;
use sluice_detect::output::Style;
use sluice_detect::output::visible::{cut, pad, visible};
use sluice_detect::{Error, select};
use sluice_engine::Settings;
use sluice_engine::lookup::Written;
use sluice_spl::diagnostic::Diagnostic;

use crate::args::Check;
use crate::console::Console;
use crate::outputs::Outputs;
use crate::stop::{DONE, Exit, FAILURES, INCOMPLETE, Stop, USAGE};
use crate::{diagnostic, report};

/// With more queries than this, their diagnostics are shown only with `-v`.
const FEW: usize = 10;
/// Reasons that are listed; `-v` lists all.
const REASONS: usize = 20;

pub(crate) fn run(args: &Check) -> Exit {
    let console = Console::new(&args.showing);
    let mut outputs = Outputs::open(&args.showing.outputs, console, jiff::tz::TimeZone::UTC)?;
    let (found, failed) = find(args)?;
    for error in failed.iter().chain(&found.problems) {
        eprintln!("sluice: {}", visible(&error.to_string()));
    }
    if found.queries.is_empty() && found.problems.is_empty() && failed.is_empty() {
        return Err(Stop::usage(
            "no query found: `.spl`, YAML or JSON lines with `search`, `savedsearches.conf`",
        ));
    }
    let mut engines = Engines::new(Settings::default(), &found.apps, Written::Nowhere);
    let mut checked = Vec::new();
    for query in found.queries {
        checked.push(Checked { diagnostics: engines.of(Some(&query.home))?.check(&query.search), query });
    }
    let objects: Vec<_> = checked.iter().map(Checked::object).collect();
    outputs.objects(&objects, |out, style| table(out, &checked, style, console.verbose))?;
    if !outputs.shows_table() {
        console.say(&totals(&checked));
    }
    Ok(if !failed.is_empty() {
        USAGE
    } else if !found.problems.is_empty() {
        INCOMPLETE
    } else if checked.iter().any(|checked| checked.status() == "error") {
        FAILURES
    } else {
        DONE
    })
}

/// The queries, and the paths that could not be read: one path's error does not keep the others from being checked.
fn find(args: &Check) -> Result<(Found, Vec<Error>), Stop> {
    let mut found = Found { apps: args.apps.clone(), ..Found::default() };
    let failed: Vec<Error> = args.paths.iter().filter_map(|path| found.add(path).err()).collect();
    if args.paths.is_empty() || !args.packages.is_empty() {
        let detections = select::detections(&args.packages)?;
        let queries = detections.into_iter();
        found
            .queries
            .extend(queries.map(|found| Query::new(found.name, found.file, found.search, found.home)));
    }
    Ok((found, failed))
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

    /// Where a diagnostic stands: in the file if the query's place in it is known.
    fn place(&self, found: &Diagnostic) -> String {
        let in_file = self.query.place(found.span.start);
        let (line, column) = in_file.unwrap_or_else(|| {
            let place = diagnostic::Place::of(&self.query.search, found.span);
            (place.line, place.column)
        });
        format!("{}:{line}:{column}", visible(&self.query.file))
    }

    fn object(&self) -> Map<String, Value> {
        let diagnostics: Vec<Value> = self
            .diagnostics
            .iter()
            .map(|found| {
                let place = diagnostic::Place::of(&self.query.search, found.span);
                let in_file = self.query.place(found.span.start);
                json!({
                    "code": found.code,
                    "severity": if found.is_error() { "error" } else { "warning" },
                    "message": found.message,
                    "line": place.line,
                    "column": place.column,
                    "file_line": in_file.map(|(line, _)| line),
                    "file_column": in_file.map(|(_, column)| column),
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
                let text =
                    diagnostic::render(found, &checked.query.search, Some(&checked.place(found)), style);
                write!(out, "{text}")?;
            }
        }
    }
    writeln!(out, "{}", style.paint("1", &totals(checked)))?;
    reasons(out, checked, style, verbose)
}

/// Cells of a query's name, where a message follows.
const NAME: usize = 34;

/// `error   SPL0101  Name of the detection  `tstats` is not run here`
fn line(checked: &Checked, style: &Style, whole: bool) -> String {
    let status = checked.status();
    let colour = match status {
        "error" => "1;31",
        "warning" => "1;33",
        _ => "32",
    };
    let name = visible(&checked.query.name);
    let text = match checked.diagnostics.iter().max_by_key(|found| found.is_error()) {
        Some(found) if !whole => {
            let name = if style.full { name } else { cut(&name, NAME).into_owned().into() };
            format!("{}  {}  {}", found.code, pad(&name, NAME), visible(&found.message))
        }
        _ if whole => format!("{name}  {}", visible(&checked.query.file)),
        _ => format!("         {name}"),
    };
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
    let mut reasons: BTreeMap<(&str, String), (usize, &str)> = BTreeMap::new();
    for checked in checked {
        let errors = checked.diagnostics.iter().filter(|found| found.is_error());
        let own: BTreeMap<_, _> = errors.map(|found| ((found.code, class(found)), ())).collect();
        for reason in own.into_keys() {
            reasons.entry(reason).or_insert((0, &checked.query.name)).0 += 1;
        }
    }
    if checked.len() <= 1 || reasons.is_empty() {
        return Ok(());
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    writeln!(out, "{}", style.paint("1", &reason("queries", "code", "reason", "for example", style)))?;
    let shown = if verbose { reasons.len() } else { REASONS };
    for ((code, class), (count, example)) in reasons.iter().take(shown) {
        writeln!(out, "{}", reason(&count.to_string(), code, class, example, style))?;
    }
    if reasons.len() > shown {
        writeln!(out, "         and {} more reasons; -v lists all", reasons.len() - shown)?;
    }
    Ok(())
}

/// Cells of a reason; the example's name takes what is left of the line.
const REASON: usize = 36;

fn reason(count: &str, code: &str, class: &str, example: &str, style: &Style) -> String {
    let (class, example) = (visible(class), visible(example));
    let class = if style.full { class } else { cut(&class, REASON).into_owned().into() };
    let line = format!("{count:>7}  {}  {}  {example}", pad(code, 7), pad(&class, REASON));
    if style.full { line } else { cut(line.trim_end(), style.width).into_owned() }
}

/// The message of a diagnostic, without the names that make it one query's own. Commands, functions and options
/// are the language's, not the query's.
fn class(found: &Diagnostic) -> String {
    if found.code.starts_with("SPL01") || found.code.starts_with("SPL02") {
        return found.message.clone();
    }
    let parts = found.message.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { part } else { "`…`" }).collect()
}

#[cfg(test)]
mod tests {
    use sluice_detect::output::visible::width;
    use sluice_detect::place::Place;
    use sluice_spl::Span;

    use super::*;

    fn checked(name: &str, code: &'static str, message: &str) -> Checked {
        Checked {
            query: Query::new(name.to_owned(), "a.yml".to_owned(), "x".to_owned(), Place::Disk("".into())),
            diagnostics: vec![Diagnostic::error(code, Span::new(0, 1), message)],
        }
    }

    #[test]
    fn reasons_are_counted_by_class_and_fit_80_cells() {
        let style = Style { width: 80, colour: false, full: false, zone: jiff::tz::TimeZone::UTC };
        let checked = [
            checked("A detection with a long name that goes on and on", "SPL0300", "no macro `a`"),
            checked("B", "SPL0300", "no macro `b`"),
            checked("C", "SPL0101", "`tstats` is not run here"),
        ];
        let mut out = Vec::new();
        reasons(&mut out, &checked, &style, false).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().all(|line| width(line) <= 80), "{text}");
        assert_eq!(lines[0], "queries  code     reason                                for example");
        assert!(lines[1].starts_with("      2  SPL0300  no macro `…`  "), "{text}");
        assert_eq!(lines[2], "      1  SPL0101  `tstats` is not run here              C");
        assert!(width(&line(&checked[0], &style, false)) <= 80);
    }
}
