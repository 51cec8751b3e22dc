//! `makeresults`: rows made from nothing.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, StringViewArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use sluice_events::field;
use sluice_spl::ops::Values;

use crate::error::Result;
use crate::kernel::Context;
use crate::plan::{Order, Rel};
use crate::value;

/// Fields that `annotate=true` adds, without values but for the server's name.
const ANNOTATIONS: [&str; 5] =
    [field::RAW, field::HOST, field::SOURCE, field::SOURCETYPE, "splunk_server_group"];

pub(crate) fn lower(values: &Values, context: &Context) -> Result<Rel> {
    let now = context.now.as_second() as f64;
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    let rows = match &values.data {
        Some(data) => {
            for (at, name) in data.fields.iter().enumerate() {
                fields.push(Field::new(name, value::TEXT, true));
                let column: StringViewArray =
                    data.rows.iter().map(|row| row.get(at).and_then(Option::as_deref)).collect();
                columns.push(Arc::new(column));
            }
            data.rows.len()
        }
        None => usize::try_from(values.count).unwrap_or(usize::MAX),
    };
    if !fields.iter().any(|known: &Field| known.name() == field::TIME) {
        fields.insert(0, Field::new(field::TIME, DataType::Float64, true));
        columns.insert(0, Arc::new(Float64Array::from(vec![now; rows])));
    }
    if values.annotate {
        for name in ANNOTATIONS {
            fields.push(Field::new(name, value::TEXT, true));
            columns.push(arrow::array::new_null_array(&value::TEXT, rows));
        }
        fields.push(Field::new("splunk_server", value::TEXT, true));
        columns.push(Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n("local", rows))));
    }
    let schema = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)?;
    from_batches(schema, vec![batch])
}

/// Ready-made rows, in order, numbered.
pub(crate) fn from_batches(schema: arrow::datatypes::SchemaRef, batches: Vec<RecordBatch>) -> Result<Rel> {
    Rel::held(schema, batches, Order::Sequence)?.number()
}
