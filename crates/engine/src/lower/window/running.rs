//! `streamstats`: the aggregate of the rows so far, or of the last few.

mod reset;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::scalar::ScalarValue;
use sluice_spl::ops;

use self::reset::AfterResult;
use super::Measures;
use super::groups::View;
use crate::aggregate::Stat;
use crate::kernel::Context;
use crate::lower::expr;
use crate::operator::{RowOperator, RowState};
use crate::plan::Rel;

/// Hidden columns: conditions that reset the aggregates.
const RESET_BEFORE: &str = "\0reset_before";
const RESET_AFTER: &str = "\0reset_after";

/// Rows of a time window: `max_stream_window` of Splunk's `limits.conf`.
const MOST_IN_TIME: usize = 10_000;

pub(super) fn lower(
    how: &ops::Running,
    window: Measures,
    rel: Rel,
    context: &Context,
) -> crate::error::Result<Rel> {
    let mut rel = rel;
    let mut after_result = None;
    if let Some(condition) = &how.reset_before {
        let condition = expr::condition(condition, &rel, context)?;
        rel = rel.extend(vec![(RESET_BEFORE.to_owned(), condition)])?;
    }
    if let Some(condition) = &how.reset_after {
        if reset::reads_results(condition, &window) {
            after_result = Some(AfterResult::new(condition, &window, &rel, context)?);
        } else {
            let condition = expr::condition(condition, &rel, context)?;
            rel = rel.extend(vec![(RESET_AFTER.to_owned(), condition)])?;
        }
    }
    rel.through(Arc::new(Running { window, how: how.clone(), after_result }))
}

#[derive(Debug)]
struct Running {
    window: Measures,
    how: ops::Running,
    /// `reset_after` where it reads what is computed here.
    after_result: Option<AfterResult>,
}

impl RowOperator for Running {
    fn name(&self) -> &'static str {
        "StreamStats"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        self.window.schema(input)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State {
            window: self.window.clone(),
            how: self.how.clone(),
            after_result: self.after_result.clone(),
            schema: self.schema(input),
            groups: HashMap::new(),
            recent: HashMap::new(),
            row: 0,
            last_group: None,
        })
    }
}

/// The key of a group.
type Group = String;

struct State {
    window: Measures,
    how: ops::Running,
    after_result: Option<AfterResult>,
    schema: SchemaRef,
    groups: HashMap<Group, Vec<Box<dyn Stat>>>,
    /// With a window: the rows in it, to be added up anew for each row. One window for all rows, or with
    /// `global=f` one for each group.
    recent: HashMap<Option<Group>, VecDeque<Recent>>,
    row: u64,
    last_group: Option<Group>,
}

struct Recent {
    batch: Arc<View>,
    index: usize,
    row: u64,
    group: Option<Group>,
    time: Option<f64>,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> Result<Option<RecordBatch>> {
        let view = Arc::new(View::new(&self.window, &batch)?);
        let holds = |name: &str, row: usize| {
            batch.column_by_name(name).is_some_and(|column| {
                let condition = column.as_boolean();
                condition.is_valid(row) && condition.value(row)
            })
        };
        let mut rows = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            let mut key = String::new();
            let group = view.write_group(row, &mut key).then_some(key);
            if holds(RESET_BEFORE, row) || self.how.reset_on_change && self.changes(group.as_ref()) {
                self.reset();
            }
            let results = self.next(&view, row, group)?;
            let after = match &self.after_result {
                Some(after) => {
                    let one = [results];
                    let shown = self.window.with_results(&self.schema, &batch.slice(row, 1), &one)?;
                    rows.extend(one);
                    after.holds(&shown)?
                }
                None => {
                    rows.push(results);
                    holds(RESET_AFTER, row)
                }
            };
            if after {
                self.reset();
            }
        }
        self.window.with_results(&self.schema, &batch, &rows).map(Some)
    }
}

impl State {
    /// Whether a row's group is another than the last one's; a row without a group changes nothing.
    fn changes(&mut self, group: Option<&Group>) -> bool {
        let Some(group) = group else { return false };
        let changed = self.last_group.as_ref().is_some_and(|last| last != group);
        self.last_group = Some(group.clone());
        changed
    }

    fn reset(&mut self) {
        self.groups.clear();
        self.recent.clear();
    }

    fn next(&mut self, view: &Arc<View>, row: usize, group: Option<Group>) -> Result<Vec<ScalarValue>> {
        self.row += 1;
        if self.how.window > 0 || self.how.time_window.is_some() {
            return self.windowed(view, row, group);
        }
        let Some(group) = group else { return self.window.nothing() };
        let stats = self.groups.entry(group).or_insert_with(|| self.window.start());
        if self.how.current {
            view.add(&self.window, stats, row);
            return self.window.results(stats);
        }
        let before = self.window.results(stats)?;
        view.add(&self.window, stats, row);
        Ok(before)
    }

    /// The window's rows are added up anew: exact for every function, and windows are short.
    fn windowed(&mut self, view: &Arc<View>, row: usize, group: Option<Group>) -> Result<Vec<ScalarValue>> {
        let own_window = self.how.window > 0 && !self.how.global;
        let recent = self.recent.entry(if own_window { group.clone() } else { None }).or_default();
        let time = view.place(row).time;
        let this = Recent { batch: Arc::clone(view), index: row, row: self.row, group: group.clone(), time };
        recent.push_back(this);
        forget(recent, &self.how, time);
        if group.is_none() {
            return self.window.nothing();
        }
        let mut stats = self.window.start();
        for one in &*recent {
            let own = one.row == self.row;
            if one.group == group && (self.how.current || !own) {
                one.batch.add(&self.window, &mut stats, one.index);
            }
        }
        self.window.results(&stats)
    }
}

/// Drops the rows that have left the window. With `current=f` the row itself takes no place in it.
fn forget(recent: &mut VecDeque<Recent>, how: &ops::Running, now: Option<f64>) {
    if let (Some(span), Some(now)) = (how.time_window, now) {
        recent.retain(|one| one.time.is_some_and(|time| (time - now).abs() <= span));
    }
    let rows = match how.window {
        0 => MOST_IN_TIME,
        window => usize::try_from(window).unwrap_or(usize::MAX),
    };
    let rows = rows.saturating_add(usize::from(!how.current));
    while recent.len() > rows {
        recent.pop_front();
    }
}
