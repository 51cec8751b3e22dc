//! `reset_after` where it reads what `streamstats` itself computes: it is then known row by row only.

use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::physical_expr::PhysicalExpr;
use sluice_spl::tree::Expr;

use super::super::Measures;
use crate::kernel::Context;
use crate::lower::expr;
use crate::needed::Needed;
use crate::plan::Rel;

/// Whether a condition reads a result.
pub(super) fn reads_results(condition: &Expr, window: &Measures) -> bool {
    let mut read = Needed::default();
    read.expr(condition);
    window.measures.iter().any(|measure| read.names.contains(&measure.name))
}

/// The condition over a row with its results.
#[derive(Debug, Clone)]
pub(super) struct AfterResult(Arc<dyn PhysicalExpr>);

impl AfterResult {
    pub(super) fn new(
        condition: &Expr,
        window: &Measures,
        rel: &Rel,
        context: &Context,
    ) -> crate::error::Result<Self> {
        let rows = Rel::held(window.schema(rel.schema()), Vec::new(), rel.order)?;
        let condition = expr::condition(condition, &rows, context)?;
        Ok(Self(rows.compiled(&condition)?))
    }

    /// Whether it holds for the one row of a batch.
    pub(super) fn holds(&self, row: &RecordBatch) -> Result<bool> {
        let value = self.0.evaluate(row)?.into_array(row.num_rows())?;
        Ok(value
            .as_boolean_opt()
            .is_some_and(|holds| !holds.is_empty() && holds.is_valid(0) && holds.value(0)))
    }
}
