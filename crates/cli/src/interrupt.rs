//! Ctrl-C, a signal to end, and the time budget: a run stops at once, says what it had, and leaves no file behind.
//!
//! The engine stops between batches, and the command then ends as it always does. Where that takes too long, as in
//! the middle of a large sort, the process ends here.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sluice_detect::summary::Summary;
use sluice_engine::Settings;
use tempfile::TempDir;

use crate::progress::{Progress, Read};
use crate::stop::{INTERRUPTED, STOPPED, Stop};

/// How long the engine may take to stop.
const GRACE: Duration = Duration::from_millis(120);

/// Listens while a command runs.
pub(crate) struct Interrupt {
    run: Arc<Run>,
}

struct Run {
    settings: Settings,
    read: Mutex<Option<Read>>,
    /// Where sorts and aggregates put what memory does not hold.
    spill: Mutex<Option<TempDir>>,
    has_ended: AtomicBool,
}

impl Interrupt {
    /// Listens from now on.
    pub(crate) fn listen(settings: &mut Settings) -> Result<Self, Stop> {
        let spill = settings.memory.map(|_| TempDir::with_prefix("sluice-")).transpose()?;
        settings.spill = spill.as_ref().map(|folder| PathBuf::from(folder.path()));
        let run = Arc::new(Run {
            settings: settings.clone(),
            read: Mutex::default(),
            spill: Mutex::new(spill),
            has_ended: AtomicBool::new(false),
        });
        let interrupted = Arc::clone(&run);
        let listening = ctrlc::set_handler(move || {
            // Whoever asks twice, or while rows are written, does not want to wait for them.
            if !interrupted.settings.cancel.is_cancelled() && !interrupted.has_ended.load(Ordering::Acquire) {
                interrupted.settings.cancel.cancel();
                std::thread::sleep(GRACE);
                if interrupted.has_ended.load(Ordering::Acquire) {
                    return;
                }
            }
            interrupted.give_up("it was interrupted", INTERRUPTED);
        });
        listening.map_err(|error| Stop::Failed { code: STOPPED, message: format!("signals: {error}") })?;
        if let Some(limit) = settings.timeout {
            let run = Arc::clone(&run);
            std::thread::spawn(move || {
                std::thread::sleep(limit + GRACE);
                if !run.has_ended.load(Ordering::Acquire) {
                    run.give_up(&format!("the time budget of {limit:?} is used up"), STOPPED);
                }
            });
        }
        Ok(Self { run })
    }

    /// What is read is counted here.
    pub(crate) fn watch(&self, progress: &Progress) {
        *self.run.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress.read());
    }

    /// The engine has ended.
    pub(crate) fn ended(&self) {
        self.run.has_ended.store(true, Ordering::Release);
        self.run.forget();
    }

    /// Sets the exit code of a run that was stopped by a signal.
    pub(crate) fn settle(&self, summary: &mut Summary) {
        if summary.exit == STOPPED && self.run.settings.cancel.is_cancelled() {
            summary.exit = INTERRUPTED;
        }
    }
}

impl Run {
    fn forget(&self) {
        drop(self.spill.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn give_up(&self, why: &str, code: u8) -> ! {
        self.forget();
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let had = read.as_ref().map_or_else(String::new, |read| format!("; had read {read}"));
        eprintln!("sluice: stopped: {why}{had}");
        std::process::exit(code.into())
    }
}
