//! Where rows come from: the inputs' readers, or batches that are there already.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::coop::cooperative;
use datafusion::physical_plan::execution_plan::{
    Boundedness, ChildrenPropertiesMode, EmissionType, ReplaceChildrenOptions,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::stream;
use sluice_events::Reader;
use sluice_events::inputs::{Options, Split};
use sluice_events::request::Request;
use sluice_events::tally::{Loss, Tally};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use crate::held::Kept;
use crate::stop;

/// Rows at the start of a plan.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// Ready-made rows of a schema, in order.
    Batches(SchemaRef, Kept),
    /// Events of inputs.
    Events(Arc<Events>),
    /// Events that are read for many queries at once.
    Feed(SchemaRef, Arc<Mutex<Option<Receiver>>>),
}

/// Where the events of a feed come in.
type Receiver = UnboundedReceiver<Result<RecordBatch>>;

/// Events to read: which splits, which fields.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) splits: Vec<Split>,
    pub(crate) request: Arc<Request>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) options: Options,
    pub(crate) threads: usize,
}

impl Source {
    pub(crate) fn schema(&self) -> SchemaRef {
        match self {
            Self::Batches(schema, _) | Self::Feed(schema, _) => Arc::clone(schema),
            Self::Events(events) => events.request.schema(),
        }
    }

    fn partitions(&self) -> usize {
        match self {
            Self::Batches(..) | Self::Feed(..) => 1,
            Self::Events(events) => events.threads.min(events.splits.len()).max(1),
        }
    }
}

/// The rows of a source.
pub(crate) fn source(source: Source) -> Arc<dyn ExecutionPlan> {
    Arc::new(SourceExec::new(source))
}

#[derive(Debug)]
struct SourceExec {
    source: Source,
    /// Splits that no partition has taken yet: whoever is free takes the next.
    queue: Arc<Mutex<Queue>>,
    properties: Arc<PlanProperties>,
}

impl SourceExec {
    fn new(source: Source) -> Self {
        let splits = match &source {
            Source::Events(events) => {
                let mut splits = queue(&events.splits);
                // The newest are mostly written last.
                if events.request.floor.is_some() {
                    splits.make_contiguous().reverse();
                }
                splits
            }
            Source::Batches(..) | Source::Feed(..) => VecDeque::new(),
        };
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(source.schema()),
            Partitioning::UnknownPartitioning(source.partitions()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        ));
        Self { source, queue: Arc::new(Mutex::new(splits)), properties }
    }
}

impl DisplayAs for SourceExec {
    fn fmt_as(&self, _: DisplayFormatType, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Batches(_, batches) => write!(out, "SourceExec: {} rows", batches.rows()),
            Source::Events(events) => write!(out, "SourceExec: {} splits", events.splits.len()),
            Source::Feed(..) => write!(out, "SourceExec: feed"),
        }
    }
}

impl ExecutionPlan for SourceExec {
    fn name(&self) -> &str {
        "SourceExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, _: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let schema = self.source.schema();
        Ok(match &self.source {
            Source::Batches(_, batches) => {
                let batches = stream::iter(batches.batches().map(|batch| Ok(batch?)));
                Box::pin(RecordBatchStreamAdapter::new(schema, batches))
            }
            Source::Feed(_, receiver) => {
                let receiver = receiver.lock().unwrap_or_else(PoisonError::into_inner).take();
                let Some(mut receiver) = receiver else {
                    return Err(DataFusionError::Internal("a feed is read twice".to_owned()));
                };
                let batches = stream::poll_fn(move |context| receiver.poll_recv(context));
                Box::pin(RecordBatchStreamAdapter::new(schema, batches))
            }
            Source::Events(events) => {
                let mut run =
                    Reading::new(Arc::clone(events), Arc::clone(&self.queue), stop::token(&context));
                let batches = stream::poll_fn(move |_| Poll::Ready(run.next().transpose()));
                // Parsing never waits, so it must give way by itself, or no timeout could fire.
                Box::pin(cooperative(RecordBatchStreamAdapter::new(schema, batches)))
            }
        })
    }
}

/// The events that a plan begins with, if it does.
pub(crate) fn events_of(plan: &dyn ExecutionPlan) -> Option<&Arc<Events>> {
    match &plan.downcast_ref::<SourceExec>()?.source {
        Source::Events(events) => Some(events),
        Source::Batches(..) | Source::Feed(..) => None,
    }
}

/// Splits that nobody has taken yet, with their place in reading order.
pub(crate) type Queue = VecDeque<(usize, Split)>;

pub(crate) fn queue(splits: &[Split]) -> Queue {
    splits.iter().cloned().enumerate().collect()
}

/// One partition at work. It parses where it is polled, so that dropping it stops it.
pub(crate) struct Reading {
    events: Arc<Events>,
    queue: Arc<Mutex<Queue>>,
    reader: Option<Box<dyn Reader>>,
    stop: CancellationToken,
}

impl Reading {
    pub(crate) fn new(events: Arc<Events>, queue: Arc<Mutex<Queue>>, stop: CancellationToken) -> Self {
        Self { events, queue, reader: None, stop }
    }

    /// The next events; `None` once no split is left.
    ///
    /// # Errors
    /// When the run shall stop.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if self.stop.is_cancelled() {
                return Err(stop::stopped());
            }
            if let Some(reader) = &mut self.reader {
                match reader.next_batch() {
                    Ok(Some(batch)) => return Ok(Some(batch)),
                    Ok(None) => self.reader = None,
                    Err(error) => {
                        self.lose(error.file, error.message);
                        self.reader = None;
                    }
                }
                continue;
            }
            let next = self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((at, split)) = next else { return Ok(None) };
            let events = &self.events;
            // Reading order: the split's place in the high half, the event's in the low half.
            let first_seq = i64::try_from(at).unwrap_or(i64::MAX >> 32) << 32;
            let opened = split.open(
                Arc::clone(&events.request),
                Arc::clone(&events.tally),
                &events.options,
                first_seq,
            );
            match opened {
                Ok(reader) => self.reader = Some(reader),
                Err(error) => self.lose(error.file, error.message),
            }
        }
    }

    fn lose(&self, file: String, what: String) {
        self.events.tally.lose(Loss { file, offset: 0, record: None, what });
    }
}
