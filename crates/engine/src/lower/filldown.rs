//! `filldown`: the last value where a field has none.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, UInt64Array};
use arrow::compute::{concat, take};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::Name;

use crate::error::Result;
use crate::needed::matches;
use crate::operator::{RowOperator, RowState, with_columns};
use crate::plan::Rel;
use crate::value::Values;

/// Without names all fields are filled.
pub(crate) fn lower(names: &[Name], rel: Rel) -> Result<Rel> {
    let is_named = |name: &str| names.is_empty() || names.iter().any(|wanted| matches(wanted, name));
    let fields: Vec<String> =
        rel.fields().map(|(name, _)| name).filter(|name| is_named(name)).map(str::to_owned).collect();
    if fields.is_empty() { Ok(rel) } else { rel.through(Arc::new(Filling(fields))) }
}

#[derive(Debug, Clone)]
struct Filling(Vec<String>);

impl RowOperator for Filling {
    fn name(&self) -> &'static str {
        "FillDown"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        Arc::clone(input)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State { fields: self.0.clone(), schema: Arc::clone(input), last: HashMap::new() })
    }
}

struct State {
    fields: Vec<String>,
    schema: SchemaRef,
    /// The last value of each field, as an array of one.
    last: HashMap<String, ArrayRef>,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let schema = Arc::clone(&self.schema);
        let batch = with_columns(&schema, &batch, |field| match batch.column_by_name(field.name()) {
            Some(column) if self.fields.contains(field.name()) => self.filled(field.name(), column).map(Some),
            _ => Ok(None),
        })?;
        Ok(Some(batch))
    }
}

impl State {
    fn filled(&mut self, name: &str, column: &ArrayRef) -> DataFusionResult<ArrayRef> {
        let values = Values::new(column)?;
        // The value from the batches before stands behind the column, so that one `take` finds both.
        let carried = self.last.get(name);
        let mut from = carried.map(|_| column.len() as u64);
        let mut places = Vec::with_capacity(column.len());
        for row in 0..column.len() {
            if !values.cell(row).is_null() {
                from = Some(row as u64);
            }
            places.push(from);
        }
        let source = match carried {
            Some(carried) => concat(&[column.as_ref(), carried.as_ref()])?,
            None => Arc::clone(column),
        };
        let filled = take(&source, &UInt64Array::from(places), None)?;
        if let Some(from) = from {
            self.last.insert(name.to_owned(), take(&source, &UInt64Array::from(vec![from]), None)?);
        }
        Ok(filled)
    }
}
