//! DataFusion, set up for SPL: our planner for our nodes, one physical rule, and none of the logical rules,
//! which coerce types as SQL does and inline evals into filters.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::common::Result;
use datafusion::execution::context::QueryPlanner;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner};
use datafusion::prelude::SessionConfig;

use crate::operator::{Distribute, NodePlanner};
use crate::settings::Settings;

/// A session for one run.
///
/// # Errors
/// When no folder for spilled data can be had.
pub(crate) fn state(settings: &Settings) -> Result<SessionState> {
    let config = SessionConfig::new()
        .with_target_partitions(settings.threads.max(1))
        .with_batch_size(sluice_events::batch::BATCH_ROWS)
        .with_round_robin_repartition(false)
        .with_information_schema(false);
    let mut runtime = RuntimeEnvBuilder::new();
    if let Some(bytes) = settings.memory {
        runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(bytes)));
    }
    Ok(SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime.build_arc()?)
        .with_analyzer_rules(Vec::new())
        .with_optimizer_rules(Vec::new())
        .with_physical_optimizer_rules(vec![Arc::new(Distribute)])
        .with_query_planner(Arc::new(Planner))
        .build())
}

#[derive(Debug)]
struct Planner;

#[async_trait]
impl QueryPlanner for Planner {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        session: &dyn datafusion::catalog::Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        DefaultPhysicalPlanner::with_extension_planners(vec![Arc::new(NodePlanner)])
            .create_physical_plan(plan, session)
            .await
    }
}
