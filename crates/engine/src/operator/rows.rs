//! An operator that sees batch after batch: the host of dedup, streamstats, rex, lookup and others.

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{Distribution, EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::InputDistributionRequirements;
use datafusion::physical_plan::execution_plan::{
    Boundedness, ChildrenPropertiesMode, EmissionType, ReplaceChildrenOptions,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties,
};
use futures::{StreamExt, stream};

/// What an operator does, before it runs.
pub(crate) trait RowOperator: fmt::Debug + Send + Sync {
    /// Its name in plans.
    fn name(&self) -> &'static str;
    /// The schema it gives for rows of `input`.
    fn schema(&self, input: &SchemaRef) -> SchemaRef;
    /// Rows are independent: each partition may run by itself. Else it sees all rows in order.
    fn parallel(&self) -> bool;
    /// A fresh run over rows of `input`.
    fn start(&self, input: &SchemaRef) -> Box<dyn RowState>;
}

/// A run of an operator.
pub(crate) trait RowState: Send {
    /// Takes a batch, may give one.
    fn push(&mut self, batch: RecordBatch) -> Result<Option<RecordBatch>>;
    /// The input is at its end: what is still to give.
    fn finish(&mut self) -> Result<Vec<RecordBatch>> {
        Ok(Vec::new())
    }
    /// No further input is needed.
    fn done(&self) -> bool {
        false
    }
}

#[derive(Debug)]
pub(super) struct RowsExec {
    operator: Arc<dyn RowOperator>,
    input: Arc<dyn ExecutionPlan>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
}

impl RowsExec {
    pub(super) fn new(operator: Arc<dyn RowOperator>, input: Arc<dyn ExecutionPlan>) -> Self {
        let schema = operator.schema(&input.schema());
        let partitions = if operator.parallel() { input.output_partitioning().partition_count() } else { 1 };
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        ));
        Self { operator, input, schema, properties }
    }
}

impl DisplayAs for RowsExec {
    fn fmt_as(&self, _: DisplayFormatType, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "RowsExec: {}", self.operator.name())
    }
}

impl ExecutionPlan for RowsExec {
    fn name(&self) -> &str {
        "RowsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        InputDistributionRequirements::new(vec![if self.operator.parallel() {
            Distribution::UnspecifiedDistribution
        } else {
            Distribution::SinglePartition
        }])
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.into_iter().next().unwrap_or_else(|| Arc::clone(&self.input));
        Ok(Arc::new(Self::new(Arc::clone(&self.operator), input)))
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let run = Run {
            state: self.operator.start(&self.input.schema()),
            input: Some(self.input.execute(partition, context)?),
            ready: Vec::new().into_iter(),
        };
        let stream = stream::try_unfold(run, Run::next);
        Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), stream)))
    }
}

struct Run {
    state: Box<dyn RowState>,
    /// `None` once it is at its end.
    input: Option<SendableRecordBatchStream>,
    ready: std::vec::IntoIter<RecordBatch>,
}

impl Run {
    async fn next(mut self) -> Result<Option<(RecordBatch, Self)>> {
        loop {
            if let Some(batch) = self.ready.next() {
                return Ok(Some((batch, self)));
            }
            let Some(input) = &mut self.input else { return Ok(None) };
            let next = if self.state.done() { None } else { input.next().await.transpose()? };
            match next {
                Some(batch) => {
                    if let Some(batch) = self.state.push(batch)? {
                        return Ok(Some((batch, self)));
                    }
                }
                None => {
                    self.input = None;
                    self.ready = self.state.finish()?.into_iter();
                }
            }
        }
    }
}
