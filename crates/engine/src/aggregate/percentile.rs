//! `median`, `percN`, `upperpercN`: exact, interpolated between neighbours.

use super::{Outcome, Place, Saved, Stat};
use crate::value::Cell;

/// All numbers seen.
#[derive(Debug)]
pub(super) struct Percentile {
    percent: f64,
    upper: bool,
    numbers: Vec<f64>,
}

impl Percentile {
    pub(super) fn new(percent: f64) -> Self {
        Self { percent: percent.clamp(0.0, 100.0), upper: false, numbers: Vec::new() }
    }
    /// The greater neighbour in place of a value between the two.
    pub(super) fn upper(percent: f64) -> Self {
        Self { upper: true, ..Self::new(percent) }
    }
}

impl Stat for Percentile {
    fn add(&mut self, value: &Cell<'_>, _: Place) {
        self.numbers.extend(value.number());
    }
    fn save(&self) -> Saved {
        Saved { numbers: self.numbers.clone(), ..Saved::default() }
    }
    fn load(&mut self, saved: Saved) {
        self.numbers.extend(saved.numbers);
    }
    fn result(&self) -> Outcome {
        let mut sorted = self.numbers.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (sorted.len().saturating_sub(1)) as f64 * self.percent / 100.0;
        let (below, above) = (sorted.get(place.floor() as usize), sorted.get(place.ceil() as usize));
        let (Some(below), Some(above)) = (below, above) else { return Outcome::Null };
        if self.upper {
            return Outcome::Number(*above);
        }
        Outcome::Number(below + (above - below) * place.fract())
    }
    fn size(&self) -> usize {
        self.numbers.capacity() * size_of::<f64>()
    }
}
