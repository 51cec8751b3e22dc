//! One reading of the inputs for many queries.
//!
//! Each query is planned and run as if alone, but where its plan begins with events it waits. Once all queries
//! wait or have ended, the inputs are read: for the fields of all, past the events that no query wants, and each
//! query is fed those that its filter may let pass, as they come. A query that reads anew, for a subsearch or
//! because a field turned out to have several values, waits for the next round.
//!
//! Queries and readers share the cores: each core reads, and runs its part of the queries in between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::{Array, ArrayRef, AsArray, ListBuilder, StringViewBuilder, StructBuilder, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::physical_plan::ExecutionPlan;
use sluice_events::field;
use sluice_events::filter::{Filter, Sorter};
use sluice_events::inputs::{Options, Split};
use sluice_events::request::{Request, Wanted, rest_fields};
use sluice_events::tally::Tally;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::kernel;
use crate::operator::{self, Events, Queue, Reading, Source};
use crate::value::Values;

/// Queries that are run together, and how far they are.
pub(crate) struct Pass<'a> {
    splits: Vec<Split>,
    options: Options,
    threads: AtomicUsize,
    /// Is cancelled when readers shall stop.
    stop: CancellationToken,
    /// Told of each round as it begins.
    watch: &'a (dyn Fn(&Arc<Tally>) + Sync),
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    /// Queries that have not ended.
    live: usize,
    /// Those of them that wait for the next round.
    waiting: usize,
    feeds: Vec<Feed>,
    rounds: Vec<Arc<Round>>,
    tallies: Vec<Arc<Tally>>,
}

/// What one query is fed.
struct Feed {
    request: Arc<Request>,
    sender: UnboundedSender<datafusion::common::Result<RecordBatch>>,
}

/// One reading.
struct Round {
    events: Arc<Events>,
    queue: Arc<Mutex<Queue>>,
    /// All feeds' filters.
    filter: Arc<Filter>,
    /// `None` once all was read.
    feeds: Mutex<Option<Arc<[Feed]>>>,
    /// Whether a core reads or has read.
    begun: AtomicBool,
    /// Cores that still read.
    reading: AtomicUsize,
}

impl<'a> Pass<'a> {
    /// For so many queries.
    pub(crate) fn new(
        queries: usize,
        splits: Vec<Split>,
        options: Options,
        threads: usize,
        stop: CancellationToken,
        watch: &'a (dyn Fn(&Arc<Tally>) + Sync),
    ) -> Self {
        let state =
            State { live: queries, waiting: 0, feeds: Vec::new(), rounds: Vec::new(), tallies: Vec::new() };
        let threads = AtomicUsize::new(threads);
        Self { splits, options, threads, stop, watch, state: Mutex::new(state), changed: Notify::new() }
    }

    /// The plan with its events as feeds, once these begin to come.
    pub(crate) async fn joined(&self, plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
        let mut feeds = Vec::new();
        let plan = plan
            .transform_up(|plan| {
                let Some(events) = operator::events_of(plan.as_ref()) else {
                    return Ok(Transformed::no(plan));
                };
                let (sender, receiver) = unbounded_channel();
                feeds.push(Feed { request: Arc::clone(&events.request), sender });
                let source = Source::Feed(events.request.schema(), Arc::new(Mutex::new(Some(receiver))));
                Ok(Transformed::yes(operator::source(source)))
            })
            .data()?;
        if !feeds.is_empty() {
            self.wait(feeds).await;
        }
        Ok(plan)
    }

    async fn wait(&self, feeds: Vec<Feed>) {
        let before = {
            let mut state = self.state();
            state.feeds.extend(feeds);
            state.waiting += 1;
            let before = state.rounds.len();
            self.begin(&mut state);
            before
        };
        loop {
            let changed = self.changed.notified();
            if self.state().rounds.len() != before {
                return;
            }
            changed.await;
        }
    }

    /// A query has ended.
    pub(crate) fn ended(&self) {
        let mut state = self.state();
        state.live -= 1;
        self.begin(&mut state);
        self.changed.notify_waiters();
    }

    /// A core is not there after all. None of its queries has begun.
    pub(crate) fn without_core(&self) {
        self.threads.fetch_sub(1, Ordering::AcqRel);
    }

    /// Fields of which some event had several values, as far as it is known.
    pub(crate) fn repeated(&self) -> BTreeSet<String> {
        self.state().tallies.iter().flat_map(|tally| tally.repeated()).collect()
    }

    /// The counts of each round.
    pub(crate) fn tallies(&self) -> Vec<Arc<Tally>> {
        self.state().tallies.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a round if all queries wait for it.
    fn begin(&self, state: &mut State) {
        if state.waiting == 0 || state.waiting < state.live {
            return;
        }
        // To make the text of every event costs more than to read again for the few queries that look into it: for
        // them alone, readers pass over most events before they make it.
        // The same goes for every field of an event.
        let feeds = std::mem::take(&mut state.feeds).into_iter();
        let (whole, parts): (Vec<_>, Vec<_>) = feeds.partition(|feed| feed.request.rest);
        let (texts, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(Feed::wants_text);
        for feeds in [others, texts, whole] {
            if !feeds.is_empty() {
                let round = self.round(feeds, state);
                state.rounds.push(Arc::new(round));
            }
        }
        state.waiting = 0;
        self.changed.notify_waiters();
    }

    fn round(&self, feeds: Vec<Feed>, state: &mut State) -> Round {
        let filters: Vec<_> = feeds.iter().map(|feed| feed.request.filter.clone()).collect();
        let filter = Arc::new(Filter::each_of(&filters));
        let mut fields = all_fields(&feeds);
        fields.push(Wanted::one(field::FILTERS));
        let request = Request {
            filter: (!filter.is_open()).then(|| Arc::clone(&filter)),
            fields,
            rest: feeds.iter().any(|feed| feed.request.rest),
            ..Request::default()
        };
        let tally = Arc::new(Tally::default());
        state.tallies.push(Arc::clone(&tally));
        let threads = self.threads.load(Ordering::Acquire);
        let read_ahead = self.splits.len() < threads;
        let events = Events {
            splits: Vec::new(),
            request: Arc::new(request),
            tally,
            options: Options { read_ahead, ..self.options.clone() },
            threads,
        };
        Round {
            events: Arc::new(events),
            queue: Arc::new(Mutex::new(operator::queue(&self.splits))),
            filter,
            feeds: Mutex::new(Some(feeds.into())),
            begun: AtomicBool::new(false),
            reading: AtomicUsize::new(threads),
        }
    }

    /// One core's part of all rounds, until all queries have ended.
    pub(crate) async fn read(&self) {
        let mut read = 0;
        loop {
            let changed = self.changed.notified();
            let (round, live) = {
                let state = self.state();
                (state.rounds.get(read).cloned(), state.live)
            };
            match round {
                Some(round) => {
                    read += 1;
                    if !round.begun.swap(true, Ordering::AcqRel) {
                        (self.watch)(&round.events.tally);
                    }
                    round.read(self.stop.clone()).await;
                }
                None if live == 0 => return,
                None => changed.await,
            }
        }
    }
}

fn all_fields(feeds: &[Feed]) -> Vec<Wanted> {
    let mut fields: BTreeMap<&str, bool> = BTreeMap::new();
    for wanted in feeds.iter().flat_map(|feed| &feed.request.fields) {
        *fields.entry(&wanted.name).or_default() |= wanted.multi;
    }
    fields.into_iter().map(|(name, multi)| Wanted { name: name.to_owned(), multi }).collect()
}

impl Round {
    async fn read(&self, stop: CancellationToken) {
        let Some(feeds) = self.feeds.lock().unwrap_or_else(PoisonError::into_inner).clone() else { return };
        let mut reading = Reading::new(Arc::clone(&self.events), Arc::clone(&self.queue), stop);
        let mut sorter = Sorter::new(Arc::clone(&self.filter));
        while feeds.iter().any(|feed| !feed.sender.is_closed()) {
            match reading.next() {
                Ok(Some(batch)) => deliver(&batch, &feeds, &mut sorter),
                Ok(None) => break,
                Err(error) => {
                    let error = Arc::new(error);
                    for feed in feeds.iter() {
                        // Whoever has ended needs no error.
                        let _ = feed
                            .sender
                            .send(Err(datafusion::common::DataFusionError::Shared(Arc::clone(&error))));
                    }
                    break;
                }
            }
            // Now the queries that were fed.
            tokio::task::yield_now().await;
        }
        drop(feeds);
        if self.reading.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.feeds.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

fn deliver(batch: &RecordBatch, feeds: &[Feed], sorter: &mut Sorter) {
    let sorted = sorter.sort(batch);
    for (feed, rows) in feeds.iter().zip(sorted) {
        let rows = rows.filter(|rows| rows.len() < batch.num_rows());
        if feed.sender.is_closed() || rows.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        // Whoever has ended needs no more.
        let _ = feed.sender.send(feed.part(batch, rows));
    }
}

impl Feed {
    /// Whether it is one of the few queries that look into the text of events.
    fn wants_text(&self) -> bool {
        self.request.filter.is_some() && self.request.fields.iter().any(|wanted| wanted.name == field::RAW)
    }

    /// These rows of a batch, or all.
    fn part(&self, batch: &RecordBatch, rows: Option<Vec<u32>>) -> datafusion::common::Result<RecordBatch> {
        let taken = |batch: &RecordBatch| match rows {
            Some(rows) => take_record_batch(batch, &UInt32Array::from(rows)),
            None => Ok(batch.clone()),
        };
        // The rest is put together for few rows, while other columns are shared.
        if self.request.rest { self.columns(&taken(batch)?) } else { Ok(taken(&self.columns(batch)?)?) }
    }

    /// The columns of a batch that it asked for.
    fn columns(&self, batch: &RecordBatch) -> datafusion::common::Result<RecordBatch> {
        let rows = batch.num_rows();
        let columns = self.request.fields.iter().map(|wanted| {
            let column = batch.column_by_name(&wanted.name);
            let column = column.map_or_else(|| kernel::nulls(&wanted.data_type(), rows), Arc::clone);
            if *column.data_type() == wanted.data_type() { Ok(column) } else { first_values(&column) }
        });
        let mut columns = columns.collect::<datafusion::common::Result<Vec<_>>>()?;
        if self.request.rest {
            columns.push(self.rest(batch)?);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(self.request.schema(), columns, &options)?)
    }
}

impl Feed {
    /// The fields that it did not name: those that no query named, and those that only others did.
    fn rest(&self, batch: &RecordBatch) -> datafusion::common::Result<ArrayRef> {
        let is_own = |name: &str| self.request.fields.iter().any(|wanted| wanted.name == name);
        let schema = batch.schema();
        let others = schema.fields().iter().zip(batch.columns());
        let others = others.filter(|(field, _)| !field::is_metadata(field.name()) && !is_own(field.name()));
        let others = others
            .map(|(field, column)| Ok((field.name().as_str(), Values::new(column)?)))
            .collect::<datafusion::common::Result<Vec<_>>>()?;
        let unnamed = batch.column_by_name(field::REST).and_then(|rest| rest.as_list_opt::<i32>());
        let mut all = ListBuilder::new(StructBuilder::from_fields(rest_fields(), 0));
        for row in 0..batch.num_rows() {
            let mut put = |name: &str, value: &str| {
                let entry = all.values();
                for (at, text) in [name, value].into_iter().enumerate() {
                    if let Some(texts) = entry.field_builder::<StringViewBuilder>(at) {
                        texts.append_value(text);
                    }
                }
                entry.append(true);
            };
            if let Some(unnamed) = unnamed {
                let entries = unnamed.value(row);
                let entries = entries.as_struct();
                let (names, values) =
                    (entries.column(0).as_string_view(), entries.column(1).as_string_view());
                names.iter().zip(values).for_each(|(name, value)| {
                    put(name.unwrap_or_default(), value.unwrap_or_default());
                });
            }
            for (name, values) in &others {
                values.cell(row).texts().iter().for_each(|text| put(name, text));
            }
            all.append(true);
        }
        Ok(Arc::new(all.finish()))
    }
}

/// The first of each row's values: another query asked for all.
fn first_values(column: &ArrayRef) -> datafusion::common::Result<ArrayRef> {
    let values = Values::new(column)?;
    Ok(kernel::texts(column.len(), |row| values.cell(row).texts().into_iter().next()))
}
