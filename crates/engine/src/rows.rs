//! The rows of a query, for outputs.

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use crate::error::Result;
use crate::value::{Cell, Values};

/// Rows in order, with their fields in order.
#[derive(Debug, Clone)]
pub struct Rows {
    schema: SchemaRef,
    batches: Vec<Vec<Values>>,
    lengths: Vec<usize>,
}

impl Rows {
    pub(crate) fn new(schema: SchemaRef, batches: &[RecordBatch]) -> Result<Self> {
        let lengths = batches.iter().map(RecordBatch::num_rows).collect();
        let batches = batches
            .iter()
            .map(|batch| batch.columns().iter().map(Values::new).collect())
            .collect::<Result<_, _>>()?;
        Ok(Self { schema, batches, lengths })
    }

    /// Field names in order.
    pub fn fields(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.lengths.iter().sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.batches
            .iter()
            .zip(&self.lengths)
            .flat_map(move |(columns, &length)| (0..length).map(move |row| Row { rows: self, columns, row }))
    }
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    rows: &'a Rows,
    columns: &'a [Values],
    row: usize,
}

impl<'a> Row<'a> {
    /// The value of the field at this place.
    pub fn cell(&self, field: usize) -> Option<Cell<'a>> {
        self.columns.get(field).map(|column| column.cell(self.row))
    }

    /// The value of a field by name.
    pub fn get(&self, name: &str) -> Option<Cell<'a>> {
        self.rows.schema.index_of(name).ok().and_then(|field| self.cell(field))
    }
}
