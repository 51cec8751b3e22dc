//! Exchanges: where an operator needs one partition, or rows of a key together, put an
//! exchange below it. DataFusion's own rules do that too, but also move and drop sorts, which SPL's order forbids.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::physical_expr::{Distribution, Partitioning};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

use super::source::events_of;

/// So many parts of inputs a partition are enough for all to end at about the same time.
const PARTS: usize = 4;

/// The plan with its exchanges, for so many partitions.
pub(crate) fn distributed(plan: Arc<dyn ExecutionPlan>, partitions: usize) -> Result<Arc<dyn ExecutionPlan>> {
    plan.transform_up(|plan| {
        let needs = plan.input_distribution_requirements();
        let children = plan.children().into_iter().zip(needs.per_child_distributions());
        let children = children
            .map(|(child, need)| exchange(Arc::clone(child), need, partitions))
            .collect::<Result<Vec<_>>>()?;
        if children.is_empty() {
            return spread(plan, partitions);
        }
        Ok(Transformed::yes(replace_children_if_necessary(plan, children)?))
    })
    .data()
}

/// Few parts of inputs keep no core busy until the end: what is read of them is given to all.
fn spread(plan: Arc<dyn ExecutionPlan>, partitions: usize) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
    let are_few = events_of(plan.as_ref()).is_some_and(|events| events.splits.len() < PARTS * partitions);
    if !are_few || partitions < 2 {
        return Ok(Transformed::no(plan));
    }
    let spread = RepartitionExec::try_new(plan, Partitioning::RoundRobinBatch(partitions))?;
    Ok(Transformed::yes(Arc::new(spread)))
}

fn exchange(
    child: Arc<dyn ExecutionPlan>,
    need: &Distribution,
    partitions: usize,
) -> Result<Arc<dyn ExecutionPlan>> {
    let has = child.output_partitioning().partition_count();
    Ok(match need {
        Distribution::SinglePartition if has > 1 => Arc::new(CoalescePartitionsExec::new(child)),
        Distribution::KeyPartitioned(keys) if has > 1 || partitions > 1 => {
            Arc::new(RepartitionExec::try_new(child, Partitioning::Hash(keys.clone(), partitions))?)
        }
        _ => child,
    })
}
