//! Several filters as one, for readers that read for many queries at once.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Condition, Draft, Filter, MAX_TESTS, Making, Test, TestId};

impl Filter {
    /// A filter for the events of any of these; `None` stands for one that lets every event pass.
    pub fn any_of(filters: &[Option<Arc<Filter>>]) -> Self {
        let mut merged = Merged::default();
        let placed: Vec<Vec<Vec<usize>>> = filters
            .iter()
            .map(|filter| filter.as_ref().map_or_else(Vec::new, |filter| merged.take(filter)))
            .collect();
        let parts = filters.iter().zip(&placed).map(|(filter, placed)| match filter {
            Some(filter) => merged.condition(filter, placed),
            None => Condition::Always,
        });
        let condition = Condition::any(parts);
        let times = filters
            .iter()
            .map(|filter| filter.as_ref()?.times)
            .reduce(|one, other| Some((one?.0.min(other?.0), one?.1.max(other?.1))))
            .flatten();
        let fields = merged.fields.into_iter().map(MergedField::field).collect();
        Self::new(fields, condition, times)
    }

    /// Whether it lets every event pass.
    pub fn is_open(&self) -> bool {
        self.is_of_time_alone() && self.times.is_none()
    }
}

/// The fields of several filters.
#[derive(Default)]
pub(super) struct Merged {
    fields: Vec<MergedField>,
}

/// A field with all tests on it. Where they are too many, some share a number.
#[derive(Default)]
struct MergedField {
    draft: Draft,
    places: HashMap<String, usize>,
}

impl Merged {
    /// Takes the tests of a filter, and says where each is now.
    pub(super) fn take(&mut self, filter: &Filter) -> Vec<Vec<usize>> {
        let take_field = |field: &super::Field| {
            let at = self.place(&field.name);
            let tests = numbered(&field.tests);
            tests
                .iter()
                .zip(&field.only)
                .map(|(test, only)| {
                    let MergedField { draft, places } = &mut self.fields[at];
                    let next = draft.tests.len();
                    *places.entry(test.key.clone()).or_insert_with(|| {
                        let of = test
                            .of
                            .as_ref()
                            .map(|(made, unclear)| (draft.shared(Arc::clone(made)), *unclear));
                        draft.tests.push(Test { of, ..test.clone() });
                        draft.only.push(only.clone());
                        next
                    })
                })
                .collect()
        };
        filter.fields.iter().map(take_field).collect()
    }

    fn place(&mut self, name: &str) -> usize {
        self.fields.iter().position(|known| known.draft.name == name).unwrap_or_else(|| {
            let draft = Draft { name: name.to_owned(), ..Draft::default() };
            self.fields.push(MergedField { draft, places: HashMap::new() });
            self.fields.len() - 1
        })
    }

    /// Where a test of a filter is whose tests were placed so: its field, and its place among that field's.
    pub(super) fn place_of(
        &self,
        test: TestId,
        filter: &Filter,
        placed: &[Vec<usize>],
    ) -> Option<(usize, usize)> {
        let name = &filter.fields.get(test.field)?.name;
        let field = self.fields.iter().position(|known| known.draft.name == *name)?;
        Some((field, *placed.get(test.field)?.get(test.test)?))
    }

    /// The condition of a filter whose tests were placed so.
    fn condition(&self, filter: &Filter, placed: &[Vec<usize>]) -> Condition {
        filter.condition.moved(&|test| {
            let (field, place) = self.place_of(*test, filter, placed)?;
            let shares = self.fields.get(field)?.shares(place);
            Some((TestId { field, test: place % MAX_TESTS }, shares))
        })
    }

    /// Each field's name and tests.
    pub(super) fn into_tests(self) -> impl Iterator<Item = (String, Vec<Test>)> {
        self.fields.into_iter().map(|field| (field.draft.name, field.draft.tests))
    }
}

impl Condition {
    /// The condition with its tests at other places, each with whether others share the place; whose place is not
    /// known asks for nothing.
    // Recursion is bounded by the depth of the queries' expressions.
    pub(super) fn moved(&self, place: &dyn Fn(&TestId) -> Option<(TestId, bool)>) -> Self {
        match self {
            Self::Always => Self::Always,
            Self::Never => Self::Never,
            Self::Holds(test) => place(test).map_or(Self::Always, |(test, _)| Self::Holds(test)),
            Self::Fails(test) => match place(test) {
                Some((test, false)) => Self::Fails(test),
                // That one of several passes says nothing of this one.
                _ => Self::Always,
            },
            Self::All(parts) => Self::all(parts.iter().map(|part| part.moved(place))),
            Self::Any(parts) => Self::any(parts.iter().map(|part| part.moved(place))),
        }
    }
}

impl MergedField {
    /// Whether other tests have the number of the one at this place.
    fn shares(&self, place: usize) -> bool {
        place >= MAX_TESTS || place + MAX_TESTS < self.draft.tests.len()
    }

    /// The field with these tests, of which some may share a number.
    fn field(self) -> super::Field {
        let shared: Vec<bool> = (0..self.draft.tests.len()).map(|place| self.shares(place)).collect();
        let mut draft = self.draft;
        draft.only.truncate(MAX_TESTS);
        draft.only.iter_mut().zip(&shared).filter(|(_, shared)| **shared).for_each(|(only, _)| *only = None);
        super::Field::new(draft)
    }
}

/// A test for each number: one that several tests have passes where any of them does.
fn numbered(tests: &[Test]) -> Vec<Test> {
    let (first, others) = tests.split_at_checked(MAX_TESTS).unwrap_or((tests, &[]));
    let mut numbered = first.to_vec();
    for tests in others.chunks(MAX_TESTS) {
        for (known, test) in numbered.iter_mut().zip(tests) {
            *known = either(known.clone(), test.clone());
        }
    }
    numbered
}

fn either(one: Test, other: Test) -> Test {
    let literals = match one.literals.is_empty() || other.literals.is_empty() {
        true => Vec::new(),
        false => [one.literals.as_slice(), &other.literals].concat(),
    };
    let key = format!("{} or {}", one.key, other.key);
    let holds = move |value: &str| {
        let mut making = Making::default();
        making.passes(value, &one) || making.passes(value, &other)
    };
    Test { key, of: None, holds: Arc::new(holds), literals, is_told: false }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::filter::{FilterBuilder, Matcher, Seen, Tests};
    use crate::format::Format;

    /// Events whose `a` holds a word, or does not.
    pub(crate) fn filter(word: String, positive: bool) -> Option<Arc<Filter>> {
        let mut builder = FilterBuilder::default();
        let wanted = word.clone();
        let holds = Arc::new(move |value: &str| value.contains(&wanted));
        let test = builder.test("a", format!("has {word}"), vec![word], holds).unwrap();
        let condition = if positive { Condition::Holds(test) } else { Condition::Fails(test) };
        builder.finish(condition).map(Arc::new)
    }

    fn passes(filter: &Arc<Filter>, value: Option<&str>) -> bool {
        let look = &mut |_, tests: Tests<'_>| match value {
            Some(text) => tests.of(0, text.as_bytes(), false, || Some(text)),
            None => Seen::Absent,
        };
        Matcher::new(Arc::clone(filter), Format::Json).passes(look, &mut |_| true)
    }

    #[test]
    fn it_lets_pass_what_one_of_them_does() {
        let any = Arc::new(Filter::any_of(&[filter("xy".into(), true), filter("zz".into(), true)]));
        assert!(passes(&any, Some("axyb")));
        assert!(passes(&any, Some("zz")));
        assert!(!passes(&any, Some("ab")));
        assert!(!passes(&any, None));
    }

    #[test]
    fn more_tests_than_have_a_number_of_their_own_give_too_much_and_never_too_little() {
        let words: Vec<String> = (0..150).map(|at| format!("word{at}.")).collect();
        let filters: Vec<_> = words.iter().map(|word| filter(word.clone(), true)).collect();
        let any = Arc::new(Filter::any_of(&filters));
        assert!(words.iter().all(|word| passes(&any, Some(word))));
        assert!(!passes(&any, Some("another")));
        let others = [filters, vec![filter("word3.".into(), false)]].concat();
        let any = Arc::new(Filter::any_of(&others));
        assert!(passes(&any, Some("another")), "that one of several passes speaks against none");
    }

    #[test]
    fn it_is_open_if_one_of_them_is() {
        assert!(Filter::any_of(&[filter("x".into(), true), None]).is_open());
        assert!(!Filter::any_of(&[filter("x".into(), true), filter("y".into(), true)]).is_open());
    }
}
