//! `streamstats`: the aggregate of the rows so far, or of the last few.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use sluice_spl::ops;

use super::groups::View;
use super::{Measures, RESET_AFTER, RESET_BEFORE};
use crate::aggregate::Stat;
use crate::operator::{RowOperator, RowState};

#[derive(Debug)]
pub(super) struct Running {
    pub(super) window: Measures,
    pub(super) how: ops::Running,
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
            schema: self.schema(input),
            groups: HashMap::new(),
            recent: VecDeque::new(),
            row: 0,
            last_group: None,
        })
    }
}

type Group = Vec<String>;

struct State {
    window: Measures,
    how: ops::Running,
    schema: SchemaRef,
    groups: HashMap<Group, Vec<Box<dyn Stat>>>,
    /// With a window: the rows in it, to be added up anew for each row.
    recent: VecDeque<Recent>,
    row: u64,
    last_group: Option<Option<Group>>,
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
            let group = view.group(row);
            let changed = self.last_group.as_ref().is_some_and(|last| *last != group);
            if holds(RESET_BEFORE, row) || self.how.reset_on_change && changed {
                self.reset();
            }
            self.last_group = Some(group.clone());
            rows.push(self.next(&view, row, group)?);
            if holds(RESET_AFTER, row) {
                self.reset();
            }
        }
        self.window.with_results(&self.schema, &batch, &rows).map(Some)
    }
}

impl State {
    fn reset(&mut self) {
        self.groups.clear();
        self.recent.clear();
    }

    fn next(
        &mut self,
        view: &Arc<View>,
        row: usize,
        group: Option<Group>,
    ) -> Result<Vec<datafusion::scalar::ScalarValue>> {
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
    fn windowed(
        &mut self,
        view: &Arc<View>,
        row: usize,
        group: Option<Group>,
    ) -> Result<Vec<datafusion::scalar::ScalarValue>> {
        let time = view.place(row).time;
        let this = Recent { batch: Arc::clone(view), index: row, row: self.row, group: group.clone(), time };
        self.recent.push_back(this);
        self.forget(time, &group);
        if group.is_none() {
            return self.window.nothing();
        }
        let mut stats = self.window.start();
        for recent in &self.recent {
            let own = recent.row == self.row;
            if recent.group == group && (self.how.current || !own) {
                recent.batch.add(&self.window, &mut stats, recent.index);
            }
        }
        self.window.results(&stats)
    }

    /// Drops the rows that have left the window. With `current=f` the row itself takes no place in it.
    fn forget(&mut self, now: Option<f64>, group: &Option<Group>) {
        if let (Some(span), Some(now)) = (self.how.time_window, now) {
            self.recent.retain(|recent| recent.time.is_some_and(|time| (time - now).abs() <= span));
        }
        if self.how.window == 0 {
            return;
        }
        let size = usize::try_from(self.how.window).unwrap_or(usize::MAX) + usize::from(!self.how.current);
        if self.how.global {
            while self.recent.len() > size {
                self.recent.pop_front();
            }
        } else {
            let of_group = self.recent.iter().filter(|recent| recent.group == *group).count();
            if of_group > size
                && let Some(oldest) = self.recent.iter().position(|recent| recent.group == *group)
            {
                self.recent.remove(oldest);
            }
        }
    }
}
