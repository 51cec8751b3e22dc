//! The rows of a query, for outputs.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;

use crate::error::Result;
use crate::lower::show::column_of;
use crate::value::{Cell, Values};

/// Rows in order, with their fields in order.
#[derive(Debug, Clone)]
pub struct Rows {
    schema: SchemaRef,
    batches: Vec<Vec<Values>>,
    lengths: Vec<usize>,
    /// For each field the column that it is shown as, if that is another.
    shown: Vec<Option<usize>>,
}

impl Rows {
    /// Rows whose columns are all fields.
    pub(crate) fn new(schema: SchemaRef, batches: &[RecordBatch]) -> Result<Self> {
        let lengths = batches.iter().map(RecordBatch::num_rows).collect();
        let shown = vec![None; schema.fields().len()];
        let batches = batches
            .iter()
            .map(|batch| batch.columns().iter().map(Values::new).collect())
            .collect::<Result<_, _>>()?;
        Ok(Self { schema, batches, lengths, shown })
    }

    /// Rows of which these columns are fields; others may say how they are shown.
    pub(crate) fn with_fields(fields: &[usize], schema: &Schema, batches: &[RecordBatch]) -> Result<Self> {
        let mut places = fields.to_vec();
        let mut shown = Vec::new();
        for &field in fields {
            let column = schema.index_of(&column_of(schema.field(field).name())).ok();
            shown.push(column.map(|_| places.len()));
            places.extend(column);
        }
        let batches = batches.iter().map(|batch| batch.project(&places)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { shown, ..Self::new(Arc::new(schema.project(fields)?), &batches)? })
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

    /// The value of the field at this place as people shall see it: as `fieldformat` says, if that says something.
    pub fn shown(&self, field: usize) -> Option<Cell<'a>> {
        let shown = self.rows.shown.get(field).copied().flatten().and_then(|column| self.cell(column));
        shown.filter(|shown| !shown.is_null()).or_else(|| self.cell(field))
    }

    /// The value of a field by name.
    pub fn get(&self, name: &str) -> Option<Cell<'a>> {
        self.rows.schema.index_of(name).ok().and_then(|field| self.cell(field))
    }
}
