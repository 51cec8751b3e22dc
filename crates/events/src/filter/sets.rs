//! Sets that are met again and again, by number.

use std::hash::Hash;

use hashbrown::HashMap;

/// Sets that have a number.
const MOST: usize = 65_536;

/// The number of the empty set.
pub(super) const NONE: u32 = 0;
/// The number of the first other one.
pub(super) const ALL: u32 = 1;

/// Sets of which each has a number, written in one way.
pub(super) struct Sets<T> {
    numbers: HashMap<Box<[T]>, u32>,
    sets: Vec<Box<[T]>>,
}

impl<T: Hash + Eq + Clone> Sets<T> {
    /// The empty set, [`NONE`], and one with all there is, [`ALL`].
    pub(super) fn of_all(all: &[T]) -> Self {
        let mut sets = Self { numbers: HashMap::new(), sets: Vec::new() };
        sets.number(&[]);
        sets.number(all);
        sets
    }

    /// The number of a set; `None` if there are too many.
    pub(super) fn number(&mut self, set: &[T]) -> Option<u32> {
        if let Some(&number) = self.numbers.get(set) {
            return Some(number);
        }
        let number = u32::try_from(self.sets.len()).ok().filter(|_| self.sets.len() < MOST)?;
        self.sets.push(set.into());
        self.numbers.insert(set.into(), number);
        Some(number)
    }

    /// The set of a number.
    pub(super) fn get(&self, number: u32) -> Option<&[T]> {
        self.sets.get(number as usize).map(AsRef::as_ref)
    }
}
