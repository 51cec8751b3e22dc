//! Ops → rows. A query is planned op by op; where an op must know fields that only the data shows, the
//! plan so far is run and the rest is planned on its rows.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arrow::record_batch::RecordBatch;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::{ExecutionPlan, collect, execute_stream};
use futures::StreamExt;
use sluice_events::filter::Filter as EventFilter;
use sluice_events::inputs::{Inputs, Split};
use sluice_events::request::{Places, Request};
use sluice_events::tally::Tally;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{FillNull, Filter, Join, Limit, Op, Scan, Union};
use sluice_spl::span::Span;
use sluice_spl::tree::SearchKind;

use crate::asked::{floor, is_unordered, needs_fields};
use crate::error::{Error, Result};
use crate::given::Given;
use crate::held::{Held, Kept};
use crate::kernel::Context;
use crate::knowledge::{ASIDE, Knowledge, is_label};
use crate::lookup::folder::Change;
use crate::lower;
use crate::lower::scan::{Shortcuts, TimeRange};
use crate::model;
use crate::needed::Needed;
use crate::operator::{self, Count};
use crate::pass::Pass;
use crate::plan::Rel;
use crate::settings::Settings;
use crate::stage::{RestNames, Wide};
use crate::{command, narrow, pushdown, reread, stage, subsearch};

/// Bytes of an input that one core reads at a time: at least …
const SMALLEST_SPLIT: u64 = 4 << 20;
/// … and at most these, so that all cores end at about the same time.
const LARGEST_SPLIT: u64 = 16 << 20;
/// Parts a core, so that all cores end at about the same time.
const SPLITS_A_CORE: u64 = 16;

/// Everything that planning a query needs.
pub(crate) struct Planner<'a> {
    session: Arc<TaskContext>,
    settings: &'a Settings,
    context: Context,
    pub(crate) knowledge: &'a Knowledge,
    inputs: &'a Inputs,
    tally: Arc<Tally>,
    /// Fields that some event has several values of.
    repeated: &'a BTreeSet<String>,
    /// Rows in place of inputs.
    given: Option<&'a Given>,
    /// Readers are told what the query asks of an event.
    pushdown: bool,
    /// What a reading for places lost; `None`: there was none.
    lost: OnceLock<u64>,
    /// Inputs are read no second time for what was found in the first.
    reads_once: bool,
    /// Queries that the inputs are read for together.
    pass: Option<&'a Pass<'a>>,
    /// How each of several queries goes on that share the rows of this one; none: it is for itself.
    tails: Vec<&'a [Op]>,
    /// It goes on with rows that others share: whatever core is free runs it.
    is_branch: bool,
    /// Where joins stand whose other rows are had first.
    behind_few: Mutex<Vec<Span>>,
    /// Tables of subsearches that have been run, each by its ops.
    tables: Mutex<Vec<(Vec<Op>, Rel)>>,
    /// Fields that were asked for as single ones.
    asked: Mutex<BTreeSet<String>>,
    /// All fields were asked for: others may have asked for one as a single one.
    asked_all: AtomicBool,
    /// What is odd about the query, as far as planning it shows.
    warnings: Mutex<Vec<Diagnostic>>,
    /// Lookup tables as `outputlookup` makes them, to be written when the query has run.
    changes: Mutex<Vec<Change>>,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(
        session: Arc<TaskContext>,
        settings: &'a Settings,
        knowledge: &'a Knowledge,
        inputs: &'a Inputs,
        tally: Arc<Tally>,
        repeated: &'a BTreeSet<String>,
    ) -> Self {
        Self {
            session,
            settings,
            context: settings.context(),
            knowledge,
            inputs,
            tally,
            repeated,
            given: None,
            pushdown: false,
            lost: OnceLock::new(),
            reads_once: false,
            pass: None,
            tails: Vec::new(),
            is_branch: false,
            behind_few: Mutex::default(),
            tables: Mutex::default(),
            asked: Mutex::default(),
            asked_all: AtomicBool::new(false),
            warnings: Mutex::default(),
            changes: Mutex::default(),
        }
    }

    /// The same, where readers pass over events that the query's conditions rule out.
    pub(crate) fn with_pushdown(mut self) -> Self {
        self.pushdown = true;
        self
    }

    /// The same, where nothing is read a second time for what was found in the first.
    pub(crate) fn reading_once(mut self) -> Self {
        self.reads_once = true;
        self
    }

    /// What readers count.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// A first reading lost so much, and found the events to be read whole.
    pub(crate) fn found_having_lost(&self, lost: u64) {
        self.lost.get_or_init(|| lost);
    }

    /// Whether some event that a first reading found turned out to be damaged when it was read whole: then others
    /// should have been found.
    pub(crate) fn lost_what_it_found(&self) -> bool {
        self.lost.get().is_some_and(|before| self.tally.losses().1 > *before)
    }

    /// The same, where the inputs are read for other queries too.
    pub(crate) fn within(mut self, pass: &'a Pass<'a>) -> Self {
        self.pass = Some(pass);
        self
    }

    /// The same, where its rows are for several queries, which go on by these ops.
    pub(crate) fn shared_by(mut self, tails: Vec<&'a [Op]>) -> Self {
        self.tails = tails;
        self
    }

    /// The same, where it goes on with rows that it shares with others.
    pub(crate) fn on_any_core(mut self) -> Self {
        self.is_branch = self.settings.threads > 1;
        self
    }

    /// Whether the rows before a join are had before those of its subsearch.
    pub(crate) fn is_behind_few_rows(&self, join: &Join) -> bool {
        self.behind_few.lock().unwrap_or_else(PoisonError::into_inner).contains(&join.span)
    }

    /// The rows that ops have where no event is. What is odd about them is said.
    pub(crate) async fn without_events(&self, join: &Join) -> Result<Rel> {
        let nothing = Given::from_json(&[])?;
        let (session, settings) = (Arc::clone(&self.session), self.settings);
        let planner =
            Planner::new(session, settings, self.knowledge, self.inputs, Arc::default(), self.repeated);
        let planner = planner.over(Some(&nothing));
        let rel = lower::beside::table(&join.ops, None, join.span, &planner).await?;
        planner.warnings().into_iter().for_each(|warning| self.warn(warning));
        Ok(rel)
    }

    /// The table of a subsearch that was run before, if it was.
    pub(crate) fn known_table(&self, ops: &[Op]) -> Option<Rel> {
        let tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.iter().find(|(known, _)| known == ops).map(|(_, rel)| rel.clone())
    }

    /// Remembers the table of a subsearch.
    pub(crate) fn remember_table(&self, ops: Vec<Op>, table: Rel) {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner).push((ops, table));
    }

    /// Fields that were asked for as single ones and of which some event has several values.
    pub(crate) fn misjudged(&self, repeated: &BTreeSet<String>) -> BTreeSet<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if self.asked_all.load(Ordering::Relaxed) {
            repeated.clone()
        } else {
            asked.intersection(repeated).cloned().collect()
        }
    }

    /// The inputs' parts and the counts for a request; where many are read for together, both are not its own.
    pub(crate) fn reading(&self, request: &Request) -> (Vec<Split>, Arc<Tally>) {
        let single = request.fields.iter().filter(|wanted| !wanted.multi).map(|wanted| wanted.name.clone());
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).extend(single);
        if request.rest {
            self.asked_all.store(true, Ordering::Relaxed);
        }
        // Where many are read for together, the inputs are not its own.
        let splits = if self.pass.is_some() { Vec::new() } else { self.splits() };
        (splits, Arc::clone(&self.tally))
    }

    /// The same over given rows.
    pub(crate) fn over(mut self, given: Option<&'a Given>) -> Self {
        self.given = given;
        self
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn settings(&self) -> &Settings {
        self.settings
    }

    /// What planning found to be odd.
    pub(crate) fn warnings(&self) -> Vec<Diagnostic> {
        self.warnings.lock().map(|warnings| warnings.clone()).unwrap_or_default()
    }

    /// Says that something is odd.
    pub(crate) fn warn(&self, warning: Diagnostic) {
        if let Ok(mut warnings) = self.warnings.lock() {
            warnings.push(warning);
        }
    }

    /// The lookup tables that change when the query has run.
    pub(crate) fn changes(&self) -> Vec<Change> {
        self.changes.lock().map(|changes| changes.clone()).unwrap_or_default()
    }

    /// Says that a lookup table changes.
    pub(crate) fn change(&self, change: Change) {
        if let Ok(mut changes) = self.changes.lock() {
            changes.push(change);
        }
    }

    /// The ops with subsearches replaced by what they find, and a dataset by what gives its events.
    async fn prepared<'o>(&self, ops: &'o [Op]) -> Result<Cow<'o, [Op]>> {
        let ops = subsearch::replace_all(ops, self).await?;
        let first = narrow::behind_few_rows(&ops).filter(|_| self.pushdown);
        self.behind_few.lock().unwrap_or_else(PoisonError::into_inner).extend(first.map(|join| join.span));
        let mut found = Vec::new();
        let expanded = model::expand(&ops, self.knowledge, &mut found)?;
        if let Ok(mut warnings) = self.warnings.lock() {
            warnings.extend(found);
        }
        Ok(match expanded {
            Cow::Owned(ops) => Cow::Owned(ops),
            Cow::Borrowed(_) => ops,
        })
    }

    pub(crate) fn is_repeated(&self, field: &str) -> bool {
        self.repeated.contains(field)
    }

    /// The inputs that have a reader, cut into parts, in reading order.
    fn splits(&self) -> Vec<Split> {
        splits(self.inputs, self.settings.threads)
    }

    /// Runs a plan and gives its rows.
    pub(crate) async fn collect(&self, rel: &Rel) -> Result<Vec<RecordBatch>> {
        Ok(collect(self.ready(rel).await?, Arc::clone(&self.session)).await?)
    }

    /// What plans run in.
    pub(crate) fn session(&self) -> &Arc<TaskContext> {
        &self.session
    }

    /// Runs a plan and keeps its rows within the memory budget, with what makes columns of the fields that nobody named.
    pub(crate) async fn kept(&self, rel: &Rel) -> Result<(Kept, Option<Wide>)> {
        let mut rows = self.stream(rel).await?;
        let mut held = Held::new("rows", rows.schema(), &self.session);
        let mut names = RestNames::default();
        while let Some(batch) = rows.next().await.transpose()? {
            names.add(&batch);
            held.push(batch)?;
        }
        Ok((held.finish()?, names.wide(rel.schema())))
    }

    /// Runs a plan and gives its rows as they come.
    pub(crate) async fn stream(&self, rel: &Rel) -> Result<SendableRecordBatchStream> {
        let rows = execute_stream(self.ready(rel).await?, Arc::clone(&self.session))?;
        Ok(if self.is_branch { elsewhere(rows) } else { rows })
    }

    /// The plan, and its inputs where others read them too.
    async fn ready(&self, rel: &Rel) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = rel.clone().plan();
        let (plan, threads) = match self.pass {
            // Queries share the cores, and each has one at a time; what several of them wait for takes what is free.
            Some(pass) => {
                let threads = if self.tails.is_empty() { 1 } else { self.settings.threads.max(1) };
                (pass.joined(plan).await?, threads)
            }
            None => (plan, self.settings.threads.max(1)),
        };
        let plan = if self.settings.memory.is_some() { operator::compacted(plan)? } else { plan };
        Ok(operator::distributed(plan, threads)?)
    }

    /// The rows of a query's ops, in order; the rows that each op lets through are counted.
    pub(crate) async fn counted(&self, ops: &[Op]) -> Result<(Rel, Vec<(&'static str, Arc<AtomicU64>)>)> {
        let ops = self.prepared(ops).await?;
        let mut counts = Vec::new();
        let mut rel = None;
        for (at, op) in ops.iter().enumerate() {
            let given = self.op(&ops, at, rel).await?;
            let count = Arc::new(AtomicU64::new(0));
            rel = Some(given.through(Arc::new(Count(Arc::clone(&count))))?);
            counts.push((command::of(op), count));
        }
        Ok((rel.ok_or_else(no_command)?.in_order()?, counts))
    }

    /// The rows of ops, in order.
    async fn rows(&self, ops: &[Op]) -> Result<Rel> {
        let ops = self.prepared(ops).await?;
        self.onward(&ops, 0..ops.len(), None).await?.in_order()
    }

    /// The rows of some of a query's ops that go on with rows; no subsearch is among them.
    pub(crate) async fn onward(&self, ops: &[Op], places: Range<usize>, rel: Option<Rel>) -> Result<Rel> {
        let mut rel = rel;
        for at in places {
            rel = Some(self.op(ops, at, rel).await?);
        }
        rel.ok_or_else(no_command)
    }

    /// The same, from code that is itself part of planning ops.
    pub(crate) fn nested<'b>(
        &'b self,
        ops: &'b [Op],
    ) -> Pin<Box<dyn Future<Output = Result<Rel>> + Send + 'b>> {
        Box::pin(self.rows(ops))
    }

    /// The rows of the first of ops, which begin with events; readers are asked for what all of them need.
    pub(crate) fn beginning<'b>(
        &'b self,
        ops: &'b [Op],
        count: usize,
    ) -> Pin<Box<dyn Future<Output = Result<Rel>> + Send + 'b>> {
        Box::pin(self.onward(ops, 0..count, None))
    }

    /// The rows of ops that go on with rows, as those in the brackets of `appendpipe` do.
    pub(crate) fn piped<'b>(
        &'b self,
        ops: &'b [Op],
        rel: Rel,
    ) -> Pin<Box<dyn Future<Output = Result<Rel>> + Send + 'b>> {
        Box::pin(async move {
            let ops = subsearch::replace_all(ops, self).await?;
            self.onward(&ops, 0..ops.len(), Some(rel)).await
        })
    }

    /// The rows of the op at a place among `ops`, over the rows of those before it.
    async fn op(&self, ops: &[Op], at: usize, input: Option<Rel>) -> Result<Rel> {
        let Some((op, rest)) = ops.get(at..).and_then(<[Op]>::split_first) else { return Err(no_command()) };
        let context = &self.context;
        let mut rel = match (op, input) {
            (Op::Scan(scan), None) => {
                // Where many are read for together, one more reading is for all of them.
                let is_alone = self.pushdown && self.pass.is_none() && self.given.is_none();
                let reads_twice = is_alone && !self.reads_once;
                let places = if reads_twice { reread::places(scan, rest, self).await? } else { None };
                let joined = if self.pushdown && self.given.is_none() {
                    Box::pin(lower::join::ahead(rest, self)).await?
                } else {
                    None
                };
                return self.scan(scan.clone(), joined.as_deref().unwrap_or(rest), places);
            }
            (Op::DescribeModel(describe), None) => return model::describe::lower(describe, self.knowledge),
            (Op::Values(values), None) => return lower::values::lower(values, context),
            (Op::ReadLookup(read), None) => return lower::lookup::read(read, self.knowledge, context),
            (Op::ReadLookup(read), Some(rel)) => {
                let rows = lower::lookup::read(read, self.knowledge, context)?;
                return self.union(rel, rows, false).await;
            }
            (Op::Set(set), None) => return lower::set::lower(set, self).await,
            (Op::Union(union), None) if union.first || self.given.is_none() => {
                return self.dataset(union).await;
            }
            (_, Some(rel)) => rel,
            (_, None) if let Some(given) = self.given => lower::scan::all_given(given)?,
            (_, None) => return Err(Error::Limit("the query does not start with events".to_owned())),
        };
        if rel.has_rest() && needs_fields(op) {
            rel = stage::with_all_fields(rel, self).await?;
        }
        match op {
            Op::Filter(Filter::Where(expr)) if lower::lookup_call::is_in(expr) => {
                let mut expr = expr.clone();
                let rel = lower::lookup_call::prepare(&mut expr, rel, self.knowledge, context)?;
                lower::lookup_call::finish(lower::filter::lower(&Filter::Where(expr), rel, context)?)
            }
            Op::Filter(filter) => lower::filter::lower(filter, rel, context),
            Op::Extend(extend) => stage::extend(extend, rel, self).await,
            Op::Project(project) => lower::project::lower(project, rel, self.settings.provenance),
            Op::Rename(rename) => lower::rename::lower(rename, rel),
            Op::Aggregate(aggregate) => lower::aggregate::lower(aggregate, rel, context),
            Op::Window(window) => lower::window::lower(window, rel, self),
            Op::Sort(sort) => lower::sort::lower(sort, rel, context),
            Op::Limit(limit) => lower::limit::lower(limit, rel, context),
            Op::Dedup(dedup) => lower::dedup::lower(dedup, rel, context),
            Op::Rex(rex) => lower::rex::lower(rex, rel),
            Op::Sed(sed) => lower::sed::lower(sed, rel, context),
            Op::Extract(extract) => lower::extract::lower(extract, rest, rel),
            Op::Select(select) => lower::select::lower(select, rel, context),
            Op::ToJson(json) => lower::tojson::lower(json, rel),
            Op::Bin(bin) => lower::bin::lower(bin, rel, range(ops, self)?, self).await,
            Op::Continuous(bin) => lower::bin::continuous(bin, rel, range(ops, self)?, self).await,
            Op::FillNull(fill) => self.fill_null(fill, rel).await,
            Op::Lookup(lookup) => lower::lookup::lower(lookup, rel, self.knowledge),
            Op::Union(union) => {
                let rows = self.dataset(union).await?;
                self.union(rel, rows, union.by_time).await
            }
            Op::AppendPipe(pipe) => {
                let (rel, _) = stage::run(rel, self).await?;
                let rows = self.piped(&pipe.ops, rel.clone()).await?;
                self.union(rel, rows, false).await
            }
            Op::AppendCols(cols) => lower::appendcols::lower(cols, rel, self).await,
            Op::Join(join) => lower::join::lower(join, rest, rel, self).await,
            Op::Map(map) => lower::map::lower(map, rel, self).await,
            Op::ForEach(each) => lower::foreach::lower(each, rel, self).await,
            Op::Format(format) => {
                let rows = subsearch::rows(rel, self).await?;
                lower::format::row(lower::format::text(&rows, format), context)
            }
            Op::Return(give) => {
                let rel = lower::limit::lower(&Limit::First(give.count), rel, context)?;
                let rows = subsearch::rows(rel, self).await?;
                lower::format::row(lower::format::returned(&rows, give), context)
            }
            Op::Require => self.require(rel).await,
            Op::SelfJoin(join) => lower::selfjoin::lower(join, rel, self).await,
            Op::WriteLookup(write) => lower::write_lookup::lower(write, rel, self).await,
            Op::Top(top) => lower::top::lower(top, rel, self).await,
            Op::Pivot(pivot) => lower::pivot::lower(pivot, rel, range(ops, self)?, self).await,
            Op::Untable(untable) => lower::untable::lower(untable, rel),
            Op::Transpose(transpose) => lower::transpose::lower(transpose, rel, self).await,
            Op::Totals(totals) => lower::totals::lower(totals, rel, context),
            Op::Wrap(wrap) => lower::wrap::lower(wrap, rel, self).await,
            Op::Convert(convert) => lower::convert::lower(convert, rel, context),
            Op::Split(split) => lower::split::lower(split, rel),
            Op::Expand(expand) => lower::expand::lower(expand, rel),
            Op::Combine(combine) => lower::combine::lower(combine, rel),
            Op::Single(field) => lower::single::lower(field, rel, context),
            Op::Show(format) => lower::show::lower(format, rel, context),
            Op::Replace(replace) => lower::replace::lower(replace, rel),
            Op::FillDown(fields) => lower::filldown::lower(fields, rel),
            Op::Series(series) => lower::series::lower(series, rel),
            Op::Uniq => lower::uniq::lower(rel),
            Op::RelativeTime(pairs) => lower::relative_time::lower(pairs, rel, context),
            Op::AddInfo(time) => lower::addinfo::lower(time, rel, self),
            Op::Locate(locate) => lower::locate::lower(locate, rel, self.settings.geoip.as_deref()),
            Op::Session(session) => lower::session::lower(session, rel, context),
            Op::Scan(_)
            | Op::Dataset(_)
            | Op::DescribeModel(_)
            | Op::SavedSearch(_)
            | Op::Set(_)
            | Op::Values(_)
            | Op::ReadLookup(_) => {
                Err(Error::Limit("a generating command stands in the middle of the query".to_owned()))
            }
        }
    }

    /// Events, with the fields that apps find in them where the query needs any.
    fn scan(&self, mut scan: Scan, rest: &[Op], places: Option<Arc<Places>>) -> Result<Rel> {
        let mut names = Needed::before(rest).names;
        let mut searched = Needed::default();
        match self.knowledge.expand(&scan.predicate)? {
            Some(expanded) => {
                scan.predicate = expanded;
                searched.search(&scan.predicate);
                searched.names.retain(|name| !is_label(name));
            }
            None => searched.search(&scan.predicate),
        }
        let (inputs, options) = (self.inputs, &self.settings.input);
        names.extend(searched.names.iter().cloned());
        let derived = self.knowledge.derive(&names, inputs, options)?;
        if derived.is_empty() {
            return self.events(&scan, rest, places);
        }
        let searches_derived = derived.iter().any(|op| match op {
            Op::Extend(extend) => {
                extend.assignments.iter().any(|one| searched.names.contains(&one.target.text))
            }
            _ => false,
        });
        // The search stands before what it does not need.
        let search = Op::Filter(Filter::Search(scan.predicate.clone()));
        let (before, after) =
            if searches_derived { (derived, vec![search]) } else { (vec![search], derived) };
        let ops = [before, after].concat();
        scan.predicate.kind = SearchKind::All;
        let events = self.events(&scan, &[ops.as_slice(), rest].concat(), places)?;
        let rel = ops.iter().try_fold(events, |rel, op| self.found_in_events(op, rel))?;
        rel.retain(|name| !name.starts_with(ASIDE))
    }

    /// The search, or a command by which an app finds fields.
    fn found_in_events(&self, op: &Op, rel: Rel) -> Result<Rel> {
        match op {
            Op::Filter(filter) => lower::filter::lower(filter, rel, &self.context),
            Op::Lookup(lookup) => lower::lookup::lower(lookup, rel, self.knowledge),
            Op::Extend(extend) => extend.assignments.iter().try_fold(rel, |rel, one| {
                let found = lower::extend::assign(one, rel, &self.context);
                found.map_err(|error| about_field(error, &one.target.text))
            }),
            _ => Err(Error::Limit("an app finds fields by `eval` and `lookup` alone".to_owned())),
        }
    }

    /// Events with their own fields that the search and `rest` need.
    fn events(&self, scan: &Scan, rest: &[Op], places: Option<Arc<Places>>) -> Result<Rel> {
        let mut needed = Needed::before(rest);
        needed.search(&scan.predicate);
        if let Some(given) = self.given {
            return lower::scan::given(scan, given, &needed, self);
        }
        if !self.pushdown {
            return lower::scan::lower(scan, &needed, Shortcuts::default(), self);
        }
        let times = lower::scan::bounds(&scan.time, scan.predicate.span, self)?;
        let filter = self.filter(scan, times, rest);
        let is_unordered = times.earliest.or(times.latest).is_none() && is_unordered(rest);
        lower::scan::lower(
            scan,
            &needed,
            Shortcuts { filter, floor: floor(rest), places, is_unordered },
            self,
        )
    }

    /// What the query asks of events, or any of those that share its rows.
    fn filter(&self, scan: &Scan, times: TimeRange, rest: &[Op]) -> Option<Arc<EventFilter>> {
        let of = |rest: &[Op]| {
            pushdown::filter(&scan.predicate, times, rest, (self.repeated, needs_fields), self.knowledge)
        };
        if self.tails.is_empty() {
            return of(rest);
        }
        let filters: Vec<_> = self.tails.iter().map(|tail| of(&[rest, tail].concat())).collect();
        Some(EventFilter::any_of(&filters)).filter(|any| !any.is_open()).map(Arc::new)
    }

    /// Without names, fields that have a value nowhere stay as they are: only the rows tell.
    async fn fill_null(&self, fill: &FillNull, rel: Rel) -> Result<Rel> {
        if !fill.fields.is_empty() {
            return lower::fillnull::lower(fill, rel, &self.context);
        }
        let rel = stage::without_empty_fields(rel, self).await?;
        lower::fillnull::lower(fill, rel, &self.context)
    }

    /// The rows of a subsearch that go behind others; events that go among others are not cut.
    async fn dataset(&self, union: &Union) -> Result<Rel> {
        match union.by_time && union.max.is_none() {
            true => self.nested(&union.ops).await,
            false => lower::beside::table(&union.ops, union.max, union.span, self).await,
        }
    }

    /// The rows, if there are any.
    async fn require(&self, rel: Rel) -> Result<Rel> {
        let (rel, batches) = stage::run(rel, self).await?;
        match batches.iter().any(|batch| batch.num_rows() > 0) {
            true => Ok(rel),
            false => Err(Error::Limit("`require` found no rows".to_owned())),
        }
    }

    /// Rows behind rows, with the fields of both; events among events, if `by_time` and both still are.
    pub(crate) async fn union(&self, first: Rel, second: Rel, by_time: bool) -> Result<Rel> {
        let first = if first.has_rest() { stage::with_all_fields(first, self).await? } else { first };
        let second = if second.has_rest() { stage::with_all_fields(second, self).await? } else { second };
        lower::union::lower(first, second, by_time, &self.context)
    }
}

/// Rows that the runtime's own threads work on while whoever waits for them does something else.
fn elsewhere(rows: SendableRecordBatchStream) -> SendableRecordBatchStream {
    let mut built = RecordBatchReceiverStream::builder(rows.schema(), 1);
    let (sender, mut rows) = (built.tx(), rows);
    built.spawn(async move {
        while let Some(batch) = rows.next().await {
            // Whoever has ended needs no more.
            if sender.send(batch).await.is_err() {
                break;
            }
        }
        Ok(())
    });
    built.build()
}

/// The inputs that have a reader, cut into parts for so many cores, in reading order.
pub(crate) fn splits(inputs: &Inputs, threads: usize) -> Vec<Split> {
    let readable = || inputs.inputs.iter().filter(|input| input.format.opener().is_some());
    let bytes: u64 = readable().map(|input| input.size).sum();
    let size = bytes / (threads as u64 * SPLITS_A_CORE).max(1);
    let size = size.clamp(SMALLEST_SPLIT, LARGEST_SPLIT);
    readable().flat_map(|input| Arc::new(input.clone()).splits(size)).collect()
}

/// The time range of the query that these ops are.
fn range(ops: &[Op], planner: &Planner<'_>) -> Result<TimeRange> {
    lower::scan::range(ops.first(), planner)
}

fn no_command() -> Error {
    Error::Limit("the query has no command".to_owned())
}

/// What an app says of a field has no place in the query.
fn about_field(error: Error, field: &str) -> Error {
    let Error::Query(mut errors) = error else { return error };
    for error in &mut errors {
        error.message = format!("`{field}` of props.conf: {}", error.message);
    }
    Error::Query(errors)
}
