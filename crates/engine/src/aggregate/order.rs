//! What depends on the order of rows or on time: `first`, `last`, `list`, `earliest`, `latest`.

use super::{Outcome, Place, Saved, Stat};
use crate::value::Cell;

/// Splunk's `list` keeps so many values.
const LIST_MAX: usize = 100;

/// One value, chosen by its row's place.
#[derive(Debug)]
pub(super) struct Pick {
    by: By,
    best: Option<((f64, f64), String)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum By {
    First,
    Last,
    Earliest,
    Latest,
    EarliestTime,
    LatestTime,
}

impl Pick {
    fn by(by: By) -> Self {
        Self { by, best: None }
    }
    pub(super) fn first() -> Self {
        Self::by(By::First)
    }
    pub(super) fn last() -> Self {
        Self::by(By::Last)
    }
    pub(super) fn earliest() -> Self {
        Self::by(By::Earliest)
    }
    pub(super) fn latest() -> Self {
        Self::by(By::Latest)
    }
    pub(super) fn earliest_time() -> Self {
        Self::by(By::EarliestTime)
    }
    pub(super) fn latest_time() -> Self {
        Self::by(By::LatestTime)
    }

    /// The key of a row: the smallest wins. Rows come newest first, so of rows of one time the
    /// first is the latest and the last the earliest.
    fn key(&self, at: Place) -> Option<(f64, f64)> {
        let sequence = at.sequence as f64;
        match self.by {
            By::First => Some(at.key()),
            By::Last => Some((-at.key().0, -at.key().1)),
            By::Earliest | By::EarliestTime => Some((at.time?, -sequence)),
            By::Latest | By::LatestTime => Some((-at.time?, sequence)),
        }
    }

    fn take(&mut self, key: (f64, f64), text: impl FnOnce() -> String) {
        if self.best.as_ref().is_none_or(|(best, _)| key < *best) {
            self.best = Some((key, text()));
        }
    }
}

impl Stat for Pick {
    fn add(&mut self, value: &Cell<'_>, at: Place) {
        let (Some(key), Some(text)) = (self.key(at), value.text()) else { return };
        match self.by {
            By::EarliestTime | By::LatestTime => {
                let time = at.time.unwrap_or_default();
                self.take(key, || crate::value::number_to_text(time));
            }
            _ => self.take(key, || text.into_owned()),
        }
    }
    fn save(&self) -> Saved {
        match &self.best {
            Some((key, text)) => Saved { texts: vec![text.clone()], numbers: vec![key.0, key.1] },
            None => Saved::default(),
        }
    }
    fn load(&mut self, saved: Saved) {
        if let ([text], [time, sequence]) = (&saved.texts[..], &saved.numbers[..]) {
            self.take((*time, *sequence), || text.clone());
        }
    }
    fn result(&self) -> Outcome {
        self.best.as_ref().map_or(Outcome::Null, |(_, text)| Outcome::Text(text.clone()))
    }
    fn size(&self) -> usize {
        self.best.as_ref().map_or(0, |(_, text)| text.len())
    }
}

/// Values in order of rows, the first hundred.
#[derive(Debug, Default)]
pub(super) struct List {
    values: Vec<((f64, f64), String)>,
}

impl List {
    /// Keeps the first hundred once there are many more.
    fn trim(&mut self) {
        if self.values.len() >= LIST_MAX * 4 {
            self.sort();
            self.values.truncate(LIST_MAX);
        }
    }
    fn sort(&mut self) {
        self.values
            .sort_by(|(left, _), (right, _)| left.0.total_cmp(&right.0).then(left.1.total_cmp(&right.1)));
    }
}

impl Stat for List {
    fn add(&mut self, value: &Cell<'_>, at: Place) {
        if let Some(text) = value.text() {
            self.values.push((at.key(), text.into_owned()));
            self.trim();
        }
    }
    fn save(&self) -> Saved {
        Saved {
            texts: self.values.iter().map(|(_, text)| text.clone()).collect(),
            numbers: self.values.iter().flat_map(|(key, _)| [key.0, key.1]).collect(),
        }
    }
    fn load(&mut self, saved: Saved) {
        let keys = saved.numbers.chunks_exact(2).map(|key| (key[0], key[1]));
        self.values.extend(keys.zip(saved.texts));
        self.trim();
    }
    fn result(&self) -> Outcome {
        if self.values.is_empty() {
            return Outcome::Null;
        }
        let mut sorted = Self { values: self.values.clone() };
        sorted.sort();
        Outcome::List(sorted.values.into_iter().take(LIST_MAX).map(|(_, text)| text).collect())
    }
    fn size(&self) -> usize {
        self.values.iter().map(|(_, text)| text.len() + 40).sum()
    }
}

/// The change of a value a second, from its earliest to its latest event.
#[derive(Debug, Default)]
pub(super) struct Rate {
    earliest: Option<(f64, f64)>,
    latest: Option<(f64, f64)>,
}

impl Rate {
    fn take(&mut self, time: f64, number: f64) {
        if self.earliest.is_none_or(|(known, _)| time < known) {
            self.earliest = Some((time, number));
        }
        if self.latest.is_none_or(|(known, _)| time > known) {
            self.latest = Some((time, number));
        }
    }
}

impl Stat for Rate {
    fn add(&mut self, value: &Cell<'_>, at: Place) {
        if let (Some(time), Some(number)) = (at.time, value.number()) {
            self.take(time, number);
        }
    }
    fn save(&self) -> Saved {
        let ends = self.earliest.iter().chain(&self.latest).flat_map(|&(time, number)| [time, number]);
        Saved { numbers: ends.collect(), ..Saved::default() }
    }
    fn load(&mut self, saved: Saved) {
        for end in saved.numbers.chunks_exact(2) {
            self.take(end[0], end[1]);
        }
    }
    fn result(&self) -> Outcome {
        let (Some((start, from)), Some((end, to))) = (self.earliest, self.latest) else {
            return Outcome::Null;
        };
        if end > start { Outcome::Number((to - from) / (end - start)) } else { Outcome::Null }
    }
    fn size(&self) -> usize {
        0
    }
}
