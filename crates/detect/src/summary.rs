//! What a run read, found and lost, for `--summary` and the line on stderr.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use sluice_engine::Rows;
use sluice_events::format::Format;
use sluice_events::inputs::{Input, Inputs};
use sluice_events::tally::{Loss, Tally};

use crate::output::roles;

/// What a run read, found and lost.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Inputs that were read.
    pub files: usize,
    /// Events that were read.
    pub events: u64,
    /// Those of them that were not decoded, because a few of their bytes showed that they would give no row.
    pub not_decoded: u64,
    /// Bytes that were read, as stored.
    pub bytes: u64,
    /// Wall-clock time.
    pub seconds: f64,
    /// Rows given.
    pub rows: usize,
    /// Findings by detection.
    pub by_detection: BTreeMap<String, usize>,
    /// Findings by the field that names a method, if the detection has one.
    pub by_method: BTreeMap<String, usize>,
    /// Records that could not be read.
    pub lost: u64,
    /// The first thousand of them.
    pub losses: Vec<Lost>,
    /// Inputs that were not read.
    pub unread: Vec<Unread>,
    /// Paths that could not be looked at.
    pub problems: Vec<Unreachable>,
    /// Why the run did not end as it should.
    pub errors: Vec<String>,
    /// The exit code.
    pub exit: u8,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lost {
    /// The input.
    pub file: String,
    /// Byte offset in it, decompressed.
    pub offset: u64,
    /// Line or record number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// What is wrong.
    pub what: String,
}

/// An input that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The input.
    pub file: String,
    /// What it was taken for: the name of a format without a reader, `empty` or `unknown`.
    pub format: &'static str,
    /// It was named on the command line.
    pub named: bool,
}

/// A path that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreachable {
    /// The path.
    pub path: String,
    /// Why.
    pub message: String,
    /// It was named and does not exist.
    pub missing: bool,
}

impl Summary {
    /// What is known before anything is read.
    pub fn of_inputs(inputs: &Inputs) -> Self {
        let has_reader = |input: &&Input| input.format.opener().is_some();
        Self {
            files: inputs.inputs.iter().filter(has_reader).count(),
            unread: inputs.inputs.iter().filter(|input| !has_reader(input)).map(Unread::of).collect(),
            problems: inputs
                .problems
                .iter()
                .map(|problem| Unreachable {
                    path: problem.path.clone(),
                    message: problem.message.clone(),
                    missing: problem.missing,
                })
                .collect(),
            ..Self::default()
        }
    }

    /// Adds what one pass over the inputs read and lost. Several passes read the same events: they count once.
    pub fn add_pass(&mut self, tally: &Tally) {
        use std::sync::atomic::Ordering::Relaxed;
        let (decoded, passed_over) = (tally.events.load(Relaxed), tally.passed_over.load(Relaxed));
        self.events = self.events.max(decoded + passed_over);
        self.not_decoded = self.not_decoded.max(passed_over);
        self.bytes = self.bytes.max(tally.bytes.load(Relaxed));
        let (losses, lost) = tally.losses();
        self.lost = self.lost.max(lost);
        self.losses.extend(losses.into_iter().map(Lost::of));
        self.losses.sort();
        self.losses.dedup();
    }

    /// Counts the rows of a detection.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn add_findings(&mut self, detection: &str, rows: &Rows) -> io::Result<()> {
        self.rows += rows.len();
        *self.by_detection.entry(detection.to_owned()).or_default() += rows.len();
        let names = rows.fields();
        let Some(method) = names.iter().position(|name| roles::is_method(name)) else { return Ok(()) };
        for row in rows.iter() {
            if let Some(name) = row?.cell(method).and_then(|cell| cell.text().map(|text| text.into_owned())) {
                *self.by_method.entry(name).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Whether something that was named was not recognised or not read in full, or records were lost.
    pub fn is_incomplete(&self) -> bool {
        self.lost > 0 || !self.problems.is_empty() || self.unread.iter().any(|unread| unread.named)
    }

    /// Whether a path that was named does not exist.
    pub fn is_missing_path(&self) -> bool {
        self.problems.iter().any(|problem| problem.missing)
    }
}

impl Lost {
    fn of(loss: Loss) -> Self {
        Self { file: loss.file, offset: loss.offset, record: loss.record, what: loss.what }
    }
}

impl Unread {
    fn of(input: &Input) -> Self {
        Self { file: input.name.clone(), format: input.format.name(), named: input.named }
    }

    /// Whether its format is known by name.
    pub fn is_known(&self) -> bool {
        self.format != Format::Unknown.name() && self.format != Format::Empty.name()
    }
}
