//! A bar on stderr for work that takes a while: bytes, rate, time left.

use std::fmt::{self, Display};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sluice_events::tally::Tally;

use crate::console::Console;
use crate::report::{counted, size};

/// Work that ends sooner has no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// Time between two looks at the tally.
const TICK: Duration = Duration::from_millis(100);

/// A bar that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    bytes: u64,
    ended: Arc<AtomicBool>,
    passes: Arc<Mutex<Passes>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Passes {
    bytes_before: u64,
    events_before: u64,
    current: Option<Arc<Tally>>,
}

/// How much has been read, as it grows.
#[derive(Debug)]
pub(crate) struct Read {
    bytes: u64,
    passes: Arc<Mutex<Passes>>,
}

impl Display for Read {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passes = self.passes.lock().unwrap_or_else(PoisonError::into_inner);
        let (bytes, events) = (passes.bytes(), counted(passes.events(), "event"));
        write!(out, "{events}, {} of {}", size(bytes as f64), size(self.bytes.max(bytes) as f64))
    }
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
        Self { bytes, ended, passes, thread }
    }

    /// How much has been read, for whoever asks while the bar runs.
    pub(crate) fn read(&self) -> Read {
        Read { bytes: self.bytes, passes: Arc::clone(&self.passes) }
    }

    /// From now on this tally counts; what the one before it counted is done.
    pub(crate) fn watch(&self, tally: &Arc<Tally>) {
        let mut passes = self.passes.lock().unwrap_or_else(PoisonError::into_inner);
        (passes.bytes_before, passes.events_before) = (passes.bytes(), passes.events());
        passes.current = Some(Arc::clone(tally));
    }
}

impl Passes {
    fn bytes(&self) -> u64 {
        self.bytes_before + self.current.as_ref().map_or(0, |tally| tally.bytes.load(Ordering::Relaxed))
    }

    fn events(&self) -> u64 {
        let of_pass = |tally: &Arc<Tally>| {
            tally.events.load(Ordering::Relaxed) + tally.passed_over.load(Ordering::Relaxed)
        };
        self.events_before + self.current.as_ref().map_or(0, of_pass)
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
    let started = Instant::now();
    std::thread::park_timeout(PATIENCE);
    if ended.load(Ordering::Relaxed) {
        return;
    }
    let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
    bar.set_style(look());
    while !ended.load(Ordering::Relaxed) {
        let read = passes.lock().unwrap_or_else(PoisonError::into_inner).bytes();
        // More than expected is read when a query is planned anew.
        let total = bytes.max(read);
        bar.set_length(total);
        bar.set_position(read);
        bar.set_message(words(read, total, started.elapsed()));
        std::thread::park_timeout(TICK);
    }
    bar.finish_and_clear();
}

/// `20.7 MB of 33.8 MB  34.1 MB/s  2 s left`. The bar's own rate would count from when it was first drawn.
fn words(read: u64, total: u64, elapsed: Duration) -> String {
    let rate = read as f64 / elapsed.as_secs_f64().max(1e-3);
    let left =
        if read == 0 { String::new() } else { format!("  {}", time_left((total - read) as f64 / rate)) };
    format!("{} of {}  {}/s{left}", size(read as f64), size(total as f64), size(rate))
}

fn time_left(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    match seconds {
        0..=99 => format!("{seconds} s left"),
        100..=5999 => format!("{} min left", seconds.div_ceil(60)),
        _ => format!("{} h left", seconds.div_ceil(3600)),
    }
}

fn look() -> ProgressStyle {
    ProgressStyle::with_template("{bar:24} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_counts_from_the_start() {
        let text = words(20_700_000, 41_400_000, Duration::from_secs(2));
        assert_eq!(text, "20.7 MB of 41.4 MB  10.3 MB/s  2 s left");
        assert_eq!(words(0, 100, Duration::from_secs(1)), "0 B of 100 B  0 B/s");
        assert_eq!(time_left(7200.0), "2 h left");
    }
}
