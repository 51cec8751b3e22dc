//! Sorts of rows with text of their own, where memory is counted: else each batch counts for all that its text once
//! stood in.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::sorts::sort::SortExec;

use super::steps::{RowOperator, RowState, Step, stepped};
use crate::held::compact;

/// The plan, whose sorts get rows with text of their own.
pub(crate) fn compacted(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    plan.transform_up(|plan| {
        let Some(sort) = plan.downcast_ref::<SortExec>() else { return Ok(Transformed::no(plan)) };
        let (input, schema) = (Arc::clone(sort.input()), sort.input().schema());
        let step = Step::Operator(Arc::new(Compact), Arc::clone(&schema));
        let compact = stepped(input, vec![step], schema);
        Ok(Transformed::yes(replace_children_if_necessary(plan, vec![compact])?))
    })
    .data()
}

#[derive(Debug)]
struct Compact;

impl RowOperator for Compact {
    fn name(&self) -> &'static str {
        "Compact"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        Arc::clone(input)
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, _: &SchemaRef) -> Box<dyn RowState> {
        Box::new(Self)
    }
}

impl RowState for Compact {
    fn push(&mut self, batch: RecordBatch) -> Result<Option<RecordBatch>> {
        compact(&batch).map(Some)
    }
}
