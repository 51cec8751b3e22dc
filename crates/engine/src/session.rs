//! DataFusion, set up for SPL. None of its planning is used: it coerces types as SQL does, inlines evals into
//! filters, and takes longer than most detections run.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::common::Result;
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::SessionConfig;

use crate::settings::Settings;

/// What plans run in.
///
/// # Errors
/// When no folder for spilled data can be had.
pub(crate) fn context(settings: &Settings) -> Result<Arc<TaskContext>> {
    let config = SessionConfig::new()
        .with_target_partitions(settings.threads.max(1))
        .with_batch_size(sluice_events::batch::BATCH_ROWS)
        .with_round_robin_repartition(false)
        .with_information_schema(false);
    let mut runtime = RuntimeEnvBuilder::new();
    if let Some(bytes) = settings.memory {
        runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(bytes)));
    }
    let context = TaskContext::new(
        None,
        String::new(),
        config,
        HashMap::new(),
        HashMap::new(),
        HashMap::new(),
        HashMap::new(),
        runtime.build_arc()?,
    );
    Ok(Arc::new(context))
}
