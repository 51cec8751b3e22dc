//! One wanted field of a batch, filled event by event.

use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, Float64Builder, Int64Builder, ListBuilder, StringViewArray, StringViewBuilder};

use super::BATCH_ROWS;
use crate::field;

/// A column on its way.
pub(super) struct Column {
    pub(super) values: Values,
    /// Entries so far, one an event; those of the last events may be missing, and are then null.
    pub(super) filled: usize,
    /// `row + 1` of the last event that set this field.
    pub(super) set_in: usize,
    /// The value that replaces all others.
    pub(super) fixed: Option<String>,
    /// Filled when the event ends; what an event says under this name is not heard.
    pub(super) provenance: Option<Provenance>,
}

/// What is told of an event's place.
#[derive(Clone, Copy)]
pub(super) enum Provenance {
    Seq,
    Place,
    Filters,
    Record,
    Offset,
    File,
}

/// Its entries.
pub(super) enum Values {
    Text(StringViewBuilder),
    List(ListBuilder<StringViewBuilder>),
    Number(Float64Builder),
    Integer(Int64Builder),
}

impl Provenance {
    pub(super) fn of(field: &str) -> Option<Self> {
        match field {
            field::SEQ => Some(Self::Seq),
            field::PLACE => Some(Self::Place),
            field::FILTERS => Some(Self::Filters),
            field::RECORD => Some(Self::Record),
            field::OFFSET => Some(Self::Offset),
            field::FILE => Some(Self::File),
            _ => None,
        }
    }
}

impl Column {
    /// Makes ready for the first value of an event, which is the `row`th, counted from one.
    pub(super) fn begin(&mut self, row: usize) {
        self.fill(row - 1);
        self.set_in = row;
        // The entry of a list is written when the list is complete.
        self.filled = row - usize::from(matches!(self.values, Values::List(_)));
    }

    /// Makes it so many entries long.
    pub(super) fn fill(&mut self, rows: usize) {
        if let Values::List(list) = &mut self.values
            && self.filled < self.set_in
        {
            list.append(true);
            self.filled = self.set_in;
        }
        let missing = rows.saturating_sub(self.filled);
        match &mut self.values {
            Values::Text(text) => (0..missing).for_each(|_| text.append_null()),
            Values::List(list) => list.append_nulls(missing),
            Values::Number(numbers) => numbers.append_nulls(missing),
            Values::Integer(integers) => integers.append_nulls(missing),
        }
        self.filled += missing;
    }

    /// So many entries.
    pub(super) fn finish(&mut self, rows: usize) -> ArrayRef {
        match (&mut self.values, &self.fixed) {
            (Values::Text(text), Some(fixed)) => (0..rows).for_each(|_| text.append_value(fixed)),
            (Values::List(list), Some(fixed)) => (0..rows).for_each(|_| list.append_value([Some(fixed)])),
            (Values::Text(_), None) if self.set_in == 0 => return Arc::new(nulls(rows)),
            _ => self.fill(rows),
        }
        (self.filled, self.set_in) = (0, 0);
        match &mut self.values {
            Values::Text(text) => Arc::new(text.finish()),
            Values::List(list) => Arc::new(list.finish()),
            Values::Number(numbers) => Arc::new(numbers.finish()),
            Values::Integer(integers) => Arc::new(integers.finish()),
        }
    }
}

/// So many nulls. Most fields that many queries ask for are in few events, so all batches share them.
pub(crate) fn nulls(rows: usize) -> StringViewArray {
    static NULLS: LazyLock<StringViewArray> = LazyLock::new(|| StringViewArray::new_null(BATCH_ROWS));
    if rows <= BATCH_ROWS { NULLS.slice(0, rows) } else { StringViewArray::new_null(rows) }
}

impl Values {
    pub(super) fn of(name: &str, multi: bool) -> Self {
        match name {
            field::TIME => Self::Number(Float64Builder::new()),
            field::SEQ | field::PLACE | field::FILTERS | field::RECORD | field::OFFSET => {
                Self::Integer(Int64Builder::new())
            }
            _ if multi => Self::List(ListBuilder::new(StringViewBuilder::new())),
            _ => Self::Text(StringViewBuilder::new()),
        }
    }
}
