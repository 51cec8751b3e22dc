//! What was read and what was lost, counted while readers run.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Counts shared by all readers of a run.
#[derive(Debug, Default)]
pub struct Tally {
    /// Bytes taken from inputs (as stored, before decompression where that is known).
    pub bytes: AtomicU64,
    /// Events given out.
    pub events: AtomicU64,
    /// Events that were passed over, because a filter showed that they would give no row.
    pub passed_over: AtomicU64,
    losses: Mutex<BTreeSet<Loss>>,
    lost: AtomicU64,
    repeated: Mutex<BTreeSet<String>>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loss {
    /// The input's name.
    pub file: String,
    /// Byte offset in the (decompressed) input.
    pub offset: u64,
    /// Line or record number, where known.
    pub record: Option<u64>,
    /// What is wrong, in a few words.
    pub what: String,
}

/// How much was counted at some time.
#[derive(Debug)]
pub struct Mark {
    bytes: u64,
    events: u64,
    passed_over: u64,
    losses: BTreeSet<Loss>,
    lost: u64,
}

/// Losses kept word for word; more are only counted.
const KEPT_LOSSES: usize = 1_000;

impl Tally {
    /// Notes a loss, once however often it is met: a query may read its inputs again.
    pub fn lose(&self, loss: Loss) {
        let mut losses = self.losses.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = if losses.len() < KEPT_LOSSES { losses.insert(loss) } else { !losses.contains(&loss) };
        self.lost.fetch_add(u64::from(is_new), Ordering::Relaxed);
    }

    /// Losses in order of file and offset (the first thousand), and how many there were.
    pub fn losses(&self) -> (Vec<Loss>, u64) {
        let losses = self.losses.lock().unwrap_or_else(PoisonError::into_inner);
        (losses.iter().cloned().collect(), self.lost.load(Ordering::Relaxed))
    }

    /// Notes that an event had several values for a field that was asked for as a single one. The
    /// query is then planned anew with that field as a list.
    pub fn repeat(&self, field: &str) {
        let mut repeated = self.repeated.lock().unwrap_or_else(PoisonError::into_inner);
        if !repeated.contains(field) {
            repeated.insert(field.to_owned());
        }
    }

    /// The fields noted by [`Tally::repeat`].
    pub fn repeated(&self) -> BTreeSet<String> {
        self.repeated.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Events that were given out or passed over.
    pub fn met(&self) -> u64 {
        self.events.load(Ordering::Relaxed) + self.passed_over.load(Ordering::Relaxed)
    }

    /// Notes events that are not read, since they would give no row.
    pub fn pass_over(&self, events: u64) {
        self.passed_over.fetch_add(events, Ordering::Relaxed);
    }

    /// How much is counted now.
    pub fn mark(&self) -> Mark {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let losses = self.losses.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let [bytes, events, passed_over, lost] =
            [&self.bytes, &self.events, &self.passed_over, &self.lost].map(of);
        Mark { bytes, events, passed_over, losses, lost }
    }

    /// Forgets what was counted since, but for the repeated fields: it will be read again.
    pub fn back_to(&self, mark: Mark) {
        self.bytes.store(mark.bytes, Ordering::Relaxed);
        self.events.store(mark.events, Ordering::Relaxed);
        self.passed_over.store(mark.passed_over, Ordering::Relaxed);
        self.lost.store(mark.lost, Ordering::Relaxed);
        *self.losses.lock().unwrap_or_else(PoisonError::into_inner) = mark.losses;
    }

    /// Forgets all but the repeated fields: the run starts anew.
    pub fn restart(&self) {
        self.back_to(Tally::default().mark());
    }
}
