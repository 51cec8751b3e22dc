//! `dedup`: the first rows of each combination of values.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray};
use arrow::compute::{filter_record_batch, nullif};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::Dedup;

use super::sort;
use crate::error::Result;
use crate::kernel::Context;
use crate::operator::{RowOperator, RowState};
use crate::plan::Rel;
use crate::value::Values;

pub(crate) fn lower(dedup: &Dedup, rel: Rel, context: &Context) -> Result<Rel> {
    let rel = if dedup.sort_by.is_empty() {
        rel
    } else {
        let keys = sort::keys(&dedup.sort_by, false, &rel, context);
        rel.sort(keys, None)?
    };
    rel.through(Arc::new(Distinct {
        fields: dedup.fields.iter().map(|field| field.text.clone()).collect(),
        count: dedup.count,
        keep_empty: dedup.keep_empty,
        keep_events: dedup.keep_events,
        consecutive: dedup.consecutive,
    }))
}

#[derive(Debug, Clone)]
struct Distinct {
    fields: Vec<String>,
    count: u64,
    keep_empty: bool,
    keep_events: bool,
    consecutive: bool,
}

impl RowOperator for Distinct {
    fn name(&self) -> &'static str {
        "Dedup"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        Arc::clone(input)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, _: &SchemaRef) -> Box<dyn RowState> {
        Box::new(Deduping { how: self.clone(), seen: HashMap::new() })
    }
}

struct Deduping {
    how: Distinct,
    /// How often each combination was seen; with `consecutive`, only the last one.
    seen: HashMap<Vec<u8>, u64>,
}

impl RowState for Deduping {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let columns = self
            .how
            .fields
            .iter()
            .map(|field| batch.column_by_name(field).map(Values::new).transpose())
            .collect::<DataFusionResult<Vec<_>>>()?;
        let first: BooleanArray =
            (0..batch.num_rows()).map(|row| Some(self.is_first(&columns, row))).collect();
        if !self.how.keep_events {
            return Ok(Some(filter_record_batch(&batch, &first)?));
        }
        self.blank(&batch, &first).map(Some)
    }
}

impl Deduping {
    fn is_first(&mut self, columns: &[Option<Values>], row: usize) -> bool {
        let mut key = Vec::new();
        for column in columns {
            let cell = column.as_ref().map(|column| column.cell(row)).filter(|cell| !cell.is_null());
            let Some(cell) = cell else { return self.how.keep_empty };
            for text in cell.texts() {
                key.extend((text.len() as u64).to_le_bytes());
                key.extend(text.as_bytes());
            }
            key.push(0xff);
        }
        if self.how.consecutive && !self.seen.contains_key(&key) {
            self.seen.clear();
        }
        let times = self.seen.entry(key).or_default();
        *times += 1;
        *times <= self.how.count
    }

    /// Duplicates stay as rows, without the fields.
    fn blank(&self, batch: &RecordBatch, first: &BooleanArray) -> DataFusionResult<RecordBatch> {
        let again = arrow::compute::not(first)?;
        let columns = batch
            .schema()
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(field, column)| {
                if self.how.fields.contains(field.name()) {
                    Ok(nullif(column, &again)?)
                } else {
                    Ok(Arc::clone(column))
                }
            })
            .collect::<DataFusionResult<Vec<ArrayRef>>>()?;
        Ok(RecordBatch::try_new(batch.schema(), columns)?)
    }
}
