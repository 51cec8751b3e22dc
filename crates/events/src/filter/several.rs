//! Several filters as one, for readers that read for many queries at once.

use std::collections::HashMap;
use std::sync::Arc;

use super::matcher::Spare;
use super::program::Building;
use super::{Condition, Draft, Filter, Sets, Test, TestId};

impl Filter {
    /// A filter for the events of any of these; `None` stands for one that lets every event pass.
    pub fn any_of(filters: &[Option<Arc<Filter>>]) -> Self {
        let mut merged = Merged::default();
        let parts: Vec<Condition> = filters
            .iter()
            .map(|filter| {
                let condition = filter.as_ref().and_then(|filter| {
                    let placed = merged.take(filter);
                    Some(filter.condition.as_ref()?.moved(&|test| placed.of(test)))
                });
                condition.unwrap_or(Condition::Always)
            })
            .collect();
        Self::new(merged.into_fields(), Condition::any(parts), times_of_any(filters))
    }

    /// The same, of which a [`Sorter`](super::Sorter) tells which of them each event may pass.
    pub fn each_of(filters: &[Option<Arc<Filter>>]) -> Self {
        let mut merged = Merged::default();
        let mut program = Building::default();
        for filter in filters {
            let condition = filter.as_ref().and_then(|filter| filter.condition.as_ref());
            let placed = filter.as_ref().map(|filter| merged.take(filter)).unwrap_or_default();
            program.add(condition.unwrap_or(&Condition::Always), &|test| placed.of(test));
        }
        let all: Vec<u32> = (0..).take(filters.len()).collect();
        Self {
            fields: merged.into_fields(),
            condition: None,
            program: program.finish().into(),
            met: Sets::of_all(&all).into(),
            times: times_of_any(filters),
            spare: Spare::default(),
        }
    }

    /// Whether it lets every event pass.
    pub fn is_open(&self) -> bool {
        self.is_of_time_alone() && self.times.is_none()
    }
}

/// From which to which time events matter to any of these.
fn times_of_any(filters: &[Option<Arc<Filter>>]) -> Option<(f64, f64)> {
    let times = filters.iter().map(|filter| filter.as_ref()?.times);
    times.reduce(|one, other| Some((one?.0.min(other?.0), one?.1.max(other?.1)))).flatten()
}

/// Where the tests of a filter are now: of each of its fields, of each test.
#[derive(Default)]
struct Placed(Vec<Vec<TestId>>);

impl Placed {
    fn of(&self, test: &TestId) -> Option<TestId> {
        self.0.get(test.field)?.get(test.test).copied()
    }
}

/// The fields of several filters.
#[derive(Default)]
struct Merged {
    fields: Vec<MergedField>,
    by_name: HashMap<String, usize>,
}

/// A field with all tests on it.
#[derive(Default)]
struct MergedField {
    draft: Draft,
    places: HashMap<String, usize>,
}

impl Merged {
    /// Takes the tests of a filter.
    fn take(&mut self, filter: &Filter) -> Placed {
        Placed(filter.fields.iter().map(|field| self.take_field(field)).collect())
    }

    fn into_fields(self) -> Vec<super::Field> {
        self.fields.into_iter().map(|field| super::Field::new(field.draft)).collect()
    }

    fn take_field(&mut self, field: &super::Field) -> Vec<TestId> {
        let at = *self.by_name.entry(field.name.clone()).or_insert_with(|| {
            let draft = Draft { name: field.name.clone(), ..Draft::default() };
            self.fields.push(MergedField { draft, places: HashMap::new() });
            self.fields.len() - 1
        });
        let Some(MergedField { draft, places }) = self.fields.get_mut(at) else { return Vec::new() };
        let mut place = |(test, only): (&Test, &Option<super::Only>)| {
            let next = draft.tests.len();
            *places.entry(test.key.clone()).or_insert_with(|| {
                let of = test.of.as_ref();
                let of = of.map(|(made, unclear)| (draft.shared(Arc::clone(made)), *unclear));
                draft.tests.push(Test { of, ..test.clone() });
                draft.only.push(only.clone());
                next
            })
        };
        let places = field.tests.iter().zip(&field.only).map(&mut place);
        places.map(|test| TestId { field: at, test }).collect()
    }
}

impl Condition {
    /// The condition with its tests at other places; whose place is not known asks for nothing.
    // Recursion is bounded by the depth of the queries' expressions.
    fn moved(&self, place: &dyn Fn(&TestId) -> Option<TestId>) -> Self {
        match self {
            Self::Always => Self::Always,
            Self::Never => Self::Never,
            Self::Holds(test) => place(test).map_or(Self::Always, Self::Holds),
            Self::Fails(test) => place(test).map_or(Self::Always, Self::Fails),
            Self::All(parts) => Self::all(parts.iter().map(|part| part.moved(place))),
            Self::Any(parts) => Self::any(parts.iter().map(|part| part.moved(place))),
        }
    }
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
        !Matcher::new(Arc::clone(filter), Some(Format::Json)).met(look, &mut |_| true).is_none()
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
    fn many_tests_are_told_apart() {
        let words: Vec<String> = (0..150).map(|at| format!("word{at}.")).collect();
        let filters: Vec<_> = words.iter().map(|word| filter(word.clone(), true)).collect();
        let any = Arc::new(Filter::any_of(&filters));
        assert!(words.iter().all(|word| passes(&any, Some(word))));
        assert!(!passes(&any, Some("another")));
        let others = [filters, vec![filter("word3.".into(), false)]].concat();
        let any = Arc::new(Filter::any_of(&others));
        assert!(passes(&any, Some("another")));
        let but = Arc::new(Filter::any_of(&others[150..]));
        assert!(!passes(&but, Some("word3.")));
    }

    #[test]
    fn it_is_open_if_one_of_them_is() {
        assert!(Filter::any_of(&[filter("x".into(), true), None]).is_open());
        assert!(!Filter::any_of(&[filter("x".into(), true), filter("y".into(), true)]).is_open());
    }
}
