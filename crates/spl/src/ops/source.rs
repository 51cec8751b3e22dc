//! Operations that make rows from nothing: from events, data models, or what the query says.

use super::Name;
use crate::tree::{Search, TimeRange};

/// See [`super::Op::Scan`].
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// Which events.
    pub predicate: Search,
    /// `earliest=`, `latest=` as written in the search.
    pub time: TimeRange,
}

/// See [`super::Op::Dataset`].
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Which one.
    pub name: DatasetName,
    /// `nodename=`: only events of this dataset below it, by its lineage (`All_Changes.Account_Management`).
    pub node: Option<Name>,
    /// `earliest=`, `latest=` as written in the `where` of `tstats`.
    pub time: TimeRange,
    /// Its fields have the lineage of their dataset before their names: `Processes.user`.
    pub prefixed: bool,
    /// Which other fields events keep.
    pub others: OtherFields,
}

/// Fields that an event has besides those of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherFields {
    /// Those of every event that are known before it is read: time, host, source, sourcetype, index; and
    /// `_raw`.
    Default,
    /// All.
    All,
}

/// A data model and a dataset in it.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetName {
    /// The data model.
    pub model: Name,
    /// The dataset, by its name or its lineage; `None` is the model's only root dataset.
    pub dataset: Option<Name>,
}

/// See [`super::Op::DescribeModel`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeModel {
    /// This one; else all.
    pub model: Option<Name>,
    /// This dataset of it; else all.
    pub dataset: Option<Name>,
}

/// See [`super::Op::Values`].
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// How many rows.
    pub count: u64,
    /// `annotate=true`: also `_raw`, `host`, `source`, `sourcetype`, `splunk_server` … as nulls.
    pub annotate: bool,
    /// `format=csv|json data="…"`: rows in place of empty ones.
    pub data: Option<ValuesData>,
}

/// Rows written in the query: fields and rows of text; `None` where a row lacks the field.
#[derive(Debug, Clone, PartialEq)]
pub struct ValuesData {
    /// Field names.
    pub fields: Vec<String>,
    /// One entry a field.
    pub rows: Vec<Vec<Option<String>>>,
}
