//! `sluice scan`: detections over logs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use sluice_detect::knowledge::Engines;
use sluice_detect::scan::{self, Findings, Scanned};
use sluice_detect::summary::Summary;
use sluice_detect::{Detection, Severity, select};
use sluice_engine::Error;
use sluice_events::inputs::Inputs;
use sluice_events::tally::Tally;

use crate::args::Scan;
use crate::console::Console;
use crate::interrupt::Interrupt;
use crate::outputs::Outputs;
use crate::progress::Progress;
use crate::stop::{DONE, Exit, FAILURES, Stop};
use crate::{diagnostic, report, setup};

pub(crate) fn run(args: &Scan) -> Exit {
    let console = Console::new(&args.showing);
    let detections = select::for_scan(&args.packages)?;
    if detections.is_empty() {
        return Err(Stop::usage("no detection to run; `-p` names one, for example `-p seed`"));
    }
    let mut settings = setup::settings(&args.running, &args.reading, true)?;
    let mut outputs = Outputs::open(&args.showing.outputs, console, settings.zone.clone())?;
    let interrupt = Interrupt::listen(&mut settings)?;
    let inputs = setup::inputs(&args.paths, &settings.input, console);
    let mut engines = Engines::new(settings, &args.running.apps, setup::written(&args.running)?);
    for detection in &detections {
        engines.load(&detection.home)?;
    }

    let mut run = Run { summary: Summary::of_inputs(&inputs), wrong_query: false, interrupt, console };
    let findings = run.detections(&engines, &detections, &inputs)?;
    let blocks: Vec<_> = findings.iter().map(Findings::block).collect();
    outputs.rows(&blocks)?;

    let (mut summary, interrupt) = (run.summary, run.interrupt);
    report::settle(&mut summary, run.wrong_query, failures(&findings, args.fail_on));
    interrupt.settle(&mut summary);
    report::print(&summary, console, Some("finding"));
    report::save(&summary, args.running.summary.as_deref())?;
    Ok(summary.exit)
}

struct Run {
    summary: Summary,
    wrong_query: bool,
    interrupt: Interrupt,
    console: Console,
}

impl Run {
    fn detections<'a>(
        &mut self,
        engines: &Engines,
        detections: &'a [Detection],
        inputs: &Inputs,
    ) -> Result<Vec<Findings<'a>>, Stop> {
        let started = Instant::now();
        let progress = Progress::start(self.console, setup::bytes(inputs));
        let watch = |tally: &Arc<Tally>| progress.watch(tally);
        self.interrupt.watch(&progress);
        let scanned = scan::run(engines, detections, inputs, &watch);
        self.interrupt.ended();
        let Scanned { findings, tallies } = scanned?;
        drop(progress);
        let (mut all, mut wrong) = (Vec::new(), Vec::new());
        let mut stopped: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (detection, found) in detections.iter().zip(findings) {
            match found {
                Ok(findings) => {
                    self.summary.add_findings(&detection.stem, &findings.rows)?;
                    all.push(findings);
                }
                Err(Error::Query(diagnostics)) => wrong.push((detection, diagnostics)),
                Err(other) => stopped.entry(other.to_string()).or_default().push(&detection.stem),
            }
        }
        let errors = stopped.into_iter().map(|(why, which)| stopped_by(&why, &which, detections.len()));
        self.summary.errors.extend(errors);
        tallies.iter().for_each(|tally| self.summary.add_pass(tally));
        self.summary.seconds = started.elapsed().as_secs_f64();
        for (detection, diagnostics) in &wrong {
            self.wrong_query = true;
            self.print(diagnostics, detection);
        }
        if self.console.verbose {
            all.iter().for_each(|findings| self.print(&findings.warnings, findings.detection));
        }
        Ok(all)
    }

    fn print(&self, diagnostics: &[sluice_spl::diagnostic::Diagnostic], detection: &Detection) {
        let style = self.console.err_style();
        diagnostic::print(diagnostics, &detection.search, Some(&detection.file), &style);
    }
}

/// What is said of detections that ended for the same reason.
fn stopped_by(why: &str, which: &[&str], all: usize) -> String {
    const NAMED: usize = 5;
    match which {
        [one] => format!("{one}: {why}"),
        _ if which.len() <= NAMED => format!("{}: {why}", which.join(", ")),
        _ => {
            let (named, more) = which.split_at(NAMED);
            format!(
                "{why} ({} of {all} detections: {} and {} more)",
                which.len(),
                named.join(", "),
                more.len()
            )
        }
    }
}

fn failures(findings: &[Findings<'_>], level: Option<Severity>) -> u8 {
    let reaches = |found: &Findings<'_>| {
        level.is_some_and(|level| found.detection.severity >= level) && !found.rows.is_empty()
    };
    if findings.iter().any(reaches) { FAILURES } else { DONE }
}
