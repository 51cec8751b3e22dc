//! Counts and sets of values: `count`, `dc`, `values`, `mode`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Outcome, Place, Saved, Stat};
use crate::value::Cell;

/// How many values.
#[derive(Debug, Default)]
pub(super) struct Count(i64);

impl Stat for Count {
    fn add(&mut self, _: &Cell<'_>, _: Place) {
        self.0 += 1;
    }
    fn save(&self) -> Saved {
        Saved { numbers: vec![self.0 as f64], ..Saved::default() }
    }
    fn load(&mut self, saved: Saved) {
        self.0 += saved.numbers.first().copied().unwrap_or(0.0) as i64;
    }
    fn result(&self) -> Outcome {
        Outcome::Integer(self.0)
    }
    fn size(&self) -> usize {
        0
    }
}

/// Distinct values as text, in lexicographic order.
#[derive(Debug)]
pub(super) struct Values {
    seen: BTreeSet<String>,
    bytes: usize,
    count: bool,
}

impl Values {
    /// `values`: the values themselves.
    pub(super) fn list() -> Self {
        Self { seen: BTreeSet::new(), bytes: 0, count: false }
    }
    /// `dc`: how many there are.
    pub(super) fn count() -> Self {
        Self { count: true, ..Self::list() }
    }
}

impl Stat for Values {
    fn add(&mut self, value: &Cell<'_>, _: Place) {
        let Some(text) = value.text() else { return };
        if !self.seen.contains(text.as_ref()) {
            self.bytes += text.len() + 48;
            self.seen.insert(text.into_owned());
        }
    }
    fn save(&self) -> Saved {
        Saved { texts: self.seen.iter().cloned().collect(), ..Saved::default() }
    }
    fn load(&mut self, saved: Saved) {
        for text in saved.texts {
            self.bytes += text.len() + 48;
            self.seen.insert(text);
        }
    }
    fn result(&self) -> Outcome {
        if self.count {
            Outcome::Integer(i64::try_from(self.seen.len()).unwrap_or(i64::MAX))
        } else if self.seen.is_empty() {
            Outcome::Null
        } else {
            Outcome::List(self.seen.iter().cloned().collect())
        }
    }
    fn size(&self) -> usize {
        self.bytes
    }
}

/// `estdc_error`: counts of different values are exact.
#[derive(Debug, Default)]
pub(super) struct NoError;

impl Stat for NoError {
    fn add(&mut self, _: &Cell<'_>, _: Place) {}
    fn save(&self) -> Saved {
        Saved::default()
    }
    fn load(&mut self, _: Saved) {}
    fn result(&self) -> Outcome {
        Outcome::Number(0.0)
    }
    fn size(&self) -> usize {
        0
    }
}

/// The most frequent value; of several, the first in lexicographic order.
#[derive(Debug, Default)]
pub(super) struct Mode(BTreeMap<String, u64>);

impl Stat for Mode {
    fn add(&mut self, value: &Cell<'_>, _: Place) {
        let Some(text) = value.text() else { return };
        match self.0.get_mut(text.as_ref()) {
            Some(times) => *times += 1,
            None => {
                self.0.insert(text.into_owned(), 1);
            }
        }
    }
    fn save(&self) -> Saved {
        Saved {
            texts: self.0.keys().cloned().collect(),
            numbers: self.0.values().map(|&times| times as f64).collect(),
        }
    }
    fn load(&mut self, saved: Saved) {
        for (text, times) in saved.texts.into_iter().zip(saved.numbers) {
            *self.0.entry(text).or_default() += times as u64;
        }
    }
    fn result(&self) -> Outcome {
        let mut best: Option<(&String, u64)> = None;
        for (text, &times) in &self.0 {
            if best.is_none_or(|(_, most)| times > most) {
                best = Some((text, times));
            }
        }
        best.map_or(Outcome::Null, |(text, _)| Outcome::Text(text.clone()))
    }
    fn size(&self) -> usize {
        self.0.keys().map(|text| text.len() + 48).sum()
    }
}
