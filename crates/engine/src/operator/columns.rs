//! Columns of a batch, replaced or added.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::Result;

/// The schema with these fields in place of those of the same name, or behind them.
pub(crate) fn with_fields(schema: &SchemaRef, new: impl IntoIterator<Item = Field>) -> SchemaRef {
    let mut fields: Vec<Arc<Field>> = schema.fields().iter().cloned().collect();
    for field in new {
        match fields.iter_mut().find(|known| known.name() == field.name()) {
            Some(known) => *known = Arc::new(field),
            None => fields.push(Arc::new(field)),
        }
    }
    Arc::new(Schema::new(fields))
}

/// The batch under such a schema: `new` gives a field's column, or `None` where the batch's own stays.
pub(crate) fn with_columns(
    schema: &SchemaRef,
    batch: &RecordBatch,
    mut new: impl FnMut(&Field) -> Result<Option<ArrayRef>>,
) -> Result<RecordBatch> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| {
            Ok(new(field)?
                .or_else(|| batch.column_by_name(field.name()).cloned())
                .unwrap_or_else(|| arrow::array::new_null_array(field.data_type(), batch.num_rows())))
        })
        .collect::<Result<Vec<_>>>()?;
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &rows)?)
}
