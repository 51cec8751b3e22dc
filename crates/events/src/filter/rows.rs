//! A filter over many events at once, for readers that have values by the column.

use super::matcher::{Matcher, Memory, Tests};
use super::program::{Node, Program};
use super::{TestId, WORD};

/// What is known of a field in the rows of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Passed {
    /// It may have any value.
    Unknown,
    /// It has none.
    Absent,
    /// It may have values that pass tests with such a bit, and others.
    Among(Box<[u64]>),
    /// It has values, or none where no test is passed.
    Rows {
        /// The tests that each row's value passes, as [`Seen::Value`](super::Seen::Value) has them.
        passed: Vec<u64>,
        /// Rows that may have no value after all, or another.
        unsure: Vec<usize>,
        /// A value is the field's for sure, so it can speak against an event by passing a test.
        is_certain: bool,
    },
}

impl Passed {
    /// What values may pass of which each test says whether it may be passed.
    pub(crate) fn among(tests: &[bool]) -> Self {
        let word = |tests: &[bool]| (0..).zip(tests).fold(0, |word, (at, &may)| word | u64::from(may) << at);
        Self::Among(tests.chunks(WORD).map(word).collect())
    }
}

impl Matcher {
    /// The tests of a field.
    pub(crate) fn tests(&mut self, field: usize) -> Option<Tests<'_>> {
        let Self { filter, remembered, .. } = self;
        Some(Tests { field: filter.fields.get(field)?, memory: remembered.fields.get_mut(field)? })
    }

    /// Which of so many rows may matter, by what is known of each field.
    pub(crate) fn rows(&self, fields: &[Passed], count: usize) -> Vec<bool> {
        let mut rows = vec![true; count];
        let program = self.filter.program();
        let known = Known { program, fields, memories: &self.remembered.fields };
        known.meets_any(&program.roots, &mut rows);
        rows
    }
}

/// What is known of all fields.
struct Known<'a> {
    program: &'a Program,
    fields: &'a [Passed],
    memories: &'a [Memory],
}

impl Known<'_> {
    /// Leaves those rows that may meet a condition.
    // Recursion is bounded by the depth of the queries' expressions.
    fn meets(&self, node: usize, rows: &mut [bool]) {
        match self.program.node(node) {
            Node::Always => {}
            Node::Never => rows.fill(false),
            Node::Holds(test) => self.holds(*test, rows),
            Node::Fails(test) => self.fails(*test, rows),
            Node::Parts { is_all: false, parts, .. } => self.meets_any(self.program.parts_of(parts), rows),
            Node::Parts { is_all: true, parts, .. } => {
                for part in self.program.parts_of(parts) {
                    if !rows.contains(&true) {
                        return;
                    }
                    self.meets(*part, rows);
                }
            }
        }
    }

    /// The same for one of several.
    fn meets_any(&self, nodes: &[usize], rows: &mut [bool]) {
        if let [node] = nodes {
            return self.meets(*node, rows);
        }
        let mut found = vec![false; rows.len()];
        for node in nodes {
            // Those that were found already need not be looked at again.
            let mut left: Vec<bool> = rows.iter().zip(&found).map(|(row, found)| row & !found).collect();
            if !left.contains(&true) {
                break;
            }
            self.meets(*node, &mut left);
            found.iter_mut().zip(&left).for_each(|(found, left)| *found |= left);
        }
        rows.copy_from_slice(&found);
    }

    fn holds(&self, test: TestId, rows: &mut [bool]) {
        match self.fields.get(test.field) {
            Some(Passed::Absent) => rows.fill(false),
            Some(Passed::Among(bits)) => {
                let word = bits.get(test.test / WORD).copied().unwrap_or(u64::MAX);
                if word >> (test.test % WORD) & 1 == 0 {
                    rows.fill(false);
                }
            }
            Some(Passed::Rows { passed, .. }) => {
                rows.iter_mut().zip(passed).for_each(|(row, passed)| *row &= self.passes(*passed, test));
            }
            Some(Passed::Unknown) | None => {}
        }
    }

    fn fails(&self, test: TestId, rows: &mut [bool]) {
        let Some(Passed::Rows { passed, unsure, is_certain: true }) = self.fields.get(test.field) else {
            return;
        };
        let kept: Vec<bool> = unsure.iter().map(|row| rows.get(*row).copied().unwrap_or_default()).collect();
        rows.iter_mut().zip(passed).for_each(|(row, passed)| *row &= !self.passes(*passed, test));
        for (at, kept) in unsure.iter().zip(kept) {
            if let Some(row) = rows.get_mut(*at) {
                *row = kept;
            }
        }
    }

    fn passes(&self, passed: u64, test: TestId) -> bool {
        self.memories.get(test.field).is_none_or(|memory| memory.passes(passed, test.test))
    }
}
