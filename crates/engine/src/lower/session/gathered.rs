//! What the rows of a session add up to.

use std::collections::BTreeSet;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use sluice_events::field;
use sluice_spl::ops::Session;

use super::{ENDS, Layout, Role, STARTS};
use crate::value::Values;

/// A batch as sessions see it.
pub(super) struct View {
    columns: Vec<Values>,
    roles: Vec<Role>,
    keys: Vec<Option<Values>>,
    time: Option<Values>,
    raw: Option<Values>,
    starts: Option<BooleanArray>,
    ends: Option<BooleanArray>,
}

impl View {
    pub(super) fn new(op: &Session, layout: &Layout, batch: &RecordBatch) -> Result<Self> {
        let values = |name: &str| batch.column_by_name(name).map(Values::new).transpose();
        let flags =
            |name: &str| batch.column_by_name(name).and_then(|column: &ArrayRef| column.as_boolean_opt());
        let columns = layout.columns.iter().map(|column| Ok(values(&column.name)?.unwrap_or(Values::Null)));
        Ok(Self {
            columns: columns.collect::<Result<_>>()?,
            roles: layout.columns.iter().map(|column| column.role).collect(),
            keys: op.fields.iter().map(|field| values(&field.text)).collect::<Result<_>>()?,
            time: values(field::TIME)?,
            raw: values(field::RAW)?,
            starts: flags(STARTS).cloned(),
            ends: flags(ENDS).cloned(),
        })
    }

    pub(super) fn time(&self, row: usize) -> Option<f64> {
        self.time.as_ref()?.cell(row).number()
    }

    pub(super) fn starts(&self, row: usize) -> bool {
        self.starts.as_ref().is_some_and(|starts| starts.is_valid(row) && starts.value(row))
    }

    pub(super) fn ends(&self, row: usize) -> bool {
        self.ends.as_ref().is_some_and(|ends| ends.is_valid(row) && ends.value(row))
    }

    /// The values of each field that holds sessions together; none where the row lacks it.
    pub(super) fn keys(&self, row: usize) -> Vec<Vec<String>> {
        let texts = |key: &Option<Values>| match key {
            Some(values) => values.cell(row).texts().into_iter().map(|text| text.into_owned()).collect(),
            None => Vec::new(),
        };
        self.keys.iter().map(texts).collect()
    }
}

/// The rows of a session so far.
pub(super) struct Gathered {
    pub(super) events: u64,
    pub(super) lines: u64,
    /// How many of the fields that hold it together its rows had.
    pub(super) matches: u64,
    /// The time of the row that came first, and of the one that came last.
    pub(super) first: Option<f64>,
    pub(super) last: Option<f64>,
    /// The oldest and the newest time.
    pub(super) range: Option<(f64, f64)>,
    /// One for each column of the layout, but for time.
    pub(super) columns: Vec<Held>,
}

/// The values of one field.
#[derive(Clone)]
pub(super) enum Held {
    /// Of a single row, which replaces the one before; time has none.
    One(Option<String>),
    Distinct(BTreeSet<String>),
    /// Row by row as they came.
    Each(Vec<Vec<String>>),
}

impl Gathered {
    pub(super) fn new(layout: &Layout) -> Self {
        let held = layout.columns.iter().map(|column| match column.role {
            Role::Time | Role::Oldest => Held::One(None),
            Role::Values => Held::Distinct(BTreeSet::new()),
            Role::Raw | Role::List => Held::Each(Vec::new()),
        });
        Self {
            events: 0,
            lines: 0,
            matches: 0,
            first: None,
            last: None,
            range: None,
            columns: held.collect(),
        }
    }

    pub(super) fn add(&mut self, view: &View, row: usize, matches: u64) {
        self.events += 1;
        self.matches += matches;
        let raw = view.raw.as_ref().and_then(|raw| raw.cell(row).text());
        self.lines += raw.map_or(1, |raw| raw.lines().count().max(1) as u64);
        if let Some(time) = view.time(row) {
            self.first = self.first.or(Some(time));
            self.last = Some(time);
            let (oldest, newest) = self.range.unwrap_or((time, time));
            self.range = Some((oldest.min(time), newest.max(time)));
        }
        let sources = view.columns.iter().zip(&view.roles);
        for (held, (values, role)) in self.columns.iter_mut().zip(sources) {
            if *role == Role::Time {
                continue;
            }
            let texts = values.cell(row).texts().into_iter().map(|text| text.into_owned());
            match held {
                Held::One(one) => *one = texts.into_iter().next(),
                Held::Distinct(distinct) => distinct.extend(texts),
                Held::Each(each) => each.push(texts.collect()),
            }
        }
    }

    /// Seconds from the oldest to the newest row, to the microsecond.
    pub(super) fn duration(&self) -> f64 {
        self.range.map_or(0.0, |(oldest, newest)| ((newest - oldest) * 1e6).round() / 1e6)
    }
}
