//! What commands do to rows one batch at a time: conditions, columns, and our own operators, in one run.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, OnceLock};

use arrow::array::{Array, AsArray, BooleanArray};
use arrow::compute::{BatchCoalescer, filter_record_batch, prep_null_mask_filter};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DFSchema, DataFusionError, Result};
use datafusion::execution::context::ExecutionProps;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::physical_expr::{
    Distribution, EquivalenceProperties, Partitioning, PhysicalExpr, create_physical_expr,
};
use datafusion::physical_plan::InputDistributionRequirements;
use datafusion::physical_plan::execution_plan::{
    Boundedness, ChildrenPropertiesMode, EmissionType, ReplaceChildrenOptions,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties,
};
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use crate::stop;

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
    fn finish(&mut self) -> Result<Left> {
        Ok(Left::default())
    }
    /// No further input is needed.
    fn done(&self) -> bool {
        false
    }
}

/// What an operator still has to give at the end of its input, made batch by batch.
#[derive(Default)]
pub(crate) struct Left(Option<Box<dyn Iterator<Item = Result<RecordBatch>> + Send>>);

impl Left {
    pub(crate) fn one(batch: RecordBatch) -> Self {
        Self::each(std::iter::once(Ok(batch)))
    }

    pub(crate) fn each(
        batches: impl IntoIterator<Item = Result<RecordBatch>, IntoIter: Send + 'static>,
    ) -> Self {
        Self(Some(Box::new(batches.into_iter())))
    }
}

/// One thing that is done to rows.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Rows for which a condition is true.
    Filter(Arc<Computed>),
    /// Other columns.
    Columns(Arc<Columns>),
    /// An operator over rows of a schema.
    Operator(Arc<dyn RowOperator>, SchemaRef),
}

/// The columns that rows get.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) schema: SchemaRef,
    /// Where each comes from.
    pub(crate) slots: Vec<Slot>,
}

/// Where a column comes from.
#[derive(Debug)]
pub(crate) enum Slot {
    /// The column at this place.
    Same(usize),
    /// It is computed.
    New(Computed),
}

/// What is computed of rows: made ready when the first ones come, for to most queries no rows come.
#[derive(Debug)]
pub(crate) struct Computed {
    expr: Expr,
    scope: Arc<DFSchema>,
    ready: OnceLock<Arc<dyn PhysicalExpr>>,
}

impl Computed {
    /// An expression over rows with these columns.
    pub(crate) fn new(expr: Expr, scope: Arc<DFSchema>) -> Self {
        Self { expr, scope, ready: OnceLock::new() }
    }

    /// The expression, ready to be computed.
    pub(crate) fn ready(&self) -> Result<&Arc<dyn PhysicalExpr>> {
        if let Some(ready) = self.ready.get() {
            return Ok(ready);
        }
        let (props, planning) = (ExecutionProps::new(), PhysicalPlanningContext::default());
        let ready = create_physical_expr(&self.expr, &self.scope, &props, &planning)?;
        Ok(self.ready.get_or_init(|| ready))
    }
}

impl Step {
    fn parallel(&self) -> bool {
        match self {
            Self::Filter(_) | Self::Columns(_) => true,
            Self::Operator(operator, _) => operator.parallel(),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Filter(_) => "Filter",
            Self::Columns(_) => "Columns",
            Self::Operator(operator, _) => operator.name(),
        }
    }
}

impl Columns {
    fn of(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let rows = batch.num_rows();
        let column = |slot: &Slot| match slot {
            Slot::Same(at) => Ok(Arc::clone(batch.column(*at))),
            Slot::New(computed) => computed.ready()?.evaluate(batch)?.into_array(rows),
        };
        let columns = self.slots.iter().map(column).collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?)
    }
}

/// The rows of `input` after all steps, which give rows of `schema`.
pub(crate) fn stepped(
    input: Arc<dyn ExecutionPlan>,
    steps: Vec<Step>,
    schema: SchemaRef,
) -> Arc<dyn ExecutionPlan> {
    if steps.is_empty() { input } else { Arc::new(StepsExec::new(steps.into(), schema, input)) }
}

#[derive(Debug)]
struct StepsExec {
    steps: Arc<[Step]>,
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl StepsExec {
    fn new(steps: Arc<[Step]>, schema: SchemaRef, input: Arc<dyn ExecutionPlan>) -> Self {
        let parallel = steps.iter().all(Step::parallel);
        let partitions = if parallel { input.output_partitioning().partition_count() } else { 1 };
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        ));
        Self { steps, input, properties }
    }
}

impl DisplayAs for StepsExec {
    fn fmt_as(&self, _: DisplayFormatType, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "StepsExec:")?;
        self.steps.iter().try_for_each(|step| write!(out, " {}", step.name()))
    }
}

impl ExecutionPlan for StepsExec {
    fn name(&self) -> &str {
        "StepsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        let parallel = self.steps.iter().all(Step::parallel);
        InputDistributionRequirements::new(vec![if parallel {
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
        Ok(Arc::new(Self::new(Arc::clone(&self.steps), self.schema(), input)))
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let token = stop::token(&context);
        let input = self.input.execute(partition, Arc::clone(&context))?;
        let rows = context.session_config().batch_size();
        let run = Run::new(&self.steps, &self.input.schema(), Some(input), rows, token);
        let stream = stream::try_unfold(run, Run::next);
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), stream)))
    }
}

/// Steps at work.
struct Run {
    links: Vec<Link>,
    /// `None` once it is at its end.
    input: Option<SendableRecordBatchStream>,
    ready: VecDeque<RecordBatch>,
    /// Of a batch, about.
    rows: usize,
    /// The step that gives what it has left.
    ending: Option<(usize, Left)>,
    stop: CancellationToken,
}

/// A step at work.
enum Link {
    /// Rows that passed gather until they make a batch: what follows costs by the batch, too.
    Filter(Arc<Computed>, Box<BatchCoalescer>),
    Columns(Arc<Columns>),
    Operator(Box<dyn RowState>),
}

impl Run {
    fn new(
        steps: &[Step],
        schema: &SchemaRef,
        input: Option<SendableRecordBatchStream>,
        rows: usize,
        stop: CancellationToken,
    ) -> Self {
        let mut schema = Arc::clone(schema);
        let links = steps.iter().map(|step| match step {
            Step::Filter(condition) => {
                let gathered = BatchCoalescer::new(Arc::clone(&schema), rows)
                    .with_biggest_coalesce_batch_size(Some(rows / 2));
                Link::Filter(Arc::clone(condition), Box::new(gathered))
            }
            Step::Columns(columns) => {
                schema = Arc::clone(&columns.schema);
                Link::Columns(Arc::clone(columns))
            }
            Step::Operator(operator, input) => {
                schema = operator.schema(input);
                Link::Operator(operator.start(input))
            }
        });
        Self { links: links.collect(), input, ready: VecDeque::new(), rows, ending: None, stop }
    }

    async fn next(mut self) -> Result<Option<(RecordBatch, Self)>> {
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Ok(Some((batch, self)));
            }
            if self.stop.is_cancelled() {
                return Err(stop::stopped());
            }
            if let Some((at, left)) = &mut self.ending {
                let at = *at;
                match left.0.as_mut().and_then(Iterator::next) {
                    Some(batch) => self.push(at + 1, batch?)?,
                    None => self.end(at + 1)?,
                }
                continue;
            }
            let Some(input) = &mut self.input else { return Ok(None) };
            // What is before an operator that needs no more rows is not needed either.
            let done = self.links.iter().rposition(|link| matches!(link, Link::Operator(run) if run.done()));
            let next = if done.is_some() { None } else { input.next().await.transpose()? };
            match next {
                Some(batch) => self.push(0, batch)?,
                None => {
                    self.input = None;
                    self.end(done.unwrap_or(0))?;
                }
            }
        }
    }

    /// Takes a batch through the steps from one on.
    fn push(&mut self, from: usize, batch: RecordBatch) -> Result<()> {
        let mut batch = batch;
        for at in from..self.links.len() {
            batch = match self.links.get_mut(at) {
                Some(Link::Columns(columns)) => columns.of(&batch)?,
                Some(Link::Operator(run)) if run.done() => return Ok(()),
                Some(Link::Operator(run)) => match run.push(batch)? {
                    Some(batch) => batch,
                    None => return Ok(()),
                },
                Some(Link::Filter(condition, gathered)) => {
                    let passing = passing(condition, &batch)?;
                    let (rows, passed) = (batch.num_rows(), passing.true_count());
                    // A few rows would keep all that their batch has allocated.
                    let are_many = passed >= self.rows / 4 && passed >= rows / 4;
                    if are_many {
                        if !gathered.is_empty() {
                            gathered.finish_buffered_batch()?;
                            self.gathered(at)?;
                        }
                        if passed == rows { batch } else { filter_record_batch(&batch, &passing)? }
                    } else {
                        gathered.push_batch_with_filter(batch, &passing)?;
                        return self.gathered(at);
                    }
                }
                None => break,
            };
        }
        self.ready.push_back(batch);
        Ok(())
    }

    /// Takes the batches that the filter at a place has ready through the steps behind it.
    fn gathered(&mut self, at: usize) -> Result<()> {
        while let Some(Link::Filter(_, gathered)) = self.links.get_mut(at)
            && let Some(batch) = gathered.next_completed_batch()
        {
            self.push(at + 1, batch)?;
        }
        Ok(())
    }

    /// The input of the step at a place is at its end.
    fn end(&mut self, at: usize) -> Result<()> {
        let left = match self.links.get_mut(at) {
            Some(Link::Filter(_, gathered)) => {
                gathered.finish_buffered_batch()?;
                self.gathered(at)?;
                Left::default()
            }
            Some(Link::Operator(run)) => run.finish()?,
            Some(Link::Columns(_)) => Left::default(),
            None => {
                self.ending = None;
                return Ok(());
            }
        };
        self.ending = Some((at, left));
        Ok(())
    }
}

/// Which rows of a batch a condition is true for.
fn passing(condition: &Computed, batch: &RecordBatch) -> Result<BooleanArray> {
    let values = condition.ready()?.evaluate(batch)?.into_array(batch.num_rows())?;
    let values = values
        .as_boolean_opt()
        .ok_or_else(|| DataFusionError::Internal("a condition is neither true nor false".to_owned()))?;
    Ok(if values.null_count() == 0 { values.clone() } else { prep_null_mask_filter(values) })
}
