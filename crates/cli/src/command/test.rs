//! `sluice test`: packages' own tests.

use std::io::{self, Write};

use sluice_detect::knowledge::Engines;
use sluice_detect::output::Style;
use sluice_detect::output::visible::{cut, pad, visible, wrap};
use sluice_detect::test::{self, Outcome, Status};
use sluice_detect::{Detection, select};
use sluice_engine::Settings;
use sluice_engine::lookup::Written;

use crate::args::Test;
use crate::console::Console;
use crate::outputs::Outputs;
use crate::records;
use crate::stop::{DONE, Exit, FAILURES, Stop};

/// Spaces before what belongs to a test.
const INDENT: &str = "           ";

pub(crate) fn run(args: &Test) -> Exit {
    let console = Console::new(&args.showing);
    let mut outputs = Outputs::open(&args.showing.outputs, console, jiff::tz::TimeZone::UTC)?;
    let names: Vec<String> = args.names.iter().chain(&args.packages).cloned().collect();
    let detections: Vec<Detection> =
        select::detections(&names)?.into_iter().filter(|detection| !detection.tests.is_empty()).collect();
    if detections.is_empty() {
        return Err(Stop::usage(
            "no tests: expected `tests/NAME.yml` beside the detection, or `tests` in it",
        ));
    }
    let settings = Settings { provenance: true, ..Settings::default() };
    let options = settings.input.clone();
    let mut engines = Engines::new(settings, &args.apps, Written::Nowhere);
    let mut outcomes = Vec::new();
    for detection in &detections {
        let engine = engines.of(Some(&detection.home))?;
        for own in &detection.tests {
            outcomes.push(test::run(engine, detection, own, &options)?);
        }
    }
    let objects: Vec<_> = outcomes.iter().map(records::object).collect();
    outputs.objects(&objects, |out, style| table(out, &outcomes, style))?;
    if !outputs.shows_table() {
        console.say(&totals(&outcomes));
    }
    Ok(if outcomes.iter().any(|outcome| outcome.status == Status::Failed) { FAILURES } else { DONE })
}

fn table(out: &mut dyn Write, outcomes: &[Outcome], style: &Style) -> io::Result<()> {
    let room = style.width.saturating_sub(INDENT.len());
    let mut detection = "";
    for outcome in outcomes {
        if outcome.detection != detection {
            detection = &outcome.detection;
            writeln!(out, "{}", style.paint("1", &visible(detection)))?;
        }
        let (word, colour) = match outcome.status {
            Status::Passed => ("ok", "32"),
            Status::Gap => ("gap", "33"),
            Status::Failed => ("FAILED", "1;31"),
            Status::Skipped => ("skipped", "2"),
        };
        let found = if outcome.found == 0 { String::new() } else { format!(", {} found", outcome.found) };
        let name = visible(&outcome.name);
        writeln!(
            out,
            "  {}{name}  {}",
            style.paint(colour, &pad(word, 9)),
            style.paint("2", &read(outcome, &found))
        )?;
        for failure in &outcome.failures {
            for part in wrap(&visible(failure), room) {
                writeln!(out, "{INDENT}{}", style.paint("31", &part))?;
            }
        }
        let mut reasons = outcome.gaps.clone();
        reasons.dedup();
        for reason in &reasons {
            let reason = format!("known gap: {}", visible(reason));
            let reason = if style.full { reason } else { cut(&reason, room).into_owned() };
            writeln!(out, "{INDENT}{}", style.paint("33", &reason))?;
        }
    }
    writeln!(out, "{}", style.paint("1", &totals(outcomes)))
}

fn read(outcome: &Outcome, found: &str) -> String {
    match outcome.logs {
        0 => "no log read".to_owned(),
        1 => format!("1 log{found}"),
        logs => format!("{logs} logs{found}"),
    }
}

fn totals(outcomes: &[Outcome]) -> String {
    let count = |status: Status| outcomes.iter().filter(|outcome| outcome.status == status).count();
    let gaps: usize = outcomes.iter().map(|outcome| outcome.gaps.len()).sum();
    let mut text = format!(
        "{} passed, {} failed, {} not readable yet, {gaps} known gaps",
        count(Status::Passed),
        count(Status::Failed),
        count(Status::Gap)
    );
    if count(Status::Skipped) > 0 {
        text.push_str(&format!(", {} skipped because their logs are not here", count(Status::Skipped)));
    }
    text
}
