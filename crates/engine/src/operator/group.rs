//! Groups and their aggregates: each partition by itself, then together; or the rows of a group together at once.

use std::sync::Arc;

use datafusion::common::{DFSchema, Result};
use datafusion::execution::context::ExecutionProps;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::aggregate::LoweredAggregateBuilder;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode, PhysicalGroupBy};

use crate::aggregate;

/// The groups of the rows of `input` by these columns, with their aggregates behind them.
pub(crate) fn grouped(
    input: Arc<dyn ExecutionPlan>,
    scope: &DFSchema,
    by: &[&str],
    aggregates: &[Expr],
) -> Result<Arc<dyn ExecutionPlan>> {
    let (schema, props, planning) =
        (input.schema(), ExecutionProps::new(), PhysicalPlanningContext::default());
    let keys = by
        .iter()
        .map(|name| {
            Ok((
                Arc::new(Column::new_with_schema(name, &schema)?) as Arc<dyn PhysicalExpr>,
                (*name).to_owned(),
            ))
        })
        .collect::<Result<Vec<_>>>()?;
    let (mut calls, mut filters) = (Vec::new(), Vec::new());
    for aggregate in aggregates {
        let lowered = LoweredAggregateBuilder::new(aggregate, scope, &schema, &props, &planning).build()?;
        calls.push(lowered.aggregate);
        filters.push(lowered.filter);
    }
    let groups = PhysicalGroupBy::new_single(keys);
    let aggregated = |mode, groups, calls, filters, input| {
        AggregateExec::try_new(mode, groups, calls, filters, input, Arc::clone(&schema))
    };
    // What our own aggregates hold of a group costs more to hand over than the group's rows do.
    if !by.is_empty() && aggregates.iter().any(aggregate::is_own) {
        return Ok(Arc::new(aggregated(AggregateMode::SinglePartitioned, groups, calls, filters, input)?));
    }
    let partial = aggregated(AggregateMode::Partial, groups, calls, filters.clone(), input)?;
    let (calls, groups) = (partial.aggr_expr().to_vec(), partial.group_expr().as_final());
    let mode = if by.is_empty() { AggregateMode::Final } else { AggregateMode::FinalPartitioned };
    Ok(Arc::new(aggregated(mode, groups, calls, filters, Arc::new(partial))?))
}
