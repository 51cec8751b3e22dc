//! Rows in order: each partition sorted (and cut) by itself, then merged.

use std::sync::Arc;

use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

/// The rows of `input` by these keys in one stream; only the first `fetch` rows.
pub(crate) fn sorted(
    keys: Vec<PhysicalSortExpr>,
    fetch: Option<usize>,
    input: Arc<dyn ExecutionPlan>,
) -> Arc<dyn ExecutionPlan> {
    let Some(keys) = LexOrdering::new(keys) else { return input };
    let many = input.output_partitioning().partition_count() > 1;
    let sorted = SortExec::new(keys.clone(), input).with_preserve_partitioning(many).with_fetch(fetch);
    if many {
        Arc::new(SortPreservingMergeExec::new(keys, Arc::new(sorted)).with_fetch(fetch))
    } else {
        Arc::new(sorted)
    }
}
