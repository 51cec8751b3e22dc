//! Rows numbered as they come, in the hidden sequence column.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use sluice_events::field;

use crate::operator::{RowOperator, RowState};

#[derive(Debug)]
pub(crate) struct Number;

impl RowOperator for Number {
    fn name(&self) -> &'static str {
        "Number"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let mut fields: Vec<_> =
            input.fields().iter().filter(|column| column.name() != field::SEQ).cloned().collect();
        fields.push(Arc::new(Field::new(field::SEQ, DataType::Int64, true)));
        Arc::new(Schema::new(fields))
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(Numbering { schema: self.schema(input), next: 0 })
    }
}

struct Numbering {
    schema: SchemaRef,
    next: i64,
}

impl RowState for Numbering {
    fn push(&mut self, batch: RecordBatch) -> Result<Option<RecordBatch>> {
        let end = self.next + i64::try_from(batch.num_rows()).unwrap_or(i64::MAX);
        let mut columns: Vec<ArrayRef> = batch
            .schema()
            .fields()
            .iter()
            .zip(batch.columns())
            .filter(|(column, _)| column.name() != field::SEQ)
            .map(|(_, values)| Arc::clone(values))
            .collect();
        columns.push(Arc::new(Int64Array::from_iter_values(self.next..end)));
        self.next = end;
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), columns)?))
    }
}
