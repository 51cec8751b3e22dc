//! Counts the rows that pass, for "how many did each command let through".

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;

use super::{RowOperator, RowState};

/// Adds the rows of each batch to a shared count and passes them on.
#[derive(Debug)]
pub(crate) struct Count(pub(crate) Arc<AtomicU64>);

impl RowOperator for Count {
    fn name(&self) -> &'static str {
        "Count"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        Arc::clone(input)
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, _: &SchemaRef) -> Box<dyn RowState> {
        Box::new(Self(Arc::clone(&self.0)))
    }
}

impl RowState for Count {
    fn push(&mut self, batch: RecordBatch) -> Result<Option<RecordBatch>> {
        self.0.fetch_add(batch.num_rows() as u64, Ordering::Relaxed);
        Ok(Some(batch))
    }
}
