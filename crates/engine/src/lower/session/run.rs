//! A run over rows: which session a row goes to, when sessions close, and how they are given.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use sluice_events::field;
use sluice_spl::ops::Session;

use super::gathered::{Gathered, Held, View};
use super::pool::{Open, Pool};
use super::{CLOSED, COUNT, DURATION, LINES, Layout, MATCHES, ORPHAN};
use crate::kernel;
use crate::operator::{Left, RowState};
use crate::plan::ORDER_TIME;
use crate::value::{is_multivalue, parse_number};

pub(super) struct Run {
    op: Session,
    layout: Layout,
    schema: SchemaRef,
    pool: Pool,
    given: i64,
    ready: Vec<Row>,
}

/// A row that is given.
struct Row {
    gathered: Gathered,
    what: What,
}

enum What {
    Session { closed: bool },
    Orphan,
}

/// Why a session is open no longer.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Why {
    /// Its oldest row was met.
    Start,
    /// `maxspan`, `maxpause` or `maxevents`.
    Limit,
    /// The end of another session was met.
    NextEnd,
    /// There are no more rows.
    NoRows,
    /// Too much is open.
    Memory,
}

impl Run {
    pub(super) fn new(op: Session, layout: Layout, schema: SchemaRef) -> Self {
        Self { op, layout, schema, pool: Pool::default(), given: 0, ready: Vec::new() }
    }

    fn row(&mut self, view: &View, row: usize) {
        if let Some(time) = view.time(row) {
            self.expire(time);
        }
        let keys = view.keys(row);
        let matches = keys.iter().filter(|values| !values.is_empty()).count() as u64;
        let (starts, ends) = (view.starts(row), view.ends(row));
        // An end that need not agree in a field is part of a session even if it has none.
        let loose = !self.op.unify_ends && (starts || ends);
        if matches == 0 && !keys.is_empty() && !loose {
            if self.op.keep_orphans {
                let gathered = self.alone(view, row, 0);
                self.ready.push(Row { gathered, what: What::Orphan });
            }
            return;
        }
        let mut found = self.find(&keys, loose);
        if ends && let Some(number) = found.take() {
            self.close(number, Why::NextEnd);
        }
        let number = match found {
            Some(number) => number,
            None => {
                let has_end = ends || self.op.ends_with.is_none();
                self.pool.insert(Open::new(Gathered::new(&self.layout), has_end))
            }
        };
        self.add(number, view, row, matches);
        self.pool.touch(number, &keys);
        let full = |open: &Open| self.op.max_events.is_some_and(|most| open.gathered.events >= most);
        if starts {
            self.close(number, Why::Start);
        } else if self.pool.get_mut(number).is_some_and(|open| full(open)) {
            self.close(number, Why::Limit);
        }
        self.shrink();
    }

    /// A row by itself.
    fn alone(&self, view: &View, row: usize, matches: u64) -> Gathered {
        let mut gathered = Gathered::new(&self.layout);
        gathered.add(view, row, matches);
        gathered
    }

    fn add(&mut self, number: u64, view: &View, row: usize, matches: u64) {
        let member = (self.op.keep_orphans && !self.op.keep_evicted).then(|| self.alone(view, row, matches));
        if let Some(open) = self.pool.get_mut(number) {
            open.gathered.add(view, row, matches);
            open.members.extend(member);
            self.pool.events += 1;
        }
    }

    fn find(&self, keys: &[Vec<String>], loose: bool) -> Option<u64> {
        if keys.is_empty() {
            return self.pool.oldest().map(|(number, _)| number);
        }
        let unrelated = || if loose || !self.op.connected { self.pool.unrelated(keys) } else { None };
        self.pool.agreeing(keys).or_else(unrelated)
    }

    /// Closes the sessions to which a row of this time is too old.
    fn expire(&mut self, time: f64) {
        if let Some(span) = self.op.max_span {
            let over = |open: &Open| open.gathered.first.is_some_and(|first| first - time >= span);
            while let Some((number, _)) = self.pool.oldest().filter(|(_, open)| over(open)) {
                self.close(number, Why::Limit);
            }
        }
        if let Some(pause) = self.op.max_pause {
            let over = |open: &Open| open.gathered.last.is_some_and(|last| last - time > pause);
            while let Some((number, _)) = self.pool.least_used().filter(|(_, open)| over(open)) {
                self.close(number, Why::Limit);
            }
        }
    }

    /// Gives up sessions until what is open is within the limits.
    fn shrink(&mut self) {
        while self.pool.len() as u64 > self.op.max_open_sessions || self.pool.events > self.op.max_open_events
        {
            let Some((number, _)) = self.pool.least_used() else { return };
            self.close(number, Why::Memory);
        }
    }

    fn close(&mut self, number: u64, why: Why) {
        let Some(open) = self.pool.remove(number) else { return };
        let whole =
            why != Why::Memory && (self.op.starts_with.is_none() || why == Why::Start && open.has_end);
        if whole || self.op.keep_evicted {
            let closed = whole && open.has_end && matches!(why, Why::Start | Why::Limit);
            self.ready.push(Row { gathered: open.gathered, what: What::Session { closed } });
        } else if self.op.keep_orphans {
            self.ready.extend(open.members.into_iter().map(|gathered| Row { gathered, what: What::Orphan }));
        }
    }
}

impl RowState for Run {
    fn push(&mut self, batch: RecordBatch) -> Result<Option<RecordBatch>> {
        let view = View::new(&self.op, &self.layout, &batch)?;
        for row in 0..batch.num_rows() {
            self.row(&view, row);
        }
        if self.ready.is_empty() { Ok(None) } else { self.give().map(Some) }
    }

    fn finish(&mut self) -> Result<Left> {
        while let Some((number, _)) = self.pool.oldest() {
            self.close(number, Why::NoRows);
        }
        Ok(Left::one(self.give()?))
    }
}

impl Run {
    /// The rows that are ready, as a batch.
    fn give(&mut self) -> Result<RecordBatch> {
        let rows = std::mem::take(&mut self.ready);
        let columns =
            self.schema.fields().iter().map(|field| self.column(field.name(), field.data_type(), &rows));
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns.collect())?;
        self.given += i64::try_from(rows.len()).unwrap_or(i64::MAX);
        Ok(batch)
    }

    fn column(&self, name: &str, kind: &DataType, rows: &[Row]) -> ArrayRef {
        let time = |row: &Row| row.gathered.range.map(|(oldest, _)| oldest);
        let whole = |value: &dyn Fn(&Row) -> Option<u64>| -> ArrayRef {
            Arc::new(rows.iter().map(|row| value(row)?.try_into().ok()).collect::<Int64Array>())
        };
        let of_session = |row: &Row, value: u64| matches!(row.what, What::Session { .. }).then_some(value);
        match name {
            field::TIME | ORDER_TIME => Arc::new(rows.iter().map(time).collect::<Float64Array>()),
            field::SEQ => {
                let end = self.given + i64::try_from(rows.len()).unwrap_or(0);
                Arc::new(Int64Array::from_iter_values(self.given..end))
            }
            DURATION => {
                let duration = |row: &Row| of_session(row, 0).map(|_| row.gathered.duration());
                Arc::new(rows.iter().map(duration).collect::<Float64Array>())
            }
            COUNT => whole(&|row| of_session(row, row.gathered.events)),
            MATCHES => whole(&|row| of_session(row, row.gathered.matches)),
            LINES => whole(&|row| Some(row.gathered.lines)),
            CLOSED => whole(&|row| match row.what {
                What::Session { closed } => Some(u64::from(closed)),
                What::Orphan => None,
            }),
            ORPHAN => whole(&|row| matches!(row.what, What::Orphan).then_some(1)),
            _ => match self.layout.columns.iter().position(|column| column.name == name) {
                Some(at) => self.values(at, kind, rows),
                None => arrow::array::new_null_array(kind, rows.len()),
            },
        }
    }

    /// A field of the rows.
    fn values(&self, at: usize, kind: &DataType, rows: &[Row]) -> ArrayRef {
        let held = |row: usize| rows.get(row).and_then(|row| row.gathered.columns.get(at));
        if is_multivalue(kind) {
            return kernel::lists(rows.len(), |row| match held(row) {
                Some(Held::Distinct(distinct)) => distinct.iter().map(|text| text.as_str().into()).collect(),
                Some(Held::Each(each)) => self.listed(each),
                Some(Held::One(_)) | None => Vec::new(),
            });
        }
        if *kind == DataType::Float64 {
            return kernel::numbers(rows.len(), |row| match held(row)? {
                Held::One(one) => parse_number(one.as_deref()?),
                Held::Distinct(_) | Held::Each(_) => None,
            });
        }
        kernel::texts(rows.len(), |row| match held(row)? {
            Held::One(one) => one.as_deref().map(Cow::Borrowed),
            Held::Each(each) => joined(each).map(Cow::Owned),
            Held::Distinct(_) => None,
        })
    }

    /// The values of each row, the oldest first; a row without a value has the one that stands for none.
    fn listed<'a>(&'a self, each: &'a [Vec<String>]) -> Vec<Cow<'a, str>> {
        if each.iter().all(Vec::is_empty) {
            return Vec::new();
        }
        let or_null = |values: &'a Vec<String>| match values.as_slice() {
            [] => vec![self.op.null.as_str().into()],
            values => values.iter().map(|text| text.as_str().into()).collect::<Vec<_>>(),
        };
        each.iter().rev().flat_map(or_null).collect()
    }
}

/// The rows' text, the oldest first.
fn joined(each: &[Vec<String>]) -> Option<String> {
    let texts: Vec<&str> = each.iter().rev().flatten().map(String::as_str).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}
