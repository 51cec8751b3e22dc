//! A filter over many events at once, for readers that have values by the column.

use super::matcher::{Matcher, Tests};
use super::{Condition, TestId};

/// What is known of a field in the rows of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Passed {
    /// It may have any value.
    Unknown,
    /// It has none.
    Absent,
    /// It has values, or none where no test is passed.
    Rows {
        /// The tests that each row's value passes.
        passed: Vec<u64>,
        /// Rows that may have no value after all, or another.
        unsure: Vec<usize>,
        /// A value is the field's for sure, so it can speak against an event by passing a test.
        is_certain: bool,
    },
}

impl Matcher {
    /// The tests of a field.
    pub(crate) fn tests(&mut self, field: usize) -> Option<Tests<'_>> {
        let Self { filter, memories, .. } = self;
        Some(Tests { field: filter.fields.get(field)?, memory: memories.get_mut(field)? })
    }

    /// Which of so many rows may matter, by what is known of each field.
    pub(crate) fn rows(&self, fields: &[Passed], count: usize) -> Vec<bool> {
        let mut rows = vec![true; count];
        meets(&self.filter.condition, fields, &mut rows);
        rows
    }
}

/// Leaves those rows that may meet the condition.
// Recursion is bounded by the depth of the query's expressions.
fn meets(condition: &Condition, fields: &[Passed], rows: &mut [bool]) {
    match condition {
        Condition::Always => {}
        Condition::Never => rows.fill(false),
        Condition::Holds(test) => holds(*test, fields, rows),
        Condition::Fails(test) => fails(*test, fields, rows),
        Condition::All(parts) => {
            for part in parts {
                if !rows.contains(&true) {
                    return;
                }
                meets(part, fields, rows);
            }
        }
        Condition::Any(parts) => {
            let mut found = vec![false; rows.len()];
            for part in parts {
                // Those that were found already need not be looked at again.
                let mut left: Vec<bool> = rows.iter().zip(&found).map(|(row, found)| row & !found).collect();
                if !left.contains(&true) {
                    break;
                }
                meets(part, fields, &mut left);
                found.iter_mut().zip(&left).for_each(|(found, left)| *found |= left);
            }
            rows.copy_from_slice(&found);
        }
    }
}

fn holds(test: TestId, fields: &[Passed], rows: &mut [bool]) {
    match fields.get(test.field) {
        Some(Passed::Absent) => rows.fill(false),
        Some(Passed::Rows { passed, .. }) => {
            rows.iter_mut().zip(passed).for_each(|(row, passed)| *row &= passed >> test.test & 1 == 1);
        }
        Some(Passed::Unknown) | None => {}
    }
}

fn fails(test: TestId, fields: &[Passed], rows: &mut [bool]) {
    let Some(Passed::Rows { passed, unsure, is_certain: true }) = fields.get(test.field) else { return };
    let kept: Vec<bool> = unsure.iter().map(|row| rows.get(*row).copied().unwrap_or_default()).collect();
    rows.iter_mut().zip(passed).for_each(|(row, passed)| *row &= passed >> test.test & 1 == 0);
    for (at, kept) in unsure.iter().zip(kept) {
        if let Some(row) = rows.get_mut(*at) {
            *row = kept;
        }
    }
}
