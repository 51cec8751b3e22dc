//! Operators that DataFusion lacks: events, SPL's row order, and commands that read rows one after the
//! other; and the making of those that it has.

mod columns;
mod compact;
mod concat;
mod count;
mod distribute;
mod group;
mod sort;
mod source;
mod steps;

pub(crate) use columns::{with_columns, with_fields};
pub(crate) use compact::compacted;
pub(crate) use concat::concat;
pub(crate) use count::Count;
pub(crate) use distribute::distributed;
pub(crate) use group::grouped;
pub(crate) use sort::sorted;
pub(crate) use source::{Events, Queue, Reading, Source, events_of, queue, source};
pub(crate) use steps::{Columns, Computed, Left, RowOperator, RowState, Slot, Step, stepped};
