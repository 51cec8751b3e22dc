//! `uniq`: rows that are not the one before once more.

use std::sync::Arc;

use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;

use super::identity::Identity;
use crate::error::Result;
use crate::operator::{RowOperator, RowState};
use crate::plan::Rel;

pub(crate) fn lower(rel: Rel) -> Result<Rel> {
    rel.through(Arc::new(Uniq))
}

#[derive(Debug)]
struct Uniq;

impl RowOperator for Uniq {
    fn name(&self) -> &'static str {
        "Uniq"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        Arc::clone(input)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, _: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State { before: None })
    }
}

struct State {
    before: Option<Vec<u8>>,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let identity = Identity::new(&batch, None)?;
        let mut is_new = |row| {
            let row = Some(identity.of(row));
            let is_new = row != self.before;
            self.before = row;
            Some(is_new)
        };
        let kept: BooleanArray = (0..batch.num_rows()).map(&mut is_new).collect();
        Ok(Some(filter_record_batch(&batch, &kept)?))
    }
}
