//! Many queries over inputs that are read once for all of them. Where queries begin alike, up to a command that
//! gathers rows and beyond, the beginning is run once, and each goes on with its rows.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::common::DataFusionError;
use datafusion::execution::TaskContext;
use futures::StreamExt;
use futures::future::{LocalBoxFuture, join_all};
use futures::stream::FuturesUnordered;
use sluice_events::inputs::Inputs;
use sluice_events::tally::Tally;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::Op;
use tokio::sync::mpsc::unbounded_channel;

use crate::alike::{Branch, branches};
use crate::error::{Error, Result};
use crate::operator::{self, Source};
use crate::pass::Pass;
use crate::plan::Rel;
use crate::planner::{self, Planner};
use crate::query::{Answer, Engine, MAX_REPLANS, Outcome, Parsed, in_written, runtime, too_many_replans};
use crate::session;
use crate::stop::Stop;

/// Bytes that a thread's stack may take.
const STACK: usize = 8 << 20;

/// One of the queries of [`run_together`].
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// What it runs with. The settings of all queries are the same.
    pub engine: &'a Engine,
    /// Its text.
    pub text: &'a str,
}

/// Runs queries over inputs that are read once for all of them: once more for each search that a query runs before
/// the rest of it, and behind a query that writes a lookup table, which those after it may read. `watch` is told of each
/// reading as it begins. Gives each query's answer, and what each reading counted.
pub fn run_together(
    queries: &[Query<'_>],
    inputs: &Inputs,
    watch: &(dyn Fn(&Arc<Tally>) + Sync),
) -> (Vec<Result<Answer>>, Vec<Arc<Tally>>) {
    let parsed = parsed(queries);
    let (mut answers, mut tallies) = (Vec::new(), Vec::new());
    for queries in parsed.chunk_by(|(_, before), _| !before.as_ref().is_ok_and(Parsed::writes)) {
        let (more, read) = run_at_once(queries, inputs, watch);
        answers.extend(more);
        tallies.extend(read);
    }
    (answers, tallies)
}

/// The queries as far as they can be read, each core some of them.
fn parsed<'a>(queries: &[Query<'a>]) -> Vec<Read<'a>> {
    let parse = |query: &Query<'a>| (query.engine, query.engine.parse(query.text));
    let threads = queries.first().map_or(1, |query| query.engine.settings.threads.max(1));
    if queries.len() == 1 || threads == 1 {
        return queries.iter().map(parse).collect();
    }
    let parts = queries.chunks(queries.len().div_ceil(threads).max(1));
    std::thread::scope(|scope| {
        let parts: Vec<_> = parts
            .map(|part| {
                // Reading nests as deep as a query's expressions do.
                let thread = std::thread::Builder::new().stack_size(STACK);
                let parsing = thread.spawn_scoped(scope, || part.iter().map(parse).collect::<Vec<_>>());
                (part, parsing)
            })
            .collect();
        let here = |part: &[Query<'a>]| part.iter().map(parse).collect();
        let parsed = parts.into_iter().map(|(part, parsing)| match parsing {
            Ok(parsing) => parsing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => here(part),
        });
        parsed.flatten().collect()
    })
}

/// A query as far as it could be read.
type Read<'a> = (&'a Engine, Result<Parsed, Vec<Diagnostic>>);

/// Where the outcome of a query goes.
type Found = Mutex<Option<Result<Outcome>>>;

fn run_at_once(
    queries: &[Read<'_>],
    inputs: &Inputs,
    watch: &(dyn Fn(&Arc<Tally>) + Sync),
) -> (Vec<Result<Answer>>, Vec<Arc<Tally>>) {
    let Some((first, _)) = queries.first() else { return (Vec::new(), Vec::new()) };
    let settings = &first.settings;
    let threads = settings.threads.max(1);
    let stop = Stop::new(settings);
    let started = session::context(settings, &stop)
        .map_err(Error::from)
        .and_then(|session| Ok((session, runtime(threads)?)));
    let (session, runtime) = match started {
        Ok(started) => started,
        Err(error) => {
            let message = error.to_string();
            return (queries.iter().map(|_| Err(Error::Limit(message.clone()))).collect(), Vec::new());
        }
    };
    let splits = planner::splits(inputs, threads);
    let readable: Vec<_> = queries
        .iter()
        .enumerate()
        .filter_map(|(at, (engine, parsed))| Some((at, *engine, parsed.as_ref().ok()?)))
        .collect();
    let trees = branches(&readable);
    let pass = Pass::new(trees.len(), splits, settings.input.clone(), threads, stop.token(), watch);
    let shared = Shared { queries, pass, session, inputs };
    let found: Vec<Found> = queries.iter().map(|_| Mutex::default()).collect();
    let own = |core: usize| trees.iter().skip(core).step_by(threads);
    // What a query has ended with stays, whatever becomes of the others of its tree.
    let put = |at: usize, outcome: Result<Outcome>| {
        if let Some(place) = found.get(at) {
            let outcome = outcome.map_err(|error| stop.explained(error));
            place.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(outcome);
        }
    };
    let work = |core: usize| {
        let own = own(core).map(|tree| async {
            let run = async {
                shared.tree(tree, &put).await;
                Ok(())
            };
            if let Err(error) = stop.unless(run).await {
                let why = match error {
                    Error::Limit(why) => why,
                    other => other.to_string(),
                };
                tree.queries().into_iter().for_each(|at| put(at, Err(Error::Limit(why.clone()))));
            }
            shared.pass.ended();
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
                for tree in own(core) {
                    for at in tree.queries() {
                        put(at, Err(Error::Limit(format!("no thread: {error}"))));
                    }
                    shared.pass.ended();
                }
            }
        }
        work(0);
    });
    let tallies = shared.pass.tallies();
    let answers = queries.iter().zip(found).map(|((engine, parsed), found)| {
        let parsed = parsed.as_ref().map_err(|errors| Error::Query(errors.clone()))?;
        let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        let outcome = found.unwrap_or_else(|| Err(Error::Limit("the query did not end".to_owned())))?;
        engine.finish(parsed, outcome)
    });
    (answers.collect(), tallies)
}

/// What the queries share.
struct Shared<'a> {
    queries: &'a [Read<'a>],
    pass: Pass<'a>,
    session: Arc<TaskContext>,
    inputs: &'a Inputs,
}

/// The outcomes of a branch's queries; `None` if what they share went wrong, or a field was misjudged.
type Outcomes = Option<Vec<(usize, Result<Outcome>)>>;

impl Shared<'_> {
    /// Runs a tree's queries, and puts what each ends with in its place.
    async fn tree(&self, tree: &Branch, put: &impl Fn(usize, Result<Outcome>)) {
        if let Branch::Stem { .. } = tree {
            let repeated = self.pass.repeated();
            if let Some(outcomes) = self.branch(tree, 0, None, &repeated).await {
                return outcomes.into_iter().for_each(|(at, outcome)| put(at, outcome));
            }
        }
        // Each says by itself, at its own places, what is wrong.
        for at in tree.queries() {
            put(at, self.alone(at).await);
        }
    }

    /// A query that shares nothing but the reading.
    async fn alone(&self, at: usize) -> Result<Outcome> {
        let (engine, parsed) = self.query(at)?;
        for _ in 0..MAX_REPLANS {
            let repeated = self.pass.repeated();
            let planner = self.planner(engine, &repeated);
            let outcome =
                engine.rows(&parsed.ops, &planner).await.map_err(|error| in_written(error, parsed))?;
            if self.is_right(&planner, &repeated) {
                return Ok(outcome);
            }
        }
        Err(too_many_replans())
    }

    fn query(&self, at: usize) -> Result<(&Engine, &Parsed)> {
        match self.queries.get(at) {
            Some((engine, Ok(parsed))) => Ok((engine, parsed)),
            Some((_, Err(errors))) => Err(Error::Query(errors.clone())),
            None => Err(Error::Limit("there is no such query".to_owned())),
        }
    }

    fn planner<'b>(&'b self, engine: &'b Engine, repeated: &'b BTreeSet<String>) -> Planner<'b> {
        let session = Arc::clone(&self.session);
        let planner =
            Planner::new(session, &engine.settings, &engine.knowledge, self.inputs, Arc::default(), repeated)
                .within(&self.pass);
        if engine.settings.pushdown { planner.with_pushdown() } else { planner }
    }

    /// Whether no field that a query took for a single one turned out to have several values.
    fn is_right(&self, planner: &Planner<'_>, repeated: &BTreeSet<String>) -> bool {
        let known = self.pass.repeated();
        planner.misjudged(&known.difference(repeated).cloned().collect()).is_empty()
    }

    /// A branch that goes on with rows behind so many of its ops.
    fn branch<'b>(
        &'b self,
        branch: &'b Branch,
        from: usize,
        rel: Option<Rel>,
        repeated: &'b BTreeSet<String>,
    ) -> LocalBoxFuture<'b, Outcomes> {
        Box::pin(async move {
            match branch {
                Branch::Query(at) => {
                    let (engine, parsed) = self.query(*at).ok()?;
                    let planner = self.planner(engine, repeated).on_any_core();
                    let run = async {
                        let rel = planner.onward(&parsed.ops, from..parsed.ops.len(), rel).await?;
                        engine.shown(&parsed.ops, rel.in_order()?, &planner).await
                    };
                    let outcome = run.await.map_err(|error| in_written(error, parsed));
                    Some(vec![(*at, outcome)])
                }
                Branch::Stem { query, ops, branches } => {
                    let (engine, parsed) = self.query(*query).ok()?;
                    let tails = self.tails(branch, *ops);
                    let planner = self.planner(engine, repeated).shared_by(tails);
                    let run = async {
                        // No field that is used behind it is one of the events.
                        let ops = parsed.ops.get(..*ops).unwrap_or(&parsed.ops);
                        let rel = planner.onward(ops, from..ops.len(), rel).await?;
                        self.stem(rel, ops.len(), &planner, branches, repeated).await
                    };
                    let outcomes = run.await;
                    let is_sound = planner.warnings().is_empty() && self.is_right(&planner, repeated);
                    outcomes.ok().flatten().filter(|_| is_sound)
                }
            }
        })
    }

    /// How the queries of a branch go on behind so many of their ops.
    fn tails<'b>(&'b self, branch: &Branch, ops: usize) -> Vec<&'b [Op]> {
        let queries = branch.queries().into_iter().filter_map(|at| self.query(at).ok());
        queries.map(|(_, parsed)| parsed.ops.get(ops..).unwrap_or_default()).collect()
    }

    /// Runs what branches share, and with its rows the branches.
    async fn stem(
        &self,
        rel: Rel,
        ops: usize,
        planner: &Planner<'_>,
        branches: &[Branch],
        repeated: &BTreeSet<String>,
    ) -> Result<Outcomes> {
        let (order, sorted) = (rel.order, rel.sorted);
        let (mut senders, mut runs) = (Vec::new(), Vec::new());
        for branch in branches {
            let (sender, receiver) = unbounded_channel();
            senders.push(sender);
            let source = Source::Feed(Arc::clone(rel.schema()), Arc::new(Mutex::new(Some(receiver))));
            let fed = Rel::new(operator::source(source), order, sorted)?;
            runs.push(self.branch(branch, ops, Some(fed), repeated));
        }
        let feed = async {
            let mut rows = planner.stream(&rel).await?;
            while let Some(batch) = rows.next().await {
                match batch {
                    // Whoever has ended needs no more.
                    Ok(batch) => senders.iter().for_each(|sender| drop(sender.send(Ok(batch.clone())))),
                    Err(error) => {
                        let error = Arc::new(error);
                        for sender in &senders {
                            drop(sender.send(Err(DataFusionError::Shared(Arc::clone(&error)))));
                        }
                        return Err(Error::from(DataFusionError::Shared(error)));
                    }
                }
            }
            drop(senders);
            Ok(())
        };
        let (fed, outcomes) = futures::join!(feed, join_all(runs));
        fed?;
        let outcomes: Option<Vec<_>> = outcomes.into_iter().collect();
        Ok(outcomes.map(|outcomes| outcomes.into_iter().flatten().collect()))
    }
}
