//! The memory budget: what may spill shares most of it, and the rest is kept for what may not.
//!
//! A sort merges what it holds before it spills, and what it has spilled at its end, which takes as much again that
//! nothing can give back. Where all who may spill had taken everything by then, the query would end.

use std::fmt;

use datafusion::common::Result;
use datafusion::execution::memory_pool::{
    FairSpillPool, GreedyMemoryPool, MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation,
};

/// Of how many parts one is for what may not spill.
const PARTS: usize = 2;

/// A budget.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes: usize,
    spilling: FairSpillPool,
    kept: GreedyMemoryPool,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        let kept = bytes / PARTS;
        Self { bytes, spilling: FairSpillPool::new(bytes - kept), kept: GreedyMemoryPool::new(kept) }
    }

    fn of(&self, consumer: &MemoryConsumer) -> &dyn MemoryPool {
        if consumer.can_spill() { &self.spilling } else { &self.kept }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a budget of {} bytes: {}, {}", self.bytes, self.spilling, self.kept)
    }
}

impl MemoryPool for Budget {
    fn name(&self) -> &str {
        "budget"
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.of(consumer).register(consumer);
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.of(consumer).unregister(consumer);
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.of(reservation.consumer()).grow(reservation, additional);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.of(reservation.consumer()).shrink(reservation, shrink);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        self.of(reservation.consumer()).try_grow(reservation, additional)
    }

    fn reserved(&self) -> usize {
        self.spilling.reserved() + self.kept.reserved()
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn what_may_not_spill_finds_room_when_all_else_is_taken() {
        let pool: Arc<dyn MemoryPool> = Arc::new(Budget::new(300));
        let spilling = MemoryConsumer::new("sort").with_can_spill(true).register(&pool);
        let kept = MemoryConsumer::new("merge").register(&pool);
        assert!(spilling.try_grow(150).is_ok());
        assert!(spilling.try_grow(1).is_err());
        assert!(kept.try_grow(150).is_ok());
        assert!(kept.try_grow(1).is_err());
        assert_eq!(pool.reserved(), 300);
        drop((spilling, kept));
        assert_eq!(pool.reserved(), 0);
    }
}
