//! The logical node of all our operators, and its planner.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::common::{DFSchema, DFSchemaRef, Result};
use datafusion::logical_expr::{
    Expr, Extension, LogicalPlan, SortExpr, UserDefinedLogicalNode, UserDefinedLogicalNodeCore,
};
use datafusion::physical_expr::create_physical_sort_exprs;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{ExtensionPlanner, PhysicalPlanner};

use super::concat::{self, ConcatExec};
use super::rows::{RowOperator, RowsExec};
use super::sort;
use super::source::{Source, SourceExec};

/// One of our operators in a logical plan. Nodes are the same only if they are one object.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    kind: Arc<Kind>,
    inputs: Vec<LogicalPlan>,
    schema: DFSchemaRef,
}

#[derive(Debug)]
enum Kind {
    Source(Source),
    Rows(Arc<dyn RowOperator>),
    Sort(Vec<SortExpr>, Option<usize>),
    Concat,
}

impl Node {
    /// Events or ready-made batches.
    pub(crate) fn source(source: Source) -> Result<LogicalPlan> {
        let schema = Arc::new(DFSchema::try_from(source.schema().as_ref().clone())?);
        Ok(Self::plan(Kind::Source(source), vec![], schema))
    }

    /// An operator over the rows of `input`.
    pub(crate) fn rows(operator: Arc<dyn RowOperator>, input: LogicalPlan) -> Result<LogicalPlan> {
        let schema = operator.schema(input.schema().inner());
        let schema = Arc::new(DFSchema::try_from(schema.as_ref().clone())?);
        Ok(Self::plan(Kind::Rows(operator), vec![input], schema))
    }

    /// `input` in order, in one stream; only the first `fetch` rows.
    pub(crate) fn sort(keys: Vec<SortExpr>, fetch: Option<usize>, input: LogicalPlan) -> LogicalPlan {
        let schema = Arc::clone(input.schema());
        Self::plan(Kind::Sort(keys, fetch), vec![input], schema)
    }

    /// The rows of the first input, then those of the second; same names and types.
    pub(crate) fn concat(first: LogicalPlan, second: LogicalPlan) -> Result<LogicalPlan> {
        let schema = concat::schema(first.schema().as_arrow());
        let schema = Arc::new(DFSchema::try_from(schema.as_ref().clone())?);
        Ok(Self::plan(Kind::Concat, vec![first, second], schema))
    }

    fn plan(kind: Kind, inputs: Vec<LogicalPlan>, schema: DFSchemaRef) -> LogicalPlan {
        let node = Self { kind: Arc::new(kind), inputs, schema };
        LogicalPlan::Extension(Extension { node: Arc::new(node) })
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.kind, &other.kind) && self.inputs == other.inputs
    }
}
impl Eq for Node {}
impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.kind).hash(state);
    }
}
impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self == other).then_some(Ordering::Equal)
    }
}

impl UserDefinedLogicalNodeCore for Node {
    fn name(&self) -> &str {
        match self.kind.as_ref() {
            Kind::Source(_) => "Source",
            Kind::Rows(operator) => operator.name(),
            Kind::Sort(..) => "Sort",
            Kind::Concat => "Concat",
        }
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        self.inputs.iter().collect()
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        Vec::new()
    }

    fn fmt_for_explain(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", UserDefinedLogicalNodeCore::name(self))
    }

    fn with_exprs_and_inputs(&self, _: Vec<Expr>, inputs: Vec<LogicalPlan>) -> Result<Self> {
        Ok(Self { inputs, ..self.clone() })
    }
}

/// Plans [`Node`]s.
#[derive(Debug)]
pub(crate) struct NodePlanner;

#[async_trait]
impl ExtensionPlanner for NodePlanner {
    async fn plan_extension(
        &self,
        _: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        _: &[&LogicalPlan],
        inputs: &[Arc<dyn ExecutionPlan>],
        session: &dyn datafusion::catalog::Session,
        context: &datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let Some(node) = node.as_any().downcast_ref::<Node>() else { return Ok(None) };
        Ok(match (node.kind.as_ref(), inputs) {
            (Kind::Source(source), _) => Some(Arc::new(SourceExec::new(source.clone()))),
            (Kind::Rows(operator), [input]) => {
                Some(Arc::new(RowsExec::new(Arc::clone(operator), Arc::clone(input))))
            }
            (Kind::Sort(keys, fetch), [input]) => {
                let keys =
                    create_physical_sort_exprs(keys, &node.schema, session.execution_props(), context)?;
                Some(sort::plan(keys, *fetch, Arc::clone(input)))
            }
            (Kind::Concat, [first, second]) => {
                Some(Arc::new(ConcatExec::new(Arc::clone(first), Arc::clone(second))))
            }
            _ => None,
        })
    }
}
