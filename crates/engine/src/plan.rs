//! Rows under construction: a logical plan, its fields, and the order its rows have.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::Column;
use datafusion::logical_expr::{self, Expr, LogicalPlan, SortExpr};
use sluice_events::field;

use crate::error::Result;
use crate::operator::{Node, RowOperator};

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
    pub(crate) plan: LogicalPlan,
    pub(crate) order: Order,
    /// The rows come in one stream in that order, as the plan stands.
    pub(crate) sorted: bool,
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
    /// All columns in order, hidden ones too.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&str, &DataType)> {
        self.plan.schema().fields().iter().map(|field| (field.name().as_str(), field.data_type()))
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

    /// The rows for which a condition is true.
    pub(crate) fn filter(self, condition: Expr) -> Result<Self> {
        let plan = logical_expr::Filter::try_new(condition, Arc::new(self.plan))?;
        Ok(Self { plan: LogicalPlan::Filter(plan), ..self })
    }

    /// These columns and no others.
    pub(crate) fn select(self, columns: Vec<(Expr, String)>) -> Result<Self> {
        let exprs = columns
            .into_iter()
            .map(|(expr, name)| match &expr {
                Expr::Column(column) if column.name == name => expr,
                _ => expr.alias(name),
            })
            .collect();
        let plan = logical_expr::Projection::try_new(exprs, Arc::new(self.plan))?;
        Ok(Self { plan: LogicalPlan::Projection(plan), ..self })
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
        let mut columns: Vec<(Expr, String)> =
            self.columns().map(|(name, _)| (column(name), name.to_owned())).collect();
        for (name, expr) in new {
            match columns.iter_mut().find(|(_, column)| *column == name) {
                Some(place) => place.0 = expr,
                None => columns.push((expr, name)),
            }
        }
        self.select(columns)
    }

    /// The same through one of our operators; its result is one stream in the same order, unless the
    /// operator is parallel.
    pub(crate) fn through(self, operator: Arc<dyn RowOperator>) -> Result<Self> {
        let sorted = self.sorted;
        let rel = if operator.parallel() { self } else { self.in_order()? };
        let sorted = sorted || !operator.parallel();
        Ok(Self { plan: Node::rows(operator, rel.plan)?, order: rel.order, sorted })
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
        Ok(Self { plan: Node::sort(keys, None, self.plan), order: self.order, sorted: true })
    }

    /// The first rows by other keys, numbered anew.
    pub(crate) fn sort(self, mut keys: Vec<SortExpr>, fetch: Option<usize>) -> Result<Self> {
        keys.extend(self.order_keys());
        let plan = Node::sort(keys, fetch, self.plan);
        Self { plan, order: self.order, sorted: true }.number()
    }

    /// The rows of one stream, numbered in the hidden sequence as they come.
    pub(crate) fn number(self) -> Result<Self> {
        let numbered = Node::rows(Arc::new(crate::lower::number::Number), self.plan)?;
        Self { plan: numbered, order: Order::Sequence, sorted: true }.retain(|name| name != ORDER_TIME)
    }
}
