//! `mvexpand`: a row for each value; a row without a value stays as it is.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringViewBuilder, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use sluice_spl::ops::Expand;

use super::not_internal;
use crate::error::Result;
use crate::operator::{RowOperator, RowState, with_fields};
use crate::plan::Rel;
use crate::value::{self, Values, is_multivalue};

/// `max_mem_usage_mb` of Splunk's `limits.conf`. Splunk cuts the rows there, with a warning; here it is an error.
const MAX_BYTES: usize = 500 << 20;

pub(crate) fn lower(expand: &Expand, rel: Rel) -> Result<Rel> {
    not_internal("mvexpand", &expand.field)?;
    if !rel.kind(&expand.field.text).is_some_and(is_multivalue) {
        return Ok(rel);
    }
    let limit = match expand.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let expanding = Expanding { field: expand.field.text.clone(), limit };
    // The rows of one event have one place; numbered anew they keep their order.
    rel.in_order()?.through(Arc::new(expanding))?.number()
}

#[derive(Debug, Clone)]
struct Expanding {
    field: String,
    limit: usize,
}

impl RowOperator for Expanding {
    fn name(&self) -> &'static str {
        "MvExpand"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        with_fields(input, [Field::new(&self.field, value::TEXT, true)])
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State { schema: self.schema(input), how: self.clone() })
    }
}

struct State {
    how: Expanding,
    schema: SchemaRef,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let Some(field) = batch.column_by_name(&self.how.field) else { return Ok(Some(batch)) };
        let values = Values::new(field)?;
        let mut rows = Vec::new();
        let mut texts = StringViewBuilder::new();
        let mut bytes = 0_usize;
        for row in 0..batch.num_rows() {
            let before = rows.len();
            for text in values.cell(row).texts().iter().take(self.how.limit) {
                rows.push(row as u64);
                texts.append_value(text);
            }
            if rows.len() == before {
                rows.push(row as u64);
                texts.append_null();
            }
            bytes = bytes.saturating_add((rows.len() - before).saturating_mul(row_bytes(&batch, row)));
            if bytes > MAX_BYTES {
                let message = format!(
                    "`mvexpand {}` would hold more than {} MB of rows at once; leave fields out with `fields` before \
                     it, or give it a `limit`",
                    self.how.field,
                    MAX_BYTES >> 20
                );
                return Err(DataFusionError::ResourcesExhausted(message));
            }
        }
        let (rows, texts) = (UInt64Array::from(rows), Arc::new(texts.finish()) as ArrayRef);
        let taken = batch
            .schema()
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(column, array)| {
                if *column.name() == self.how.field {
                    Ok(Arc::clone(&texts))
                } else {
                    Ok(take(array, &rows, None)?)
                }
            })
            .collect::<DataFusionResult<Vec<_>>>()?;
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), taken)?))
    }
}

/// What a copy of a row takes: text itself is shared by the copies, what points to it is not.
fn row_bytes(batch: &RecordBatch, row: usize) -> usize {
    batch.columns().iter().map(|column| cell_bytes(column, row)).sum()
}

fn cell_bytes(column: &ArrayRef, row: usize) -> usize {
    const VIEW: usize = 16;
    match column.data_type() {
        DataType::List(item) => {
            let parts = if matches!(item.data_type(), DataType::Struct(_)) { 2 } else { 1 };
            let list = column.as_list::<i32>();
            if list.is_valid(row) {
                usize::try_from(list.value_length(row)).unwrap_or(0) * parts * VIEW
            } else {
                0
            }
        }
        _ => VIEW,
    }
}
