//! The door: a query's text in, rows out.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::execution::TaskContext;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use sluice_events::inputs::Inputs;
use sluice_events::tally::Tally;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::macros::Expanded;
use sluice_spl::ops::Op;
use tokio::runtime::Runtime;

use crate::error::{Error, Result};
use crate::given::Given;
use crate::knowledge::Knowledge;
use crate::lookup::folder::Change;
use crate::pass::Pass;
use crate::planner::{self, Planner};
use crate::rows::Rows;
use crate::settings::Settings;
use crate::{model, session, stage};

/// Runs queries with one set of settings and knowledge.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    knowledge: Knowledge,
}

/// The rows of a query.
#[derive(Debug)]
pub struct Answer {
    /// The rows in order.
    pub rows: Rows,
    /// What is odd about the query.
    pub warnings: Vec<Diagnostic>,
}

/// Bytes that a thread's stack may take.
const STACK: usize = 8 << 20;
/// Times a query is planned anew because a field turned out to have several values in one event.
const MAX_REPLANS: usize = 8;

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
        match self.block_on(self.plan_and_run(
            &parsed.ops,
            &Inputs::default(),
            &tally,
            &BTreeSet::new(),
            false,
        )) {
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

    /// Runs a query over inputs.
    ///
    /// # Errors
    /// When the query is wrong (spans are in `text`), a budget is hit, or running fails.
    pub fn run(&self, text: &str, inputs: &Inputs, tally: &Arc<Tally>) -> Result<Answer> {
        let parsed = self.parse(text).map_err(Error::Query)?;
        let outcome = self.run_parsed(&parsed, inputs, tally, self.settings.pushdown)?;
        self.finish(parsed, outcome)
    }

    /// Writes the tables of `outputlookup`, now that nothing else can fail.
    fn finish(&self, parsed: Parsed, outcome: Outcome) -> Result<Answer> {
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
        let mut repeated = BTreeSet::new();
        for _ in 0..MAX_REPLANS {
            let outcome = self.block_on(self.plan_and_run(&parsed.ops, inputs, tally, &repeated, pushdown));
            let outcome = outcome.map_err(|error| in_written(error, parsed))?;
            let more: BTreeSet<String> = tally.repeated().difference(&repeated).cloned().collect();
            if more.is_empty() {
                return Ok(outcome);
            }
            repeated.extend(more);
            tally.restart();
        }
        Err(too_many_replans())
    }

    /// The same while the inputs are read for other queries too.
    async fn run_within(&self, parsed: &Parsed, inputs: &Inputs, shared: &Shared<'_>) -> Result<Outcome> {
        for _ in 0..MAX_REPLANS {
            let repeated = shared.pass.repeated();
            let (session, tally) = (Arc::clone(&shared.session), Arc::default());
            let planner = Planner::new(session, &self.settings, &self.knowledge, inputs, tally, &repeated)
                .within(&shared.pass);
            let planner = if self.settings.pushdown { planner.with_pushdown() } else { planner };
            let outcome =
                self.rows(&parsed.ops, &planner).await.map_err(|error| in_written(error, parsed))?;
            let known = shared.pass.repeated();
            let more: BTreeSet<String> = known.difference(&repeated).cloned().collect();
            if planner.misjudged(&more).is_empty() {
                return Ok(outcome);
            }
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
        let outcome = self.block_on(async {
            let session = session::context(&self.settings)?;
            let planner = Planner::new(session, &self.settings, &self.knowledge, &inputs, tally, &repeated);
            let planner = planner.over(Some(given));
            self.rows(&parsed.ops, &planner).await
        });
        match outcome {
            Ok(outcome) => self.finish(parsed, outcome),
            Err(error) => Err(in_written(error, &parsed)),
        }
    }

    fn parse(&self, text: &str) -> Result<Parsed, Vec<Diagnostic>> {
        let expanded = sluice_spl::macros::expand(text, &self.knowledge.macros)?;
        let parsed = sluice_spl::parse(&expanded.text);
        let mut warnings = parsed.diagnostics;
        if warnings.iter().any(Diagnostic::is_error) {
            return Err(original(warnings, &expanded));
        }
        let ops = sluice_spl::to_ops(&parsed.pipeline).map_err(|errors| original(errors, &expanded))?;
        warnings.extend(sluice_spl::lint(&parsed.pipeline));
        Ok(Parsed { ops, warnings: original(warnings, &expanded), expanded })
    }

    async fn plan_and_run(
        &self,
        ops: &[Op],
        inputs: &Inputs,
        tally: &Arc<Tally>,
        repeated: &BTreeSet<String>,
        pushdown: bool,
    ) -> Result<Outcome> {
        let session = session::context(&self.settings)?;
        let planner =
            Planner::new(session, &self.settings, &self.knowledge, inputs, Arc::clone(tally), repeated);
        let planner = if pushdown { planner.with_pushdown() } else { planner };
        self.rows(ops, &planner).await
    }

    async fn rows(&self, ops: &[Op], planner: &Planner<'_>) -> Result<Outcome> {
        let (rel, counts) = planner.counted(ops).await?;
        let rel = match self.settings.max_rows {
            Some(max) => {
                let first = sluice_spl::ops::Limit::First(max as u64);
                crate::lower::limit::lower(&first, rel, planner.context())?
            }
            None => rel,
        };
        let rel = crate::lower::show::shown(ops, rel, planner.context())?;
        let batches = planner.collect(&rel).await?;
        let (schema, batches) = stage::widen(rel.schema(), &batches)?;
        let rows = Rows::with_fields(&stage::shown(&schema, rel.has_rest()), &schema, &batches)?;
        let passed = counts.into_iter().map(|(name, count)| (name, count.load(Ordering::Relaxed))).collect();
        Ok(Outcome { rows, passed, warnings: planner.warnings(), changes: planner.changes() })
    }

    /// One of many queries.
    async fn within(&self, text: &str, inputs: &Inputs, shared: &Shared<'_>) -> Result<(Parsed, Outcome)> {
        let parsed = self.parse(text).map_err(Error::Query)?;
        let outcome = self.in_time(self.run_within(&parsed, inputs, shared)).await?;
        Ok((parsed, outcome))
    }

    fn block_on<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        runtime(self.settings.threads.max(1))?.block_on(self.in_time(future))
    }

    async fn in_time<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(limit) = self.settings.timeout else { return future.await };
        let in_time = tokio::time::timeout(limit, future).await;
        in_time.unwrap_or_else(|_| Err(Error::Limit(format!("the time budget of {limit:?} is used up"))))
    }
}

fn runtime(threads: usize) -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_time()
        .build()
        .map_err(|error| Error::Limit(format!("no threads: {error}")))
}

fn too_many_replans() -> Error {
    Error::Limit("new multivalue fields kept turning up".to_owned())
}

/// The error with its places in the text before macros were expanded.
fn in_written(error: Error, parsed: &Parsed) -> Error {
    match error {
        Error::Query(errors) => Error::Query(original(errors, &parsed.expanded)),
        other => other,
    }
}

/// One of the queries of [`run_together`].
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// What it runs with. The settings of all queries are the same.
    pub engine: &'a Engine,
    /// Its text.
    pub text: &'a str,
}

/// Where the answer of a query goes.
type Found = Mutex<Option<Result<(Parsed, Outcome)>>>;

/// What the queries of [`run_together`] share.
struct Shared<'a> {
    pass: Pass<'a>,
    session: Arc<TaskContext>,
}

/// Runs queries over inputs that are read once for all of them: once more for each search that a query runs before
/// the rest of it, and behind a query that writes a lookup table, which those after it may read. `watch` is told of each
/// reading as it begins. Gives each query's answer, and what each reading counted.
pub fn run_together(
    queries: &[Query<'_>],
    inputs: &Inputs,
    watch: &(dyn Fn(&Arc<Tally>) + Sync),
) -> (Vec<Result<Answer>>, Vec<Arc<Tally>>) {
    let (mut answers, mut tallies) = (Vec::new(), Vec::new());
    for queries in queries.chunk_by(|before, _| !before.writes()) {
        let (more, read) = run_at_once(queries, inputs, watch);
        answers.extend(more);
        tallies.extend(read);
    }
    (answers, tallies)
}

impl Query<'_> {
    /// Whether it may write a lookup table.
    fn writes(&self) -> bool {
        let expanded = sluice_spl::macros::expand(self.text, &self.engine.knowledge.macros);
        expanded.is_ok_and(|expanded| expanded.text.to_ascii_lowercase().contains("outputlookup"))
    }
}

fn run_at_once(
    queries: &[Query<'_>],
    inputs: &Inputs,
    watch: &(dyn Fn(&Arc<Tally>) + Sync),
) -> (Vec<Result<Answer>>, Vec<Arc<Tally>>) {
    let Some(first) = queries.first() else { return (Vec::new(), Vec::new()) };
    let settings = &first.engine.settings;
    let threads = settings.threads.max(1);
    let started =
        session::context(settings).map_err(Error::from).and_then(|session| Ok((session, runtime(1)?)));
    let (session, runtime) = match started {
        Ok(started) => started,
        Err(error) => {
            let message = error.to_string();
            return (queries.iter().map(|_| Err(Error::Limit(message.clone()))).collect(), Vec::new());
        }
    };
    let splits = planner::splits(inputs, threads);
    let pass = Pass::new(queries.len(), splits, settings.input.clone(), threads, watch);
    let shared = Shared { pass, session };
    let found: Vec<Found> = queries.iter().map(|_| Mutex::default()).collect();
    let own = |core: usize| queries.iter().zip(&found).skip(core).step_by(threads);
    let end = |place: &Found, result| {
        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        shared.pass.ended();
    };
    let work = |core: usize| {
        let own = own(core).map(|(query, place)| async {
            end(place, query.engine.within(query.text, inputs, &shared).await);
        });
        let own: FuturesUnordered<_> = own.collect();
        runtime.block_on(async { futures::join!(own.collect::<Vec<()>>(), shared.pass.read()) });
    };
    std::thread::scope(|scope| {
        for core in 1..threads {
            // Planning nests as deep as a query's expressions do.
            let thread = std::thread::Builder::new().stack_size(STACK);
            if let Err(error) = thread.spawn_scoped(scope, move || work(core)) {
                shared.pass.without_core();
                own(core).for_each(|(_, place)| end(place, Err(Error::Limit(format!("no thread: {error}")))));
            }
        }
        work(0);
    });
    let answers = queries.iter().zip(found).map(|(query, place)| {
        let found = place.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (parsed, outcome) =
            found.unwrap_or_else(|| Err(Error::Limit("the query did not end".to_owned())))?;
        query.engine.finish(parsed, outcome)
    });
    let answers = answers.collect();
    (answers, shared.pass.tallies())
}

/// What a run gave.
struct Outcome {
    rows: Rows,
    /// Each command and how many rows it let through.
    passed: Vec<(&'static str, u64)>,
    /// What planning found to be odd, with places in the expanded text.
    warnings: Vec<Diagnostic>,
    /// What becomes of lookup tables.
    changes: Vec<Change>,
}

struct Parsed {
    ops: Vec<Op>,
    warnings: Vec<Diagnostic>,
    expanded: Expanded,
}

impl Parsed {
    fn answer(self, outcome: Outcome) -> Answer {
        let mut warnings = self.warnings;
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
