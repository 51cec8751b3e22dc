//! Runs detections over inputs: rows become findings.

use std::sync::Arc;

use sluice_engine::{Query, Rows};
use sluice_events::inputs::Inputs;
use sluice_events::tally::Tally;
use sluice_spl::diagnostic::Diagnostic;

use crate::error::Error;
use crate::knowledge::Engines;
use crate::output::Block;
use crate::package::Detection;

/// What a detection found.
#[derive(Debug)]
pub struct Findings<'a> {
    /// The detection.
    pub detection: &'a Detection,
    /// Its rows, with `_file`, `_record` and `_offset` where rows are events.
    pub rows: Rows,
    /// What is odd about its query.
    pub warnings: Vec<Diagnostic>,
}

/// What detections found, and what was read for it.
#[derive(Debug)]
pub struct Scanned<'a> {
    /// Of each detection.
    pub findings: Vec<Result<Findings<'a>, sluice_engine::Error>>,
    /// What each reading of the inputs counted.
    pub tallies: Vec<Arc<Tally>>,
}

/// Runs detections over inputs that are read for all of them at once. The engines' settings ask for provenance;
/// `watch` is told of each reading as it begins.
///
/// # Errors
/// When a package's knowledge cannot be read. Of a detection: when its query is wrong, a budget is hit, or running
/// fails.
pub fn run<'a>(
    engines: &Engines,
    detections: &'a [Detection],
    inputs: &Inputs,
    watch: &(dyn Fn(&Arc<Tally>) + Sync),
) -> Result<Scanned<'a>, Error> {
    let engines = detections.iter().map(|detection| engines.loaded(&detection.home));
    let engines = engines.collect::<Result<Vec<_>, _>>()?;
    let (answers, tallies) = match (detections, engines.as_slice()) {
        // It has all cores for itself.
        ([detection], [engine]) => {
            let tally = Arc::new(Tally::default());
            watch(&tally);
            (vec![engine.run(&detection.search, inputs, &tally)], vec![tally])
        }
        _ => {
            let queries = detections.iter().zip(engines);
            let queries: Vec<_> =
                queries.map(|(detection, engine)| Query { engine, text: &detection.search }).collect();
            sluice_engine::run_together(&queries, inputs, watch)
        }
    };
    let found = detections.iter().zip(answers).map(|(detection, answer)| {
        answer.map(|answer| Findings { detection, rows: answer.rows, warnings: answer.warnings })
    });
    Ok(Scanned { findings: found.collect(), tallies })
}

impl Findings<'_> {
    /// The findings for an output: rows that also carry `_detection` and `_severity`.
    pub fn block(&self) -> Block<'_> {
        Block {
            rows: &self.rows,
            marks: vec![
                ("_detection", self.detection.stem.as_str()),
                ("_severity", self.detection.severity.name()),
            ],
            title: Some(self.title()),
        }
    }

    fn title(&self) -> String {
        let techniques = self.detection.techniques.join(" ");
        let parts = [self.detection.name.as_str(), &techniques, self.detection.severity.name()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
    }
}
