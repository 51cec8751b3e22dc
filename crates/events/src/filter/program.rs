//! Conditions made ready to be asked: equal parts are one, and a part of several is answered once an event.

use std::collections::HashMap;
use std::ops::Range;

use super::{Condition, TestId};

/// Several conditions.
#[derive(Default)]
pub(super) struct Program {
    nodes: Vec<Node>,
    /// The parts of nodes, each node's in a row.
    parts: Vec<usize>,
    /// The node of each condition.
    roots: Vec<usize>,
    /// Nodes that are part of several.
    shared: usize,
}

enum Node {
    Always,
    Never,
    Holds(TestId),
    Fails(TestId),
    /// All of these parts, or one of them.
    Parts {
        is_all: bool,
        parts: Range<usize>,
        shared: Option<usize>,
    },
}

/// Equal keys, equal conditions.
#[derive(PartialEq, Eq, Hash, Clone)]
enum Key {
    Always,
    Never,
    Holds(TestId),
    Fails(TestId),
    Parts(bool, Vec<usize>),
}

/// What is known for the event at hand.
#[derive(Default)]
pub(super) struct Answers {
    event: u64,
    /// Of each shared node, the event that it was answered for.
    shared: Vec<(u64, bool)>,
}

impl Answers {
    /// The next event comes.
    pub(super) fn next(&mut self) {
        self.event += 1;
    }
}

impl Program {
    pub(super) fn new<'c>(conditions: impl IntoIterator<Item = &'c Condition>) -> Self {
        let mut known = HashMap::new();
        let mut keys = Vec::new();
        let roots: Vec<usize> =
            conditions.into_iter().map(|condition| number(condition, &mut known, &mut keys)).collect();
        let mut uses = vec![0; keys.len()];
        let of_nodes = keys.iter().filter_map(|key| match key {
            Key::Parts(_, parts) => Some(parts),
            _ => None,
        });
        for part in of_nodes.flatten().chain(&roots) {
            uses.iter_mut().skip(*part).take(1).for_each(|uses: &mut usize| *uses += 1);
        }
        let mut program = Self { roots, ..Self::default() };
        for (key, uses) in keys.into_iter().zip(uses) {
            let node = match key {
                Key::Always => Node::Always,
                Key::Never => Node::Never,
                Key::Holds(test) => Node::Holds(test),
                Key::Fails(test) => Node::Fails(test),
                Key::Parts(is_all, parts) => {
                    let from = program.parts.len();
                    program.parts.extend(parts);
                    let shared = (uses > 1).then_some(program.shared);
                    program.shared += usize::from(uses > 1);
                    Node::Parts { is_all, parts: from..program.parts.len(), shared }
                }
            };
            program.nodes.push(node);
        }
        program
    }

    /// Room for answers.
    pub(super) fn answers(&self) -> Answers {
        Answers { event: 0, shared: vec![(0, false); self.shared] }
    }

    /// Whether the condition at a place may be met; `may` answers whether a test may hold, or may fail.
    pub(super) fn may_meet(
        &self,
        condition: usize,
        answers: &mut Answers,
        may: &mut impl FnMut(TestId, bool) -> bool,
    ) -> bool {
        self.roots.get(condition).is_none_or(|&root| self.may(root, answers, may))
    }

    // Recursion is bounded by the depth of the queries' expressions.
    fn may(&self, node: usize, answers: &mut Answers, may: &mut impl FnMut(TestId, bool) -> bool) -> bool {
        match self.nodes.get(node) {
            Some(Node::Holds(test)) => may(*test, true),
            Some(Node::Fails(test)) => may(*test, false),
            Some(Node::Never) => false,
            Some(Node::Always) | None => true,
            Some(Node::Parts { is_all, parts, shared: None }) => self.parts(*is_all, parts, answers, may),
            Some(Node::Parts { is_all, parts, shared: Some(shared) }) => match answers.shared.get(*shared) {
                Some((event, known)) if *event == answers.event => *known,
                _ => {
                    let answer = self.parts(*is_all, parts, answers, may);
                    if let Some(place) = answers.shared.get_mut(*shared) {
                        *place = (answers.event, answer);
                    }
                    answer
                }
            },
        }
    }

    /// Whether all of these parts may be met, or one of them.
    #[inline]
    fn parts(
        &self,
        are_all: bool,
        parts: &Range<usize>,
        answers: &mut Answers,
        may: &mut impl FnMut(TestId, bool) -> bool,
    ) -> bool {
        let mut parts = self.parts.get(parts.clone()).unwrap_or_default().iter();
        match are_all {
            true => parts.all(|part| self.may(*part, answers, may)),
            false => parts.any(|part| self.may(*part, answers, may)),
        }
    }
}

/// The number of a condition's node.
// Recursion is bounded by the depth of the queries' expressions.
fn number(condition: &Condition, known: &mut HashMap<Key, usize>, keys: &mut Vec<Key>) -> usize {
    let mut of = |parts: &[Condition]| {
        let mut numbers = Vec::with_capacity(parts.len());
        for part in parts {
            let number = number(part, known, keys);
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    };
    let key = match condition {
        Condition::Always => Key::Always,
        Condition::Never => Key::Never,
        Condition::Holds(test) => Key::Holds(*test),
        Condition::Fails(test) => Key::Fails(*test),
        Condition::All(parts) => Key::Parts(true, of(parts)),
        Condition::Any(parts) => Key::Parts(false, of(parts)),
    };
    *known.entry(key).or_insert_with_key(|key| {
        keys.push(key.clone());
        keys.len() - 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(test: usize) -> Condition {
        Condition::Holds(TestId { field: 0, test })
    }

    #[test]
    fn an_equal_part_is_asked_once() {
        let part = Condition::any([holds(0), holds(1)]);
        let conditions = [
            Condition::all([part.clone(), holds(2)]),
            Condition::all([part.clone(), Condition::Fails(TestId { field: 0, test: 2 })]),
        ];
        let program = Program::new(&conditions);
        let mut answers = program.answers();
        for bits in 0_u32..8 {
            answers.next();
            let mut asked = Vec::new();
            let mut may = |test: TestId, positive: bool| {
                asked.push(test.test);
                (bits >> test.test & 1 == 1) == positive
            };
            let met = [0, 1].map(|at| program.may_meet(at, &mut answers, &mut may));
            let has_part = bits & 3 != 0;
            assert_eq!(met, [has_part && bits & 4 != 0, has_part && bits & 4 == 0], "{bits:b}");
            assert_eq!(asked.iter().filter(|&&test| test == 0).count(), 1, "{bits:b}: {asked:?}");
        }
    }

    #[test]
    fn what_is_always_or_never_met_needs_no_test() {
        let program = Program::new(&[Condition::Always, Condition::Never]);
        let mut may = |_, _| unreachable!("nothing is tested");
        let mut answers = program.answers();
        assert!(program.may_meet(0, &mut answers, &mut may));
        assert!(!program.may_meet(1, &mut answers, &mut may));
    }
}
