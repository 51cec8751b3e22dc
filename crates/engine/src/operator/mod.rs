//! Operators that DataFusion lacks: SPL's row order, and commands that read rows one after the
//! other. One logical node and one physical operator host them all.

mod columns;
mod concat;
mod count;
mod distribute;
mod node;
mod rows;
mod sort;
mod source;

pub(crate) use columns::{with_columns, with_fields};
pub(crate) use count::Count;
pub(crate) use distribute::Distribute;
pub(crate) use node::{Node, NodePlanner};
pub(crate) use rows::{RowOperator, RowState};
pub(crate) use source::{Events, Source};
