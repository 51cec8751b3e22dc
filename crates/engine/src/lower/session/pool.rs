//! The sessions that are open.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::gathered::Gathered;

/// An open session.
pub(super) struct Open {
    pub(super) gathered: Gathered,
    /// It began with a row that matches `endswith`.
    pub(super) has_end: bool,
    /// Its rows one by one, where they may have to be given as orphans.
    pub(super) members: Vec<Gathered>,
    /// The values that it knows of each field.
    known: Vec<BTreeSet<String>>,
    /// When it was last added to: the greater, the later.
    used: u64,
}

/// How a row's fields and those of a session go together.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fit {
    /// They agree in at least one.
    Agrees,
    /// There is none that both have.
    Unrelated,
    /// They differ in at least one.
    Differs,
}

impl Open {
    pub(super) fn new(gathered: Gathered, has_end: bool) -> Self {
        Self { gathered, has_end, members: Vec::new(), known: Vec::new(), used: 0 }
    }

    fn fit(&self, keys: &[Vec<String>]) -> Fit {
        let mut fit = Fit::Unrelated;
        for (known, values) in self.known.iter().zip(keys) {
            if known.is_empty() || values.is_empty() {
                continue;
            }
            if !values.iter().any(|value| known.contains(value)) {
                return Fit::Differs;
            }
            fit = Fit::Agrees;
        }
        fit
    }
}

/// Open sessions by number: a greater one was opened later.
#[derive(Default)]
pub(super) struct Pool {
    open: BTreeMap<u64, Open>,
    /// When each was last added to, the longest ago first.
    used: BTreeMap<u64, u64>,
    /// The sessions that know a value of a field.
    index: HashMap<(usize, String), BTreeSet<u64>>,
    /// Rows of all open sessions.
    pub(super) events: u64,
    next: u64,
    clock: u64,
}

impl Pool {
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    pub(super) fn insert(&mut self, open: Open) -> u64 {
        let number = self.next;
        self.next += 1;
        self.events += open.gathered.events;
        self.open.insert(number, open);
        number
    }

    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Open> {
        self.open.get_mut(&number)
    }

    /// Notes that a row with these values was added.
    pub(super) fn touch(&mut self, number: u64, keys: &[Vec<String>]) {
        let Some(open) = self.open.get_mut(&number) else { return };
        self.used.remove(&open.used);
        self.clock += 1;
        open.used = self.clock;
        self.used.insert(self.clock, number);
        open.known.resize(keys.len(), BTreeSet::new());
        for (field, (known, values)) in open.known.iter_mut().zip(keys).enumerate() {
            for value in values {
                if known.insert(value.clone()) {
                    self.index.entry((field, value.clone())).or_default().insert(number);
                }
            }
        }
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<Open> {
        let open = self.open.remove(&number)?;
        self.used.remove(&open.used);
        self.events = self.events.saturating_sub(open.gathered.events);
        for (field, known) in open.known.iter().enumerate() {
            for value in known {
                let key = (field, value.clone());
                if let Some(numbers) = self.index.get_mut(&key) {
                    numbers.remove(&number);
                    if numbers.is_empty() {
                        self.index.remove(&key);
                    }
                }
            }
        }
        Some(open)
    }

    /// The session that was added to last of those that agree with a row.
    pub(super) fn agreeing(&self, keys: &[Vec<String>]) -> Option<u64> {
        let values = keys
            .iter()
            .enumerate()
            .flat_map(|(field, values)| values.iter().map(move |value| (field, value)));
        let numbers = values.filter_map(|(field, value)| self.index.get(&(field, value.clone()))).flatten();
        let agreeing = numbers.filter_map(|number| Some((number, self.open.get(number)?)));
        let agreeing = agreeing.filter(|(_, open)| open.fit(keys) == Fit::Agrees);
        agreeing.max_by_key(|(_, open)| open.used).map(|(number, _)| *number)
    }

    /// The session that was added to last of those that share no field with a row.
    pub(super) fn unrelated(&self, keys: &[Vec<String>]) -> Option<u64> {
        let unrelated =
            |number: &&u64| self.open.get(number).is_some_and(|open| open.fit(keys) == Fit::Unrelated);
        self.used.values().rev().find(unrelated).copied()
    }

    /// The session that was opened longest ago.
    pub(super) fn oldest(&self) -> Option<(u64, &Open)> {
        self.open.first_key_value().map(|(number, open)| (*number, open))
    }

    /// The session that was not added to for longest.
    pub(super) fn least_used(&self) -> Option<(u64, &Open)> {
        let number = *self.used.first_key_value()?.1;
        Some((number, self.open.get(&number)?))
    }
}
