//! DataFusion, set up for SPL. None of its planning is used: it coerces types as SQL does, inlines evals into
//! filters, and takes longer than most detections run.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::common::Result;
use datafusion::execution::TaskContext;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::SessionConfig;

use crate::memory::Budget;
use crate::settings::Settings;
use crate::stop::{self, Stop};

/// Rows of a batch where batches may spill.
const SPILLED_ROWS: usize = 256;
/// Files that are merged at a time: one sort must not take what others need for theirs.
const MERGED_FILES: usize = 16;

/// Where files go that take what memory does not.
struct Folder(PathBuf);

/// The folder for files that take what memory does not.
pub(crate) fn folder(context: &TaskContext) -> PathBuf {
    let known = context.session_config().get_extension::<Folder>();
    known.map_or_else(std::env::temp_dir, |known| known.0.clone())
}

/// What plans run in, until they are told to stop.
///
/// # Errors
/// When no folder for spilled data can be had.
pub(crate) fn context(settings: &Settings, stop: &Stop) -> Result<Arc<TaskContext>> {
    let mut config = stop::configured(SessionConfig::new(), stop)
        .with_target_partitions(settings.threads.max(1))
        .with_batch_size(sluice_events::batch::BATCH_ROWS)
        .with_round_robin_repartition(false)
        .with_information_schema(false);
    let mut runtime = RuntimeEnvBuilder::new();
    if let Some(bytes) = settings.memory {
        // A merge holds a batch of each of its parts, and what each sort keeps back for it is taken from the others.
        let merging = config.options().execution.sort_spill_reservation_bytes.min(bytes / 64);
        config = config.with_sort_spill_reservation_bytes(merging).with_batch_size(SPILLED_ROWS);
        runtime = runtime.with_memory_pool(Arc::new(Budget::new(bytes)));
    }
    let folders = match &settings.spill {
        Some(folder) => DiskManagerMode::Directories(vec![folder.clone()]),
        None => DiskManagerMode::OsTmpDirectory,
    };
    let files = DiskManagerBuilder::default().with_mode(folders).with_max_spill_merge_fan_in(MERGED_FILES);
    let runtime = runtime.with_disk_manager_builder(files);
    let config =
        config.with_extension(Arc::new(Folder(settings.spill.clone().unwrap_or_else(std::env::temp_dir))));
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
