//! The start of a query: events of the inputs, asked for the fields that the query needs.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::lit;
use jiff::Timestamp;
use sluice_events::field;
use sluice_events::filter::Filter;
use sluice_events::inputs::Options;
use sluice_events::request::{Floor, Places, Request, Wanted};
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Op, Scan};
use sluice_spl::span::Span;
use sluice_spl::tree;

use super::{extract, search, values};
use crate::error::Result;
use crate::function::time::modifier;
use crate::given::Given;
use crate::kernel::Context;
use crate::needed::Needed;
use crate::operator::{Events, Source};
use crate::plan::{ORDER_TIME, Rel, column};
use crate::planner::Planner;

/// Fields that printed events begin with.
const METADATA: [&str; 5] = [field::TIME, field::HOST, field::SOURCE, field::SOURCETYPE, field::INDEX];

/// What lets readers do less than to decode every event in order.
#[derive(Debug, Default)]
pub(crate) struct Shortcuts {
    /// What the query asks of an event.
    pub(crate) filter: Option<Arc<Filter>>,
    /// Is told how new events must be, if only the newest are needed.
    pub(crate) floor: Option<Arc<Floor>>,
    /// Where the events are that matter, if they were read before.
    pub(crate) places: Option<Arc<Places>>,
    /// Nothing depends on the order of events.
    pub(crate) is_unordered: bool,
}

pub(crate) fn lower(
    scan: &Scan,
    needed: &Needed,
    shortcuts: Shortcuts,
    planner: &Planner<'_>,
) -> Result<Rel> {
    let context = planner.context();
    let Shortcuts { filter, floor, places, is_unordered } = shortcuts;
    let request = Request { filter, floor, places, ..request(needed, is_unordered, planner) };
    let (splits, tally) = planner.reading(&request);
    let (request, threads) = (Arc::new(request), planner.settings().threads);
    let options = Options { read_ahead: splits.len() < threads, ..planner.settings().input.clone() };
    let events = Events { splits, request, tally, options, threads };
    let rel = Rel::events(Source::Events(Arc::new(events)))?;
    let order = if is_unordered { lit(ScalarValue::Float64(None)) } else { column(field::TIME) };
    let rel = rel.extend(vec![(ORDER_TIME.to_owned(), order)])?;
    let rel = in_time(scan, rel, planner)?;
    let condition = search::lower(&scan.predicate, &rel, context)?;
    if condition == lit(true) { Ok(rel) } else { rel.filter(condition) }
}

/// The same over given rows, which are in order.
pub(crate) fn given(scan: &Scan, given: &Given, needed: &Needed, planner: &Planner<'_>) -> Result<Rel> {
    let rel = extract::automatic(given.mode, needed, all_given(given)?)?;
    let rel = in_time(scan, rel, planner)?;
    let condition = search::lower(&scan.predicate, &rel, planner.context())?;
    rel.filter(condition)
}

/// All given rows.
pub(crate) fn all_given(given: &Given) -> Result<Rel> {
    values::from_batches(Arc::clone(&given.schema), vec![given.batch.clone()])
}

fn request(needed: &Needed, is_unordered: bool, planner: &Planner<'_>) -> Request {
    let mut names: BTreeSet<&str> = needed.names.iter().map(String::as_str).collect();
    names.insert(field::SEQ);
    if !is_unordered {
        // Rows are ordered by time and place whatever the query shows.
        names.insert(field::TIME);
    }
    if needed.all {
        names.extend(METADATA);
        names.insert(field::RAW);
    }
    if planner.settings().provenance {
        names.extend([field::FILE, field::RECORD, field::OFFSET]);
    }
    let fields = names
        .into_iter()
        .map(|name| Wanted { name: name.to_owned(), multi: name.contains("{}") || planner.is_repeated(name) })
        .collect();
    Request { fields, rest: needed.all, ..Request::default() }
}

/// Only events in the time range: `earliest` inclusive, `latest` exclusive. What the search says beats the
/// command line.
fn in_time(scan: &Scan, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let mut rel = rel;
    if rel.kind(field::TIME).is_none() {
        return Ok(rel);
    }
    let TimeRange { earliest, latest } = bounds(&scan.time, scan.predicate.span, planner)?;
    if let Some(time) = earliest {
        rel = rel.filter(column(field::TIME).gt_eq(lit(time)))?;
    }
    if let Some(time) = latest {
        rel = rel.filter(column(field::TIME).lt(lit(time)))?;
    }
    Ok(rel)
}

/// The time range of a search, seconds; `None` where it is open.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TimeRange {
    pub(crate) earliest: Option<f64>,
    pub(crate) latest: Option<f64>,
}

impl TimeRange {
    /// Its ends, if it has a start; without an end it ends now.
    pub(crate) fn bounds(self, context: &Context) -> Option<(f64, f64)> {
        let now = context.now.as_microsecond() as f64 / 1e6;
        self.earliest.map(|earliest| (earliest, self.latest.unwrap_or(now)))
    }
}

/// The time range of a query that starts with this op.
pub(crate) fn range(first: Option<&Op>, planner: &Planner<'_>) -> Result<TimeRange> {
    match first {
        Some(Op::Scan(scan)) => bounds(&scan.time, scan.predicate.span, planner),
        _ => Ok(TimeRange::default()),
    }
}

/// The time range that a search names, or else the command line.
pub(crate) fn bounds(time: &tree::TimeRange, span: Span, planner: &Planner<'_>) -> Result<TimeRange> {
    let settings = planner.settings();
    let moment = |own: &Option<String>, set: &Option<String>| match own.as_ref().or(set.as_ref()) {
        Some(text) => moment(text, span, planner.context()),
        None => Ok(None),
    };
    Ok(TimeRange {
        earliest: moment(&time.earliest, &settings.earliest)?,
        latest: moment(&time.latest, &settings.latest)?,
    })
}

/// A time as seconds; `None` for "all time" (`0` or empty).
pub(super) fn moment(text: &str, span: Span, context: &Context) -> Result<Option<f64>, Diagnostic> {
    time(text, context).ok_or_else(|| {
        Diagnostic::error(code::BAD_OPTION, span, format!("expected a time, found `{text}`")).with_help(TIMES)
    })
}

/// Times that are read, for messages.
pub(crate) const TIMES: &str = "for example -24h@h, 2026-11-24T00:00:00Z or 11/24/2026:00:00:00";

/// The same; `None` where the text is no time.
pub(crate) fn time(text: &str, context: &Context) -> Option<Option<f64>> {
    if text.is_empty() || text == "0" {
        return Some(None);
    }
    let zone = &context.zone.0;
    let time =
        modifier::apply(context.now, zone, text).or_else(|| text.parse::<Timestamp>().ok()).or_else(|| {
            text.parse::<jiff::civil::DateTime>()
                .ok()?
                .to_zoned_datetime(zone.clone())
                .ok()
                .map(|at| at.timestamp())
        });
    time.map(|time| Some(time.as_microsecond() as f64 / 1e6))
}
