//! The rows of a query, for outputs.

use std::io;
use std::sync::Arc;

use arrow::array::new_empty_array;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;

use crate::error::Result;
use crate::held::Kept;
use crate::lower::show::column_of;
use crate::stage::Wide;
use crate::value::{Cell, Values};

/// Rows in order, with their fields in order. Where a memory budget does not hold them they are in a file.
#[derive(Debug, Clone)]
pub struct Rows {
    schema: SchemaRef,
    kept: Kept,
    /// Makes columns of the fields that nobody named.
    wide: Option<Arc<Wide>>,
    /// The columns that are fields, and behind them those that say how fields are shown.
    places: Vec<usize>,
    /// For each field the column that it is shown as, if that is another.
    shown: Vec<Option<usize>>,
}

impl Rows {
    /// Rows of which these columns are fields; others may say how they are shown.
    pub(crate) fn with_fields(
        fields: &[usize],
        schema: &Schema,
        kept: Kept,
        wide: Option<Wide>,
    ) -> Result<Self> {
        let mut places = fields.to_vec();
        let mut shown = Vec::new();
        for &field in fields {
            let column = schema.index_of(&column_of(schema.field(field).name())).ok();
            shown.push(column.map(|_| places.len()));
            places.extend(column);
        }
        // A column that is no value of SPL is an error now, not a row that is missing later.
        for &place in &places {
            Values::new(&new_empty_array(schema.field(place).data_type()))?;
        }
        let schema = Arc::new(schema.project(fields)?);
        Ok(Self { schema, kept, wide: wide.map(Arc::new), places, shown })
    }

    /// Field names in order.
    pub fn fields(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.kept.rows()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows in order.
    ///
    /// # Errors
    /// When the file cannot be read that holds them.
    pub fn iter(&self) -> impl Iterator<Item = io::Result<Row<'_>>> {
        self.kept.batches().flat_map(move |batch| {
            let (columns, error) =
                match batch.map_err(io::Error::other).and_then(|batch| self.columns(&batch)) {
                    Ok(columns) => (Some(columns), None),
                    Err(error) => (None, Some(Err(error))),
                };
            let rows = columns.into_iter().flat_map(move |(columns, rows)| {
                (0..rows).map(move |row| Ok(Row { rows: self, columns: Arc::clone(&columns), row }))
            });
            error.into_iter().chain(rows)
        })
    }

    /// The same of rows that are in memory, as all but the last rows of a query are.
    pub(crate) fn held(&self) -> impl Iterator<Item = Row<'_>> {
        self.iter().map_while(io::Result::ok)
    }

    fn columns(&self, batch: &RecordBatch) -> io::Result<(Arc<[Values]>, usize)> {
        let wide = self.wide.as_ref().map(|wide| wide.batch(batch)).transpose().map_err(io::Error::other)?;
        let batch = wide.as_ref().unwrap_or(batch);
        let columns = self.places.iter().map(|&at| Values::new(batch.column(at)));
        let columns = columns.collect::<datafusion::common::Result<_>>().map_err(io::Error::other)?;
        Ok((columns, batch.num_rows()))
    }
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    rows: &'a Rows,
    columns: Arc<[Values]>,
    row: usize,
}

impl Row<'_> {
    /// The value of the field at this place.
    pub fn cell(&self, field: usize) -> Option<Cell<'_>> {
        self.columns.get(field).map(|column| column.cell(self.row))
    }

    /// The value of the field at this place as people shall see it: as `fieldformat` says, if that says something.
    pub fn shown(&self, field: usize) -> Option<Cell<'_>> {
        let shown = self.rows.shown.get(field).copied().flatten().and_then(|column| self.cell(column));
        shown.filter(|shown| !shown.is_null()).or_else(|| self.cell(field))
    }

    /// The value of a field by name.
    pub fn get(&self, name: &str) -> Option<Cell<'_>> {
        self.rows.schema.index_of(name).ok().and_then(|field| self.cell(field))
    }
}
