//! Texts one at a time, whether the field holds one value or several.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;

use crate::function::Call;
use crate::kernel::{self, Arg};
use crate::value::{self, Cell, Values};

/// The type of a function of each value: several values stay several.
pub(crate) fn kind(call: &Call<'_>) -> DataType {
    match call.types.first() {
        Some(kind) if value::is_multivalue(kind) => value::multivalue(),
        _ => value::TEXT,
    }
}

/// Changes each value of an argument; null stays null.
pub(crate) fn change<'a>(
    arg: &'a Arg,
    rows: usize,
    mut change: impl FnMut(usize, Cow<'a, str>) -> Option<Cow<'a, str>>,
) -> ArrayRef {
    if matches!(arg.values(), Values::List(..)) {
        return kernel::lists(rows, |row| {
            arg.cell(row).texts().into_iter().filter_map(|text| change(row, text)).collect()
        });
    }
    kernel::texts(rows, |row| change(row, arg.text(row)?))
}

/// The text of a single value; several values are no text.
pub(crate) fn single<'a>(cell: &Cell<'a>) -> Option<Cow<'a, str>> {
    match cell {
        Cell::List(list) if list.len() != 1 => None,
        cell => cell.text(),
    }
}
