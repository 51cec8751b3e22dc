//! A bar on stderr for work that takes a while: bytes, rate, time left.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sluice_events::tally::Tally;

use crate::console::Console;

/// Work that ends sooner has no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// Time between two looks at the tally.
const TICK: Duration = Duration::from_millis(100);

/// A bar that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    ended: Arc<AtomicBool>,
    passes: Arc<Mutex<Passes>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Passes {
    before: u64,
    current: Option<Arc<Tally>>,
}

impl Progress {
    /// Starts a bar over this many bytes; nothing is drawn where stderr is no terminal.
    pub(crate) fn start(console: Console, bytes: u64) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let passes = Arc::new(Mutex::new(Passes::default()));
        let thread = console.draws().then(|| {
            let (ended, passes) = (Arc::clone(&ended), Arc::clone(&passes));
            std::thread::spawn(move || draw(bytes, &ended, &passes))
        });
        Self { ended, passes, thread }
    }

    /// From now on this tally counts; what the one before it counted is done.
    pub(crate) fn watch(&self, tally: &Arc<Tally>) {
        let mut passes = self.passes.lock().unwrap_or_else(PoisonError::into_inner);
        passes.before = passes.read();
        passes.current = Some(Arc::clone(tally));
    }
}

impl Passes {
    fn read(&self) -> u64 {
        self.before + self.current.as_ref().map_or(0, |tally| tally.bytes.load(Ordering::Relaxed))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A bar that failed to draw is no reason to stop.
            let _ = thread.join();
        }
    }
}

fn draw(bytes: u64, ended: &AtomicBool, passes: &Mutex<Passes>) {
    std::thread::park_timeout(PATIENCE);
    if ended.load(Ordering::Relaxed) {
        return;
    }
    let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
    bar.set_style(look());
    while !ended.load(Ordering::Relaxed) {
        let read = passes.lock().unwrap_or_else(PoisonError::into_inner).read();
        // More than expected is read when a query is planned anew.
        bar.set_length(bytes.max(read));
        bar.set_position(read);
        std::thread::park_timeout(TICK);
    }
    bar.finish_and_clear();
}

fn look() -> ProgressStyle {
    ProgressStyle::with_template("{bar:24} {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
