//! `allnum=true`: a function over numbers has no result where one value is none.

use super::{Outcome, Place, Saved, Stat};
use crate::value::Cell;

/// A stat that gives up at the first value that is no number.
#[derive(Debug)]
pub(super) struct OnlyNumbers {
    inner: Box<dyn Stat>,
    spoiled: bool,
}

impl OnlyNumbers {
    pub(super) fn new(inner: Box<dyn Stat>) -> Self {
        Self { inner, spoiled: false }
    }
}

impl Stat for OnlyNumbers {
    fn add(&mut self, value: &Cell<'_>, at: Place) {
        self.spoiled |= value.number().is_none();
        if !self.spoiled {
            self.inner.add(value, at);
        }
    }
    /// The first number says whether it is spoiled.
    fn save(&self) -> Saved {
        let mut saved = self.inner.save();
        saved.numbers.insert(0, f64::from(u8::from(self.spoiled)));
        saved
    }
    fn load(&mut self, mut saved: Saved) {
        if saved.numbers.is_empty() {
            return;
        }
        self.spoiled |= saved.numbers.remove(0) != 0.0;
        self.inner.load(saved);
    }
    fn result(&self) -> Outcome {
        if self.spoiled { Outcome::Null } else { self.inner.result() }
    }
    fn size(&self) -> usize {
        self.inner.size() + 1
    }
}
