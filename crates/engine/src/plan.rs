//! Rows under construction: a plan, its fields, and the order its rows have.
//!
//! The plan is DataFusion's physical one from the start. What a command does to each row by itself is a
//! [`Step`]; steps gather until an operator needs all rows, so that a hundred `eval`s are one operator and
//! planning costs what their expressions cost.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::{Column, DFSchema};
use datafusion::execution::context::ExecutionProps;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{Expr, ExprSchemable, SortExpr};
use datafusion::physical_expr::{PhysicalExpr, create_physical_sort_exprs};
use datafusion::physical_plan::ExecutionPlan;
use sluice_events::field;
use sluice_events::request::Floor;

use crate::error::Result;
use crate::held::Kept;
use crate::lower::number::Number;
use crate::operator::{self, Columns, Computed, RowOperator, Slot, Source, Step};

/// Hidden copy of an event's `_time` at the scan: what orders rows whatever a query does to `_time`.
pub(crate) const ORDER_TIME: &str = "\0time";

/// What order the rows of a [`Rel`] have in SPL's eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Events: by [`ORDER_TIME`] descending, events without time last, ties in reading order.
    Newest,
    /// By the hidden sequence.
    Sequence,
}

/// Rows: a plan whose columns are the fields (and hidden ones, whose names start with NUL).
#[derive(Debug, Clone)]
pub(crate) struct Rel {
    input: Arc<dyn ExecutionPlan>,
    /// What is still to be done to the rows of `input`.
    steps: Vec<Step>,
    schema: Arc<DFSchema>,
    pub(crate) order: Order,
    /// The rows come in one stream in that order, as the plan stands.
    pub(crate) sorted: bool,
    /// Of the events that these rows are, row by row.
    floor: Option<Arc<Floor>>,
}

/// Whether a column is no field of the user's.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('\0')
}

/// A column by its name, dots and capitals and all.
pub(crate) fn column(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}

impl Rel {
    /// Events, which are in no order yet.
    pub(crate) fn events(source: Source) -> Result<Self> {
        let floor = match &source {
            Source::Events(events) => events.request.floor.clone(),
            Source::Batches(..) | Source::Feed(..) => None,
        };
        Ok(Self { floor, ..Self::new(operator::source(source), Order::Newest, false)? })
    }

    /// Ready-made rows, in one stream and in order.
    pub(crate) fn held(
        schema: SchemaRef,
        batches: Vec<arrow::array::RecordBatch>,
        order: Order,
    ) -> Result<Self> {
        Self::kept(schema, Kept::of(batches), order)
    }

    /// The same of rows that may be in a file.
    pub(crate) fn kept(schema: SchemaRef, rows: Kept, order: Order) -> Result<Self> {
        Self::new(operator::source(Source::Batches(schema, rows)), order, true)
    }

    /// The rows of a plan.
    pub(crate) fn new(input: Arc<dyn ExecutionPlan>, order: Order, sorted: bool) -> Result<Self> {
        let schema = Arc::new(DFSchema::try_from(input.schema())?);
        Ok(Self { input, steps: Vec::new(), schema, order, sorted, floor: None })
    }

    /// The same rows, of which this is known.
    pub(crate) fn with_order(self, order: Order, sorted: bool) -> Self {
        Self { order, sorted, ..self }
    }

    /// What is to be told how new events must be, if only the newest of these rows are needed.
    pub(crate) fn floor(&self) -> Option<Arc<Floor>> {
        self.floor.clone()
    }

    /// Its plan, which gives these rows.
    pub(crate) fn plan(self) -> Arc<dyn ExecutionPlan> {
        operator::stepped(self.input, self.steps, Arc::clone(self.schema.inner()))
    }

    /// The columns as Arrow sees them.
    pub(crate) fn schema(&self) -> &SchemaRef {
        self.schema.inner()
    }

    /// The columns as expressions see them.
    pub(crate) fn scope(&self) -> &DFSchema {
        &self.schema
    }

    /// All columns in order, hidden ones too.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&str, &DataType)> {
        self.schema().fields().iter().map(|field| (field.name().as_str(), field.data_type()))
    }

    /// The user's fields in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &DataType)> {
        self.columns().filter(|(name, _)| !is_hidden(name))
    }

    /// The type of a column.
    pub(crate) fn kind(&self, name: &str) -> Option<&DataType> {
        self.columns().find(|(column, _)| *column == name).map(|(_, kind)| kind)
    }

    /// Whether fields that nobody named are carried along in one column.
    pub(crate) fn has_rest(&self) -> bool {
        self.kind(field::REST).is_some()
    }

    /// An expression over the rows, ready to be computed.
    pub(crate) fn compiled(&self, expr: &Expr) -> Result<Arc<dyn PhysicalExpr>> {
        Ok(Arc::clone(Computed::new(expr.clone(), Arc::clone(&self.schema)).ready()?))
    }

    /// The rows for which a condition is true.
    pub(crate) fn filter(mut self, condition: Expr) -> Result<Self> {
        // What cannot be computed is refused now, whether rows come or not.
        condition.get_type(&self.schema)?;
        let condition = Computed::new(condition, Arc::clone(&self.schema));
        self.steps.push(Step::Filter(Arc::new(condition)));
        Ok(self)
    }

    /// These columns and no others.
    pub(crate) fn select(self, columns: Vec<(Expr, String)>) -> Result<Self> {
        let (mut fields, mut slots) = (Vec::new(), Vec::new());
        for (expr, name) in columns {
            let (field, slot) = self.slot(&expr, name)?;
            fields.push(field);
            slots.push(slot);
        }
        self.with_columns(fields, slots)
    }

    fn with_columns(mut self, fields: Vec<Arc<Field>>, slots: Vec<Slot>) -> Result<Self> {
        let schema = Arc::new(Schema::new(fields));
        self.schema = Arc::new(DFSchema::try_from(Arc::clone(&schema))?);
        self.steps.push(Step::Columns(Arc::new(Columns { schema, slots })));
        Ok(self)
    }

    fn slot(&self, expr: &Expr, name: String) -> Result<(Arc<Field>, Slot)> {
        if let Expr::Column(column) = expr
            && let Some(at) = self.schema().fields().iter().position(|field| *field.name() == column.name)
        {
            let field = &self.schema().fields()[at];
            let field = if *field.name() == name {
                Arc::clone(field)
            } else {
                Arc::new(field.as_ref().clone().with_name(name))
            };
            return Ok((field, Slot::Same(at)));
        }
        let kind = expr.get_type(&self.schema)?;
        let computed = Computed::new(expr.clone(), Arc::clone(&self.schema));
        Ok((Arc::new(Field::new(name, kind, true)), Slot::New(computed)))
    }

    /// The columns that `keep` says, in their order.
    pub(crate) fn retain(self, keep: impl Fn(&str) -> bool) -> Result<Self> {
        let columns = self
            .columns()
            .filter(|(name, _)| keep(name))
            .map(|(name, _)| (column(name), name.to_owned()))
            .collect();
        self.select(columns)
    }

    /// Each column replaced or added, in order, all computed from the columns as they are now.
    pub(crate) fn extend(self, new: Vec<(String, Expr)>) -> Result<Self> {
        let mut fields: Vec<Arc<Field>> = self.schema().fields().to_vec();
        let mut slots: Vec<Slot> = (0..fields.len()).map(Slot::Same).collect();
        for (name, expr) in new {
            let place = fields.iter().position(|field| *field.name() == name);
            let (field, slot) = self.slot(&expr, name)?;
            match place.and_then(|at| Some((fields.get_mut(at)?, slots.get_mut(at)?))) {
                Some(place) => (*place.0, *place.1) = (field, slot),
                None => {
                    fields.push(field);
                    slots.push(slot);
                }
            }
        }
        self.with_columns(fields, slots)
    }

    /// The same through one of our operators; its result is one stream in the same order, unless the
    /// operator is parallel.
    pub(crate) fn through(self, operator: Arc<dyn RowOperator>) -> Result<Self> {
        let rel = if operator.parallel() { self } else { self.in_order()? };
        let sorted = rel.sorted || !operator.parallel();
        Ok(Self { sorted, ..rel.operated(operator)? })
    }

    /// The same through one of our operators, the rows as they come.
    pub(crate) fn operated(mut self, operator: Arc<dyn RowOperator>) -> Result<Self> {
        let schema = operator.schema(self.schema());
        self.steps.push(Step::Operator(operator, Arc::clone(self.schema())));
        self.schema = Arc::new(DFSchema::try_from(schema)?);
        Ok(self)
    }

    /// The sort keys that give the rows their order.
    pub(crate) fn order_keys(&self) -> Vec<SortExpr> {
        let sequence = column(field::SEQ).sort(true, false);
        match self.order {
            Order::Newest => vec![column(ORDER_TIME).sort(false, false), sequence],
            Order::Sequence => vec![sequence],
        }
    }

    /// The same rows as one stream in order.
    pub(crate) fn in_order(self) -> Result<Self> {
        if self.sorted {
            return Ok(self);
        }
        let keys = self.order_keys();
        self.sorted_by(&keys, None)
    }

    /// The first rows by these keys alone, as one stream.
    pub(crate) fn sorted_by(self, keys: &[SortExpr], fetch: Option<usize>) -> Result<Self> {
        if fetch == Some(0) {
            return Self::held(Arc::clone(self.schema()), Vec::new(), self.order);
        }
        let (props, planning) = (ExecutionProps::new(), PhysicalPlanningContext::default());
        let keys = create_physical_sort_exprs(keys, &self.schema, &props, &planning)?;
        let (order, schema) = (self.order, Arc::clone(&self.schema));
        let input = operator::sorted(keys, fetch, self.plan());
        Ok(Self { input, steps: Vec::new(), schema, order, sorted: true, floor: None })
    }

    /// The first rows by other keys, numbered anew.
    pub(crate) fn sort(self, mut keys: Vec<SortExpr>, fetch: Option<usize>) -> Result<Self> {
        keys.extend(self.order_keys());
        self.sorted_by(&keys, fetch)?.number()
    }

    /// The rows of one stream, numbered in the hidden sequence as they come.
    pub(crate) fn number(self) -> Result<Self> {
        let numbered = self.operated(Arc::new(Number))?;
        Self { order: Order::Sequence, sorted: true, ..numbered }.retain(|name| name != ORDER_TIME)
    }

    /// The groups of the rows that have these columns, with their aggregates, in no order.
    pub(crate) fn grouped(self, by: &[&str], aggregates: &[Expr]) -> Result<Self> {
        let scope = Arc::clone(&self.schema);
        Self::new(operator::grouped(self.plan(), &scope, by, aggregates)?, Order::Sequence, false)
    }

    /// The rows of one stream, then those of another with the same columns.
    pub(crate) fn followed_by(self, second: Self) -> Result<Self> {
        Self::new(operator::concat(self.plan(), second.plan()), Order::Sequence, true)
    }
}
