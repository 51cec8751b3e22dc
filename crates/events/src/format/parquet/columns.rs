//! Which columns are read.

use parquet::arrow::ProjectionMask;

use super::footer::Table;
use crate::batch::EventBuilder;
use crate::field;
use crate::format::json;

/// The columns that a request needs, of all that hold values.
pub(super) fn needed(table: &Table, events: &EventBuilder) -> ProjectionMask {
    let is_whole = events.wants_rest() || events.wants(field::RAW);
    let is_needed = |at: &usize| {
        let Some(leaf) = table.leaves.get(*at) else { return false };
        is_whole || leaf.is_in_map || json::is_needed(&leaf.path, events)
    };
    let mut leaves: Vec<usize> = (0..table.leaves.len()).filter(is_needed).collect();
    // Without a column the reader would believe any number of rows.
    if leaves.is_empty() {
        leaves.push(0);
    }
    mask(table, leaves)
}

/// These columns.
pub(super) fn mask(table: &Table, leaves: impl IntoIterator<Item = usize>) -> ProjectionMask {
    ProjectionMask::leaves(table.metadata.file_metadata().schema_descr(), leaves)
}
