//! Runs a detection over inputs: rows become findings.

use std::sync::Arc;

use sluice_engine::{Engine, Rows};
use sluice_events::inputs::Inputs;
use sluice_events::tally::Tally;
use sluice_spl::diagnostic::Diagnostic;

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

/// Runs a detection. The engine's settings ask for provenance.
///
/// # Errors
/// When its query is wrong, a budget is hit, or running fails.
pub fn run<'a>(
    engine: &Engine,
    detection: &'a Detection,
    inputs: &Inputs,
    tally: &Arc<Tally>,
) -> Result<Findings<'a>, sluice_engine::Error> {
    let answer = engine.run(&detection.search, inputs, tally)?;
    Ok(Findings { detection, rows: answer.rows, warnings: answer.warnings })
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
