//! The values of some columns in a row as one text, by which rows are brought together.

use arrow::record_batch::RecordBatch;
use datafusion::common::Result;

use crate::value::{Cell, Values};

/// Columns of a batch by name; `None` where it has none.
pub(super) fn columns<'a>(
    batch: &RecordBatch,
    names: impl Iterator<Item = &'a str>,
) -> Result<Vec<Option<Values>>> {
    names.map(|name| batch.column_by_name(name).map(Values::new).transpose()).collect()
}

/// Writes the values of the columns as one text; false where a column has no value, which is like no other.
pub(super) fn write(columns: &[Option<Values>], row: usize, key: &mut String) -> bool {
    key.clear();
    for column in columns {
        match column.as_ref().map_or(Cell::Null, |column| column.cell(row)) {
            Cell::Text(text) => push(text, key),
            cell if cell.is_null() => return false,
            cell => cell.texts().iter().for_each(|text| push(text, key)),
        }
        key.push('\0');
    }
    !key.is_empty()
}

fn push(text: &str, key: &mut String) {
    key.push_str(text);
    key.push('\u{1}');
}
