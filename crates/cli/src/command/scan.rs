//! `sluice scan`: detections over logs.

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
    let settings = setup::settings(&args.running, &args.reading, true)?;
    let mut outputs = Outputs::open(&args.showing.outputs, console, settings.zone.clone())?;
    let inputs = setup::inputs(&args.paths, &settings.input, console);
    let mut engines = Engines::new(settings, &args.running.apps, setup::written(&args.running)?);
    for detection in &detections {
        engines.load(&detection.home)?;
    }

    let mut run = Run { summary: Summary::of_inputs(&inputs), wrong_query: false, console };
    let findings = run.detections(&engines, &detections, &inputs)?;
    let blocks: Vec<_> = findings.iter().map(Findings::block).collect();
    outputs.rows(&blocks)?;

    let mut summary = run.summary;
    report::settle(&mut summary, run.wrong_query, failures(&findings, args.fail_on));
    report::print(&summary, console, Some("finding"));
    report::save(&summary, args.running.summary.as_deref())?;
    Ok(summary.exit)
}

struct Run {
    summary: Summary,
    wrong_query: bool,
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
        let Scanned { findings, tallies } = scan::run(engines, detections, inputs, &watch)?;
        drop(progress);
        let mut all = Vec::new();
        let mut wrong = Vec::new();
        for (detection, found) in detections.iter().zip(findings) {
            match found {
                Ok(findings) => {
                    self.summary.add_findings(&detection.stem, &findings.rows);
                    all.push(findings);
                }
                Err(Error::Query(diagnostics)) => wrong.push((detection, diagnostics)),
                Err(other) => self.summary.errors.push(format!("{}: {other}", detection.stem)),
            }
        }
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

fn failures(findings: &[Findings<'_>], level: Option<Severity>) -> u8 {
    let reaches = |found: &Findings<'_>| {
        level.is_some_and(|level| found.detection.severity >= level) && !found.rows.is_empty()
    };
    if findings.iter().any(reaches) { FAILURES } else { DONE }
}
