//! The course that a condition takes, remembered: which field it looks at next, by what the fields before it gave.
//!
//! The conditions of many queries ask most events the same questions and get answers that they got before. So a tree
//! of questions grows as events come, and an event costs a look-up for each field that decides it, however many
//! conditions there are.

use hashbrown::HashMap;

use super::TestId;
use super::program::{Answers, Program};

/// Questions and answers that are remembered.
const REMEMBERED: usize = 1 << 17;

/// What is known of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Answer {
    /// It has no value.
    Absent,
    /// It may have any.
    Unknown,
    /// It has one, which passes these tests; whether that is for sure, and not only something that looks like it.
    Passed { tests: u64, is_certain: bool },
}

impl Answer {
    /// Whether the field may pass a test, or fail it.
    fn may(self, test: TestId, positive: bool) -> bool {
        match self {
            Self::Absent => !positive,
            Self::Unknown => true,
            Self::Passed { tests, .. } if tests >> test.test & 1 == 0 => !positive,
            Self::Passed { is_certain, .. } => positive || !is_certain,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Next {
    /// A question with its number: what is known of this field?
    Ask(u32, u32),
    /// Whether the event may matter.
    Decided(bool),
}

/// The questions so far.
pub(super) struct Course {
    first: Option<Next>,
    /// By the question that was asked and its answer.
    next: HashMap<(u32, Answer), Next>,
    questions: u32,
    /// What is known of each field of the event at hand.
    known: Vec<Option<Answer>>,
    answers: Answers,
}

impl Course {
    /// For a program of one condition over so many fields.
    pub(super) fn new(program: &Program, fields: usize) -> Self {
        let answers = program.answers();
        Self { first: None, next: HashMap::new(), questions: 0, known: vec![None; fields], answers }
    }

    /// Whether the next event may meet the condition; `look` says what is known of a field.
    pub(super) fn may_meet(&mut self, program: &Program, mut look: impl FnMut(usize) -> Answer) -> bool {
        self.known.fill(None);
        let mut next = match self.first {
            Some(next) => next,
            None => *self.first.insert(ask(program, &self.known, &mut self.answers, &mut self.questions)),
        };
        loop {
            let (question, field) = match next {
                Next::Ask(question, field) => (question, field as usize),
                Next::Decided(met) => return met,
            };
            let answer = look(field);
            if let Some(known) = self.known.get_mut(field) {
                *known = Some(answer);
            }
            next = match self.next.get(&(question, answer)) {
                Some(next) => *next,
                None => {
                    let next = ask(program, &self.known, &mut self.answers, &mut self.questions);
                    if self.next.len() < REMEMBERED {
                        self.next.insert((question, answer), next);
                    }
                    next
                }
            };
        }
    }
}

/// What the condition asks next, by what is known.
fn ask(program: &Program, known: &[Option<Answer>], answers: &mut Answers, questions: &mut u32) -> Next {
    let mut asked = None;
    answers.next();
    let met = program.may_meet(0, answers, &mut |test, positive| match known.get(test.field) {
        Some(Some(answer)) => answer.may(test, positive),
        Some(None) => {
            asked.get_or_insert(test.field);
            true
        }
        None => true,
    });
    match asked.and_then(|field| u32::try_from(field).ok()) {
        Some(field) => {
            *questions = questions.wrapping_add(1);
            Next::Ask(*questions, field)
        }
        None => Next::Decided(met),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::filter::Condition;

    fn condition() -> impl Strategy<Value = Condition> {
        let test = (0..4_usize, 0..3_usize).prop_map(|(field, test)| TestId { field, test });
        let leaf = (test, any::<bool>())
            .prop_map(|(test, holds)| if holds { Condition::Holds(test) } else { Condition::Fails(test) });
        leaf.prop_recursive(4, 24, 3, |inner| {
            (prop::collection::vec(inner, 2..4), any::<bool>())
                .prop_map(|(parts, all)| if all { Condition::all(parts) } else { Condition::any(parts) })
        })
    }

    fn answer() -> impl Strategy<Value = Answer> {
        prop_oneof![
            Just(Answer::Absent),
            Just(Answer::Unknown),
            (0_u64..8, any::<bool>()).prop_map(|(tests, is_certain)| Answer::Passed { tests, is_certain }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_remembered_decides_as_the_condition_does(
            condition in condition(),
            events in prop::collection::vec(prop::collection::vec(answer(), 4), 1..40),
        ) {
            let program = Program::new([&condition]);
            let mut course = Course::new(&program, 4);
            let mut answers = program.answers();
            for event in &events {
                let mut looked = [0; 4];
                let met = course.may_meet(&program, |field| {
                    looked[field] += 1;
                    event[field]
                });
                answers.next();
                let expected = program.may_meet(0, &mut answers, &mut |test, positive| {
                    event[test.field].may(test, positive)
                });
                prop_assert_eq!(met, expected);
                prop_assert!(looked.iter().all(|&times| times <= 1), "a field is looked at once");
            }
        }
    }
}
