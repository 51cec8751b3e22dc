//! The course that a filter takes, remembered: which field it looks at next, by what the fields before it gave.
//!
//! The conditions of many queries ask most events the same questions and get answers that they got before. So a tree
//! of questions grows as events come, and an event costs a look-up for each field that decides it, however many
//! conditions there are.

use hashbrown::HashMap;

use super::TestId;
use super::program::{Answers, Program, Verdict};

/// Answers that are remembered. If there are more, all are forgotten.
const REMEMBERED: usize = 1 << 17;

/// What is known of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Answer {
    /// It may have any value.
    Unknown,
    /// It has one, which passes these tests, or none where they are none; whether that is for sure, and not only
    /// something that looks like it.
    Passed { tests: u64, is_certain: bool },
}

impl Answer {
    /// Whether the field may pass a test, or fail it. `passes`: whether its value passes.
    fn may(self, passes: impl FnOnce(u64) -> bool, positive: bool) -> bool {
        match self {
            Self::Unknown => true,
            Self::Passed { tests, is_certain } if passes(tests) => positive || !is_certain,
            Self::Passed { .. } => !positive,
        }
    }
}

/// An event whose fields are asked for.
pub(super) trait Event {
    /// What is known of a field.
    fn look(&mut self, field: usize) -> Answer;
    /// Whether a value that passes these tests, as [`Answer::Passed`] has them, passes this one.
    fn passes(&self, tests: u64, test: TestId) -> bool;
    /// The number of a set of conditions.
    fn set(&self, met: &[u32]) -> u32;
}

#[derive(Debug, Clone, Copy)]
enum Next {
    /// The question of this number.
    Ask(u32),
    /// The number of the set of conditions that the event may meet.
    Decided(u32),
}

/// What is known of a field?
struct Question {
    field: u32,
    /// The condition that wants to know it. Those before it are decided.
    condition: usize,
    /// Those of them that the event may meet.
    met: Box<[u32]>,
}

/// The questions so far.
#[derive(Default)]
pub(super) struct Course {
    first: Option<Next>,
    /// By the question that was asked and its answer.
    next: HashMap<(u32, Answer), Next>,
    questions: Vec<Question>,
    /// What is known of each field of the event at hand.
    known: Vec<Option<Answer>>,
    asked: Vec<usize>,
    answers: Answers,
}

impl Course {
    /// The number of the set of conditions that an event may meet, and whether all was known that it took to tell.
    pub(super) fn met(&mut self, program: &Program, event: &mut impl Event) -> (u32, bool) {
        for field in self.asked.drain(..) {
            self.known.iter_mut().skip(field).take(1).for_each(|known| *known = None);
        }
        if self.next.len() >= REMEMBERED {
            self.next.clear();
            self.questions.clear();
            self.first = None;
        }
        let mut is_clear = true;
        let mut next = match self.first {
            Some(next) => next,
            None => {
                let next = self.ask(program, None, event);
                *self.first.insert(next)
            }
        };
        loop {
            let number = match next {
                Next::Ask(number) => number,
                Next::Decided(met) => return (met, is_clear),
            };
            let field = self.questions.get(number as usize).map_or(0, |question| question.field as usize);
            let answer = event.look(field);
            is_clear &= answer != Answer::Unknown;
            if self.known.len() <= field {
                self.known.resize(field + 1, None);
            }
            self.known.iter_mut().skip(field).take(1).for_each(|known| *known = Some(answer));
            self.asked.push(field);
            next = match self.next.get(&(number, answer)) {
                Some(next) => *next,
                None => {
                    let next = self.ask(program, Some(number), event);
                    self.next.insert((number, answer), next);
                    next
                }
            };
        }
    }

    /// What is asked behind a question, by what is known.
    fn ask(&mut self, program: &Program, before: Option<u32>, event: &impl Event) -> Next {
        let before = before.and_then(|number| self.questions.get(number as usize));
        let from = before.map_or(0, |question| question.condition);
        let mut met = before.map_or_else(Vec::new, |question| question.met.to_vec());
        self.answers.next(program);
        let known = &self.known;
        let mut verdict = |test: TestId, positive| match known.get(test.field) {
            Some(Some(answer)) if answer.may(|tests| event.passes(tests, test), positive) => Verdict::Yes,
            Some(Some(_)) => Verdict::No,
            _ => Verdict::Ask(u32::try_from(test.field).unwrap_or(u32::MAX)),
        };
        for condition in from..program.conditions() {
            match program.verdict(condition, &mut self.answers, &mut verdict) {
                Verdict::Yes => met.push(u32::try_from(condition).unwrap_or(u32::MAX)),
                Verdict::No => {}
                Verdict::Ask(field) => {
                    let number = u32::try_from(self.questions.len()).unwrap_or(u32::MAX);
                    self.questions.push(Question { field, condition, met: met.into() });
                    return Next::Ask(number);
                }
            }
        }
        Next::Decided(event.set(&met))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use proptest::prelude::*;

    use super::*;
    use crate::filter::{Condition, Sets};

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
            Just(Answer::Unknown),
            (0_u64..8, any::<bool>()).prop_map(|(tests, is_certain)| Answer::Passed { tests, is_certain }),
        ]
    }

    struct Told<'a> {
        answers: &'a [Answer],
        looked: [u32; 4],
        sets: &'a RefCell<Sets<u32>>,
    }

    impl Event for Told<'_> {
        fn look(&mut self, field: usize) -> Answer {
            self.looked[field] += 1;
            self.answers[field]
        }

        fn passes(&self, tests: u64, test: TestId) -> bool {
            tests >> test.test & 1 == 1
        }

        fn set(&self, met: &[u32]) -> u32 {
            self.sets.borrow_mut().number(met).unwrap()
        }
    }

    fn may_meet(condition: &Condition, event: &[Answer]) -> bool {
        let may =
            |test: &TestId, positive| event[test.field].may(|tests| tests >> test.test & 1 == 1, positive);
        match condition {
            Condition::Always => true,
            Condition::Never => false,
            Condition::Holds(test) => may(test, true),
            Condition::Fails(test) => may(test, false),
            Condition::All(parts) => parts.iter().all(|part| may_meet(part, event)),
            Condition::Any(parts) => parts.iter().any(|part| may_meet(part, event)),
        }
    }

    proptest! {
        #[test]
        fn what_is_remembered_decides_as_the_conditions_do(
            conditions in prop::collection::vec(condition(), 1..5),
            events in prop::collection::vec(prop::collection::vec(answer(), 4), 1..40),
        ) {
            let program = Program::new(&conditions);
            let mut course = Course::default();
            let sets = RefCell::new(Sets::of_all(&[0_u32]));
            for answers in &events {
                let mut event = Told { answers, looked: [0; 4], sets: &sets };
                let (met, is_clear) = course.met(&program, &mut event);
                let expected: Vec<u32> =
                    (0..).zip(&conditions).filter(|(_, condition)| may_meet(condition, answers)).map(|(at, _)| at).collect();
                let met = sets.borrow().get(met).map(<[u32]>::to_vec);
                prop_assert_eq!(met, Some(expected));
                prop_assert!(event.looked.iter().all(|&times| times <= 1), "a field is looked at once");
                let asked_unknown = event.looked.iter().zip(answers)
                    .any(|(&times, answer)| times > 0 && *answer == Answer::Unknown);
                prop_assert_eq!(is_clear, !asked_unknown);
            }
        }
    }
}
