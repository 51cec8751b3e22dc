//! The door: a query's text in, rows out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use datafusion::execution::TaskContext;
use sluice_events::inputs::Inputs;
use sluice_events::tally::Tally;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::macros::Expanded;
use sluice_spl::ops::Op;
use sluice_spl::tree::Pipeline;
use tokio::runtime::Runtime;

use crate::asked::is_row_by_row;
use crate::error::{Error, Result};
use crate::given::Given;
use crate::knowledge::Knowledge;
use crate::lookup::folder::Change;
use crate::plan::Rel;
use crate::planner::Planner;
use crate::rows::Rows;
use crate::settings::Settings;
use crate::stage::Wide;
use crate::stop::Stop;
use crate::{model, session, stage};

/// Runs queries with one set of settings and knowledge.
#[derive(Debug)]
pub struct Engine {
    pub(crate) settings: Settings,
    pub(crate) knowledge: Knowledge,
}

/// The rows of a query.
#[derive(Debug)]
pub struct Answer {
    /// The rows in order.
    pub rows: Rows,
    /// What is odd about the query.
    pub warnings: Vec<Diagnostic>,
}

/// Times a query is planned anew because a field turned out to have several values in one event, or an event that was
/// found by some of its fields turned out to be damaged.
pub(crate) const MAX_REPLANS: usize = 8;

impl Engine {
    /// An engine.
    pub fn new(settings: Settings, mut knowledge: Knowledge) -> Self {
        knowledge.evaluate_macros(settings.context());
        Self { settings, knowledge }
    }

    /// Parses and plans a query without data: errors and warnings, their spans in `text`.
    pub fn check(&self, text: &str) -> Vec<Diagnostic> {
        let parsed = match self.parse(text) {
            Ok(parsed) => parsed,
            Err(errors) => return errors,
        };
        let tally = Arc::new(Tally::default());
        let mut found = parsed.warnings;
        let (inputs, repeated) = (Inputs::default(), BTreeSet::new());
        match self.in_session(async |session| {
            self.rows(&parsed.ops, &self.planner(session, &inputs, &tally, &repeated)).await
        }) {
            Err(Error::Query(errors)) => found.extend(original(errors, &parsed.expanded)),
            Err(other) => {
                let span = sluice_spl::span::Span::new(0, text.len());
                found.push(Diagnostic::error(sluice_spl::code::UNSUPPORTED_COMMAND, span, other.to_string()));
            }
            Ok(outcome) => found.extend(original(outcome.warnings, &parsed.expanded)),
        }
        found
    }

    /// Whether a query reads events; `| makeresults` and `| inputlookup` do not.
    pub fn needs_inputs(&self, text: &str) -> bool {
        let Ok(parsed) = self.parse(text) else { return false };
        let ops = model::expand(&parsed.ops, &self.knowledge, &mut Vec::new());
        ops.is_ok_and(|ops| matches!(ops.first(), Some(Op::Scan(_))))
    }

    /// Whether a query makes groups of its events as they come, so that it holds no others.
    pub fn groups_events(&self, text: &str) -> bool {
        let Ok(parsed) = self.parse(text) else { return false };
        let Ok(ops) = model::expand(&parsed.ops, &self.knowledge, &mut Vec::new()) else { return false };
        let goes_on = |op: &&Op| {
            is_row_by_row(op) || matches!(op, Op::Scan(_) | Op::Lookup(_) | Op::Bin(_) | Op::FillNull(_))
        };
        matches!(ops.iter().find(|op| !goes_on(op)), Some(Op::Aggregate(_) | Op::Top(_)))
    }

    /// Runs a query over inputs.
    ///
    /// # Errors
    /// When the query is wrong (spans are in `text`), a budget is hit, or running fails.
    pub fn run(&self, text: &str, inputs: &Inputs, tally: &Arc<Tally>) -> Result<Answer> {
        let parsed = self.parse(text).map_err(Error::Query)?;
        let outcome = self.run_parsed(&parsed, inputs, tally, self.settings.pushdown)?;
        self.finish(&parsed, outcome)
    }

    /// Writes the tables of `outputlookup`, now that nothing else can fail.
    pub(crate) fn finish(&self, parsed: &Parsed, outcome: Outcome) -> Result<Answer> {
        self.knowledge.change(&outcome.changes).map_err(Error::Write)?;
        Ok(parsed.answer(outcome))
    }

    /// Runs a query and tells each command and how many rows it let through, in order. Every event is
    /// decoded for it.
    ///
    /// # Errors
    /// As [`Engine::run`].
    pub fn passed(&self, text: &str, inputs: &Inputs) -> Result<Vec<(&'static str, u64)>> {
        let parsed = self.parse(text).map_err(Error::Query)?;
        Ok(self.run_parsed(&parsed, inputs, &Arc::default(), false)?.passed)
    }

    fn run_parsed(
        &self,
        parsed: &Parsed,
        inputs: &Inputs,
        tally: &Arc<Tally>,
        pushdown: bool,
    ) -> Result<Outcome> {
        let (mut repeated, mut reads_once) = (BTreeSet::new(), false);
        for _ in 0..MAX_REPLANS {
            let outcome = self.in_session(async |session| {
                let planner = self.planner(session, inputs, tally, &repeated);
                let planner = if pushdown { planner.with_pushdown() } else { planner };
                let planner = if reads_once { planner.reading_once() } else { planner };
                Ok((self.rows(&parsed.ops, &planner).await?, planner.lost_what_it_found()))
            });
            let (outcome, lost) = outcome.map_err(|error| in_written(error, parsed))?;
            let more: BTreeSet<String> = tally.repeated().difference(&repeated).cloned().collect();
            if more.is_empty() && !lost {
                return Ok(outcome);
            }
            repeated.extend(more);
            reads_once |= lost;
            tally.restart();
        }
        Err(too_many_replans())
    }

    /// Runs a query over rows: those its search finds among them, or all if it starts with another command.
    ///
    /// # Errors
    /// As [`Engine::run`].
    pub fn run_on(&self, text: &str, given: &Given) -> Result<Answer> {
        let parsed = self.parse(text).map_err(Error::Query)?;
        let (inputs, tally, repeated) = (Inputs::default(), Arc::default(), BTreeSet::new());
        let outcome = self.in_session(async |session| {
            let planner = Planner::new(session, &self.settings, &self.knowledge, &inputs, tally, &repeated);
            let planner = planner.over(Some(given));
            self.rows(&parsed.ops, &planner).await
        });
        match outcome {
            Ok(outcome) => self.finish(&parsed, outcome),
            Err(error) => Err(in_written(error, &parsed)),
        }
    }

    pub(crate) fn parse(&self, text: &str) -> Result<Parsed, Vec<Diagnostic>> {
        let expanded = sluice_spl::macros::expand(text, &self.knowledge.macros)?;
        let parsed = sluice_spl::parse(&expanded.text);
        let mut warnings = parsed.diagnostics;
        if warnings.iter().any(Diagnostic::is_error) {
            return Err(original(warnings, &expanded));
        }
        let commands = sluice_spl::to_ops_by_command(&parsed.pipeline);
        let commands = commands.map_err(|errors| original(errors, &expanded))?;
        warnings.extend(sluice_spl::lint(&parsed.pipeline));
        let end = |end: &mut usize, ops: &Vec<Op>| {
            *end += ops.len();
            Some(*end)
        };
        let ends = commands.iter().scan(0, end).collect();
        let warnings = original(warnings, &expanded);
        Ok(Parsed { pipeline: parsed.pipeline, ops: commands.concat(), ends, warnings, expanded })
    }

    fn planner<'a>(
        &'a self,
        session: Arc<TaskContext>,
        inputs: &'a Inputs,
        tally: &Arc<Tally>,
        repeated: &'a BTreeSet<String>,
    ) -> Planner<'a> {
        Planner::new(session, &self.settings, &self.knowledge, inputs, Arc::clone(tally), repeated)
    }

    pub(crate) async fn rows(&self, ops: &[Op], planner: &Planner<'_>) -> Result<Outcome> {
        let (rel, counts) = planner.counted(ops).await?;
        let outcome = self.shown(ops, rel, planner).await?;
        let passed = counts.into_iter().map(|(name, count)| (name, count.load(Ordering::Relaxed))).collect();
        Ok(Outcome { passed, ..outcome })
    }

    /// Runs what gives the rows of a query's ops.
    pub(crate) async fn shown(&self, ops: &[Op], rel: Rel, planner: &Planner<'_>) -> Result<Outcome> {
        let rel = match self.settings.max_rows {
            Some(max) => {
                let first = sluice_spl::ops::Limit::First(max as u64);
                crate::lower::limit::lower(&first, rel, planner.context())?
            }
            None => rel,
        };
        let rel = crate::lower::show::shown(ops, rel, planner.context())?;
        let (kept, wide) = planner.kept(&rel).await?;
        let schema = wide.as_ref().map_or_else(|| rel.schema(), Wide::schema);
        let fields = stage::shown(schema, rel.has_rest());
        let rows = Rows::with_fields(&fields, &Arc::clone(schema), kept, wide)?;
        Ok(Outcome { rows, passed: Vec::new(), warnings: planner.warnings(), changes: planner.changes() })
    }

    /// What is made in a session of its own, within the time budget.
    fn in_session<T>(&self, run: impl AsyncFnOnce(Arc<TaskContext>) -> Result<T>) -> Result<T> {
        let stop = Stop::new(&self.settings);
        let session = session::context(&self.settings, &stop)?;
        runtime(self.settings.threads.max(1))?.block_on(stop.unless(run(session)))
    }
}

pub(crate) fn runtime(threads: usize) -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_time()
        .build()
        .map_err(|error| Error::Limit(format!("no threads: {error}")))
}

pub(crate) fn too_many_replans() -> Error {
    Error::Limit("new multivalue fields kept turning up".to_owned())
}

/// The error with its places in the text before macros were expanded.
pub(crate) fn in_written(error: Error, parsed: &Parsed) -> Error {
    match error {
        Error::Query(errors) => Error::Query(original(errors, &parsed.expanded)),
        other => other,
    }
}

/// What a run gave.
pub(crate) struct Outcome {
    rows: Rows,
    /// Each command and how many rows it let through.
    passed: Vec<(&'static str, u64)>,
    /// What planning found to be odd, with places in the expanded text.
    warnings: Vec<Diagnostic>,
    /// What becomes of lookup tables.
    changes: Vec<Change>,
}

/// A query that was read.
pub(crate) struct Parsed {
    pub(crate) pipeline: Pipeline,
    pub(crate) ops: Vec<Op>,
    /// Where the ops of each command end.
    pub(crate) ends: Vec<usize>,
    warnings: Vec<Diagnostic>,
    expanded: Expanded,
}

impl Parsed {
    /// Whether it may write a lookup table.
    pub(crate) fn writes(&self) -> bool {
        self.expanded.text.to_ascii_lowercase().contains("outputlookup")
    }

    fn answer(&self, outcome: Outcome) -> Answer {
        let mut warnings = self.warnings.clone();
        warnings.extend(original(outcome.warnings, &self.expanded));
        Answer { rows: outcome.rows, warnings }
    }
}

/// Diagnostics with their spans in the text before macros were expanded.
fn original(mut diagnostics: Vec<Diagnostic>, expanded: &Expanded) -> Vec<Diagnostic> {
    for diagnostic in &mut diagnostics {
        diagnostic.span = expanded.original(diagnostic.span);
    }
    diagnostics
}
