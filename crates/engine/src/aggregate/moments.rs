//! Sums and spreads of numbers: `sum`, `avg`, `sumsq`, `stdev`, `var` and their population forms.
//! Text that is no number counts for nothing.

use super::{Outcome, Place, Saved, Stat};
use crate::value::Cell;

/// Count, sum, sum of squares, and mean and squared distance from it by Welford's method.
#[derive(Debug)]
pub(super) struct Moments {
    function: &'static str,
    count: f64,
    sum: f64,
    squares: f64,
    mean: f64,
    distance: f64,
}

impl Moments {
    pub(super) fn new(function: &'static str) -> Self {
        Self { function, count: 0.0, sum: 0.0, squares: 0.0, mean: 0.0, distance: 0.0 }
    }
}

impl Stat for Moments {
    fn add(&mut self, value: &Cell<'_>, _: Place) {
        let Some(number) = value.number() else { return };
        self.count += 1.0;
        self.sum += number;
        self.squares += number * number;
        let before = number - self.mean;
        self.mean += before / self.count;
        self.distance += before * (number - self.mean);
    }
    fn save(&self) -> Saved {
        Saved {
            numbers: vec![self.count, self.sum, self.squares, self.mean, self.distance],
            ..Saved::default()
        }
    }
    fn load(&mut self, saved: Saved) {
        let [count, sum, squares, mean, distance] = saved.numbers[..] else { return };
        if count == 0.0 {
            return;
        }
        let both = self.count + count;
        let apart = mean - self.mean;
        self.distance += distance + apart * apart * self.count * count / both;
        self.mean += apart * count / both;
        self.count = both;
        self.sum += sum;
        self.squares += squares;
    }
    fn result(&self) -> Outcome {
        if self.count == 0.0 {
            return Outcome::Null;
        }
        let sample = if self.count > 1.0 { self.distance / (self.count - 1.0) } else { 0.0 };
        let population = self.distance / self.count;
        Outcome::Number(match self.function {
            "sum" => self.sum,
            "sumsq" => self.squares,
            "stdev" => sample.sqrt(),
            "stdevp" => population.sqrt(),
            "var" => sample,
            "varp" => population,
            _ => self.sum / self.count,
        })
    }
    fn size(&self) -> usize {
        0
    }
}
