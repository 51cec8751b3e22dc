//! Multivalue BY fields: a row counts in the group of each of its values.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewBuilder, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::Name;

use crate::error::Result;
use crate::operator::{RowOperator, RowState};
use crate::plan::Rel;
use crate::value::{self, Values, is_multivalue};

/// One row for each value of each multivalue BY field; `distinct` counts equal values of a row once.
pub(crate) fn by(fields: &[Name], distinct: bool, rel: Rel) -> Result<Rel> {
    let many: Vec<String> = fields
        .iter()
        .map(|field| field.text.clone())
        .filter(|name| rel.kind(name).is_some_and(is_multivalue))
        .collect();
    many.into_iter().try_fold(rel, |rel, field| rel.through(Arc::new(Spread { field, distinct })))
}

#[derive(Debug, Clone)]
struct Spread {
    field: String,
    distinct: bool,
}

impl RowOperator for Spread {
    fn name(&self) -> &'static str {
        "Spread"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let fields: Vec<_> = input
            .fields()
            .iter()
            .map(|column| {
                if column.name() == &self.field {
                    Arc::new(Field::new(&self.field, value::TEXT, true))
                } else {
                    Arc::clone(column)
                }
            })
            .collect();
        Arc::new(Schema::new(fields))
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(Spreading { how: self.clone(), schema: self.schema(input) })
    }
}

struct Spreading {
    how: Spread,
    schema: SchemaRef,
}

impl RowState for Spreading {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let Some(field) = batch.column_by_name(&self.how.field) else { return Ok(Some(batch)) };
        let values = Values::new(field)?;
        let mut rows = Vec::new();
        let mut texts = StringViewBuilder::new();
        for row in 0..batch.num_rows() {
            let cell = values.cell(row);
            let mut of_row = cell.texts();
            if self.how.distinct {
                of_row.sort();
                of_row.dedup();
            }
            for text in &of_row {
                rows.push(row as u64);
                texts.append_value(text);
            }
        }
        let rows = UInt64Array::from(rows);
        let texts: ArrayRef = Arc::new(texts.finish());
        let columns = batch
            .schema()
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(column, array)| {
                if column.name() == &self.how.field {
                    Ok(Arc::clone(&texts))
                } else {
                    Ok(take(array, &rows, None)?)
                }
            })
            .collect::<DataFusionResult<Vec<_>>>()?;
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), columns)?))
    }
}
