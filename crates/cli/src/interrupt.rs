//! Ctrl-C, a signal to end, and the time budget: a run stops at once, says what it had, and leaves no file behind.
//!
//! The engine stops between batches, and the command then ends as it always does. Where that takes too long, as in
//! the middle of a large sort, the process ends here.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use sluice_detect::summary::Summary;
use sluice_engine::Settings;
use tempfile::TempDir;

use crate::progress::{Progress, Read};
use crate::stop::{INTERRUPTED, STOPPED, Stop};

/// How long the engine may take to stop.
const GRACE: Duration = Duration::from_millis(120);
/// Time between two looks at what has come.
const TICK: Duration = Duration::from_millis(10);

/// Why a run ends that a signal stopped.
const INTERRUPT: &str = "it was interrupted";

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
    /// Listens from now on. A hangup is left to whoever started the program: `nohup` has it ignored.
    pub(crate) fn listen(settings: &mut Settings) -> Result<Self, Stop> {
        let spill = settings.memory.map(|_| TempDir::with_prefix("sluice-")).transpose()?;
        settings.spill = spill.as_ref().map(|folder| PathBuf::from(folder.path()));
        let signalled = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            flag::register(signal, Arc::clone(&signalled))?;
        }
        let run = Arc::new(Run {
            settings: settings.clone(),
            read: Mutex::default(),
            spill: Mutex::new(spill),
            has_ended: AtomicBool::new(false),
        });
        let watched = Arc::clone(&run);
        std::thread::Builder::new().spawn(move || watched.watch(&signalled))?;
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
    /// Waits for signals, and for the end of the time that the engine has to stop by itself.
    fn watch(&self, signalled: &AtomicBool) -> ! {
        let budget = self.settings.timeout.and_then(|limit| {
            let end = Instant::now().checked_add(limit)?.checked_add(GRACE)?;
            Some((end, format!("the time budget of {limit:?} is used up"), STOPPED))
        });
        let mut end = budget;
        loop {
            std::thread::sleep(TICK);
            let has_ended = self.has_ended.load(Ordering::Acquire);
            if signalled.swap(false, Ordering::AcqRel) {
                // Whoever asks twice, or while rows are written, does not want to wait for them.
                let waits = !has_ended && !self.settings.cancel.is_cancelled();
                self.settings.cancel.cancel();
                if !waits {
                    self.give_up(INTERRUPT, INTERRUPTED);
                }
                end = Some((Instant::now() + GRACE, INTERRUPT.to_owned(), INTERRUPTED));
            }
            match &end {
                Some((end, why, code)) if !has_ended && Instant::now() >= *end => self.give_up(why, *code),
                _ => {}
            }
        }
    }

    fn forget(&self) {
        let spill = self.spill.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(folder) = spill.map(TempDir::keep) else { return };
        // Where the engine still runs, it may make a file meanwhile.
        for _ in 0..10 {
            if std::fs::remove_dir_all(&folder).is_ok() || !folder.exists() {
                return;
            }
        }
    }

    fn give_up(&self, why: &str, code: u8) -> ! {
        self.forget();
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let had = read.as_ref().map_or_else(String::new, |read| format!("; had read {read}"));
        eprintln!("sluice: stopped: {why}{had}");
        std::process::exit(code.into())
    }
}
