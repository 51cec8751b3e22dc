//! Cells, one a row, as a column.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use arrow::datatypes::DataType;

use crate::kernel;
use crate::value::{self, Cell, is_mixed, is_multivalue, is_numeric};

/// The cells as a column of this type; a whole number is a number.
pub(crate) fn of_kind(kind: &DataType, cells: &[Cell<'_>]) -> ArrayRef {
    let cell = |row: usize| cells.get(row).cloned().unwrap_or(Cell::Null);
    match kind {
        DataType::Int64 => Arc::new(integers(cells)),
        kind if is_numeric(kind) => kernel::numbers(cells.len(), |row| cell(row).number()),
        kind if is_multivalue(kind) => kernel::lists(cells.len(), |row| cell(row).texts()),
        kind if is_mixed(kind) => kernel::mixed(cells.len(), cell),
        _ => kernel::texts(cells.len(), |row| cell(row).text()),
    }
}

fn integers(cells: &[Cell<'_>]) -> Int64Array {
    let integer = |cell: &Cell<'_>| match cell {
        Cell::Integer(number) => Some(*number),
        _ => None,
    };
    cells.iter().map(integer).collect()
}

/// The cells as a column of a type that holds them all.
pub(crate) fn column(cells: &[Cell<'_>]) -> ArrayRef {
    let all = |is: fn(&Cell<'_>) -> bool| cells.iter().all(|cell| cell.is_null() || is(cell));
    let kind = if cells.iter().any(|cell| matches!(cell, Cell::List(_))) {
        value::multivalue()
    } else if all(|cell| matches!(cell, Cell::Text(_) | Cell::Bool(_))) {
        value::TEXT
    } else if all(|cell| matches!(cell, Cell::Integer(_))) {
        DataType::Int64
    } else if all(|cell| matches!(cell, Cell::Integer(_) | Cell::Number(_))) {
        value::NUMBER
    } else {
        value::mixed()
    };
    of_kind(&kind, cells)
}
