//! Conditions made ready to be asked: equal parts are one, and a part of several is answered once an event.

use std::ops::Range;

use hashbrown::HashMap;

use super::{Condition, TestId};

/// Several conditions.
#[derive(Default)]
pub(super) struct Program {
    nodes: Vec<Node>,
    /// The parts of nodes, each node's in a row.
    parts: Vec<usize>,
    /// The node of each condition.
    pub(super) roots: Vec<usize>,
    /// Nodes that are part of several.
    shared: usize,
}

pub(super) enum Node {
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

/// Whether a condition may be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    No,
    Yes,
    /// That takes a look at this field.
    Ask(u32),
}

/// What is known at one time of the event at hand.
#[derive(Default)]
pub(super) struct Answers {
    time: u64,
    /// Of each shared node, the time it was answered.
    shared: Vec<(u64, Verdict)>,
}

impl Answers {
    /// More is known, or the next event comes.
    pub(super) fn next(&mut self, program: &Program) {
        self.time += 1;
        self.shared.resize(program.shared, (0, Verdict::No));
    }
}

/// A program to which conditions are added.
#[derive(Default)]
pub(super) struct Building {
    numbers: HashMap<Key, usize>,
    roots: Vec<usize>,
}

impl Building {
    /// Adds a condition whose tests are elsewhere in the program's fields; whose place is not known asks for nothing.
    pub(super) fn add(&mut self, condition: &Condition, place: &dyn Fn(&TestId) -> Option<TestId>) {
        let root = self.number(condition, place);
        self.roots.push(root);
    }

    /// The number of a condition's node.
    // Recursion is bounded by the depth of the queries' expressions.
    fn number(&mut self, condition: &Condition, place: &dyn Fn(&TestId) -> Option<TestId>) -> usize {
        let mut of = |parts: &[Condition]| {
            let mut numbers = Vec::with_capacity(parts.len());
            for part in parts {
                let number = self.number(part, place);
                if !numbers.contains(&number) {
                    numbers.push(number);
                }
            }
            numbers
        };
        let key = match condition {
            Condition::Always => Key::Always,
            Condition::Never => Key::Never,
            Condition::Holds(test) => place(test).map_or(Key::Always, Key::Holds),
            Condition::Fails(test) => place(test).map_or(Key::Always, Key::Fails),
            Condition::All(parts) => Key::Parts(true, of(parts)),
            Condition::Any(parts) => Key::Parts(false, of(parts)),
        };
        let next = self.numbers.len();
        *self.numbers.entry(key).or_insert(next)
    }

    pub(super) fn finish(self) -> Program {
        let mut keys: Vec<(Key, usize)> = self.numbers.into_iter().collect();
        keys.sort_unstable_by_key(|(_, number)| *number);
        let mut uses = vec![0; keys.len()];
        let of_nodes = keys.iter().filter_map(|(key, _)| match key {
            Key::Parts(_, parts) => Some(parts),
            _ => None,
        });
        for part in of_nodes.flatten().chain(&self.roots) {
            uses.iter_mut().skip(*part).take(1).for_each(|uses: &mut usize| *uses += 1);
        }
        let mut program = Program { roots: self.roots, ..Program::default() };
        for ((key, _), uses) in keys.into_iter().zip(uses) {
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
}

impl Program {
    pub(super) fn new<'c>(conditions: impl IntoIterator<Item = &'c Condition>) -> Self {
        let mut building = Building::default();
        conditions.into_iter().for_each(|condition| building.add(condition, &|test| Some(*test)));
        building.finish()
    }

    /// Whether any event meets each condition.
    pub(super) fn are_always(&self) -> impl Iterator<Item = bool> {
        self.roots.iter().map(|root| matches!(self.node(*root), Node::Always))
    }

    pub(super) fn node(&self, number: usize) -> &Node {
        self.nodes.get(number).unwrap_or(&Node::Always)
    }

    /// The numbers of a node's parts.
    pub(super) fn parts_of(&self, parts: &Range<usize>) -> &[usize] {
        self.parts.get(parts.clone()).unwrap_or_default()
    }

    /// How many conditions there are.
    pub(super) fn conditions(&self) -> usize {
        self.roots.len()
    }

    /// Whether the condition at a place may be met; `test` says whether a test may hold, or may fail.
    pub(super) fn verdict(
        &self,
        condition: usize,
        answers: &mut Answers,
        test: &mut impl FnMut(TestId, bool) -> Verdict,
    ) -> Verdict {
        self.roots.get(condition).map_or(Verdict::Yes, |&root| self.of(root, answers, test))
    }

    // Recursion is bounded by the depth of the queries' expressions.
    fn of(
        &self,
        node: usize,
        answers: &mut Answers,
        test: &mut impl FnMut(TestId, bool) -> Verdict,
    ) -> Verdict {
        match self.node(node) {
            Node::Holds(id) => test(*id, true),
            Node::Fails(id) => test(*id, false),
            Node::Never => Verdict::No,
            Node::Always => Verdict::Yes,
            Node::Parts { is_all, parts, shared: None } => self.parts(*is_all, parts, answers, test),
            Node::Parts { is_all, parts, shared: Some(shared) } => match answers.shared.get(*shared) {
                Some((time, known)) if *time == answers.time => *known,
                _ => {
                    let answer = self.parts(*is_all, parts, answers, test);
                    if let Some(place) = answers.shared.get_mut(*shared) {
                        *place = (answers.time, answer);
                    }
                    answer
                }
            },
        }
    }

    /// Whether all of these parts may be met, or one of them: what one of them decides needs no look at a field.
    #[inline]
    fn parts(
        &self,
        are_all: bool,
        parts: &Range<usize>,
        answers: &mut Answers,
        test: &mut impl FnMut(TestId, bool) -> Verdict,
    ) -> Verdict {
        let (decisive, mut verdict) =
            if are_all { (Verdict::No, Verdict::Yes) } else { (Verdict::Yes, Verdict::No) };
        for part in self.parts_of(parts) {
            match self.of(*part, answers, test) {
                answer if answer == decisive => return decisive,
                Verdict::Ask(field) if !matches!(verdict, Verdict::Ask(_)) => verdict = Verdict::Ask(field),
                _ => {}
            }
        }
        verdict
    }
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
        let mut answers = Answers::default();
        for bits in 0_u32..8 {
            answers.next(&program);
            let mut asked = Vec::new();
            let mut test = |test: TestId, positive: bool| {
                asked.push(test.test);
                if (bits >> test.test & 1 == 1) == positive { Verdict::Yes } else { Verdict::No }
            };
            let met = [0, 1].map(|at| program.verdict(at, &mut answers, &mut test) == Verdict::Yes);
            let has_part = bits & 3 != 0;
            assert_eq!(met, [has_part && bits & 4 != 0, has_part && bits & 4 == 0], "{bits:b}");
            assert_eq!(asked.iter().filter(|&&test| test == 0).count(), 1, "{bits:b}: {asked:?}");
        }
    }

    #[test]
    fn what_is_decided_asks_for_nothing() {
        let conditions = [
            Condition::Always,
            Condition::Never,
            Condition::all([holds(0), holds(1)]),
            Condition::any([holds(0), holds(2)]),
        ];
        let program = Program::new(&conditions);
        let mut answers = Answers::default();
        answers.next(&program);
        let mut test = |test: TestId, _| match test.test {
            0 => Verdict::Ask(0),
            1 => Verdict::No,
            _ => Verdict::Yes,
        };
        let verdicts = [0, 1, 2, 3].map(|at| program.verdict(at, &mut answers, &mut test));
        assert_eq!(verdicts, [Verdict::Yes, Verdict::No, Verdict::No, Verdict::Yes]);
    }
}
