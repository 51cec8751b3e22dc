//! Holds a detection to what its package says it finds.

use std::sync::Arc;

use serde::Serialize;
use sluice_engine::{Engine, Row};
use sluice_events::inputs::{self, Options};
use sluice_events::tally::Tally;

use crate::error::Error;
use crate::expected::{Fields, Gap, GapKind, Test};
use crate::package::Detection;

/// How a test went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The detection's file stem.
    pub detection: String,
    /// The test's name.
    pub name: String,
    /// The verdict.
    pub status: Status,
    /// Findings that were expected and there, over all logs.
    pub found: usize,
    /// Logs that were read.
    pub logs: usize,
    /// The reasons of gaps that are still open.
    pub gaps: Vec<String>,
    /// What went wrong.
    pub failures: Vec<String>,
}

/// The verdict of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All as expected; known gaps may be open.
    Passed,
    /// Something differs from what is expected.
    Failed,
    /// Nothing reads the logs yet, as its known gaps say.
    Gap,
    /// The logs are not here.
    Skipped,
}

/// Runs one test of a detection. The engine's settings ask for provenance.
///
/// # Errors
/// When a log cannot be unpacked.
pub fn run(engine: &Engine, detection: &Detection, test: &Test, options: &Options) -> Result<Outcome, Error> {
    let mut outcome = Outcome {
        detection: detection.stem.clone(),
        name: test.name.clone(),
        status: Status::Skipped,
        found: 0,
        logs: 0,
        gaps: test.gaps.iter().map(|gap| gap.reason.clone()).collect(),
        failures: Vec::new(),
    };
    let mut present = 0;
    for log in &test.logs {
        if log.contains("://") {
            continue;
        }
        present += 1;
        let Some(file) = detection.logs.on_disk(log)? else {
            outcome.failures.push(format!("{log}: no such file"));
            continue;
        };
        read(engine, detection, test, log, &file.path.display().to_string(), options, &mut outcome);
    }
    outcome.status = match (present, outcome.failures.is_empty()) {
        (0, _) => Status::Skipped,
        (_, true) if outcome.logs == 0 => Status::Gap,
        (_, true) => Status::Passed,
        (_, false) => Status::Failed,
    };
    Ok(outcome)
}

fn read(
    engine: &Engine,
    detection: &Detection,
    test: &Test,
    log: &str,
    path: &str,
    options: &Options,
    outcome: &mut Outcome,
) {
    let found = inputs::discover(&[path.to_owned()], options);
    let unread = test.gaps.iter().any(|gap| matches!(&gap.kind, GapKind::Unread(name) if name == log));
    let has_reader = found.inputs.iter().any(|input| input.format.opener().is_some());
    match (unread, has_reader) {
        (true, false) => return,
        (true, true) => outcome.failures.push(closed(log, "is read now", test)),
        (false, false) => return outcome.failures.push(format!("{log}: nothing reads this log")),
        (false, true) => outcome.logs += 1,
    }
    let tally = Arc::new(Tally::default());
    match engine.run(&detection.search, &found, &tally) {
        Ok(answer) => {
            let rows: Result<Vec<_>, _> = answer.rows.iter().collect();
            match rows {
                Ok(rows) => {
                    let (expected, failures) = compare(&answer.rows.fields(), rows, test, log);
                    outcome.found += expected;
                    outcome.failures.extend(failures);
                }
                Err(error) => outcome.failures.push(format!("{log}: {error}")),
            }
        }
        Err(error) => outcome.failures.push(format!("{log}: {error}")),
    }
    let (losses, lost) = tally.losses();
    if let Some(first) = losses.first() {
        let what =
            format!("{log}: {lost} records lost, the first at offset {}: {}", first.offset, first.what);
        outcome.failures.push(what);
    }
}

/// How many expected findings are there, and all that differs.
fn compare(names: &[&str], rows: Vec<Row<'_>>, test: &Test, log: &str) -> (usize, Vec<String>) {
    let mut rest = rows;
    let mut failures = Vec::new();
    let expected = test.found.as_deref();
    if expected.is_none() && rest.is_empty() {
        failures.push(format!("{log}: nothing was found"));
    }
    let mut found = 0;
    for fields in expected.unwrap_or_default() {
        match take(&mut rest, fields) {
            true => found += 1,
            false => failures.push(format!("{log}: not found: {}", shown(fields))),
        }
    }
    for gap in &test.gaps {
        failures.extend(gap_closed(gap, &mut rest).map(|what| closed(log, &what, test)));
    }
    if expected.is_some() {
        let others = rest.iter().map(|row| format!("{log}: should be silent, found {}", brief(row, names)));
        failures.extend(others);
    }
    (found, failures)
}

/// Takes the gap's row; gives what changed, if the gap is no longer there.
fn gap_closed(gap: &Gap, rest: &mut Vec<Row<'_>>) -> Option<String> {
    match &gap.kind {
        GapKind::Missed(fields) => take(rest, fields).then(|| format!("{} is found now", shown(fields))),
        GapKind::Fires(fields) => (!take(rest, fields)).then(|| format!("{} is silent now", shown(fields))),
        GapKind::Unread(_) => None,
    }
}

fn closed(log: &str, what: &str, test: &Test) -> String {
    format!("{log}: {what}: a known gap has closed, update {}", test.file)
}

/// Removes the first row that has these fields; whether there was one.
fn take(rest: &mut Vec<Row<'_>>, fields: &Fields) -> bool {
    let has = |row: &Row<'_>| {
        fields.iter().all(|(name, value)| {
            row.get(name).is_some_and(|cell| cell.texts().iter().any(|text| text == value))
        })
    };
    match rest.iter().position(has) {
        Some(at) => {
            rest.remove(at);
            true
        }
        None => false,
    }
}

fn shown(fields: &Fields) -> String {
    fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

/// A row in one line: its record and what labels it.
fn brief(row: &Row<'_>, names: &[&str]) -> String {
    let wanted = |name: &&&str| {
        matches!(**name, "_record" | "Image") || name.ends_with("Method") || name.ends_with("Score")
    };
    let parts = names.iter().filter(wanted).filter_map(|name| {
        let value = row.get(name)?.text()?;
        Some(format!("{name}={value}"))
    });
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "a row".to_owned() } else { parts.join(" ") }
}
