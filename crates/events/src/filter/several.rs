//! Several filters as one, for readers that read for many queries at once.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray, StringViewArray};
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;

use super::matcher::Seen;
use super::{Condition, Draft, Filter, MAX_TESTS, Matcher, Test, TestId};
use crate::format::Format;

/// Combinations of what is known of the fields of an event whose filters are remembered.
const REMEMBERED: usize = 65_536;

impl Filter {
    /// A filter for the events of any of these; `None` stands for one that lets every event pass.
    pub fn any_of(filters: &[Option<Arc<Filter>>]) -> Self {
        let mut merged = Merged::default();
        let placed: Vec<Vec<Vec<usize>>> = filters
            .iter()
            .map(|filter| filter.as_ref().map_or_else(Vec::new, |filter| merged.take(filter)))
            .collect();
        let parts: Vec<Condition> = filters
            .iter()
            .zip(&placed)
            .map(|(filter, placed)| match filter {
                Some(filter) => merged.condition(&filter.condition, filter, placed),
                None => Condition::Always,
            })
            .collect();
        let times = filters
            .iter()
            .map(|filter| filter.as_ref()?.times)
            .reduce(|one, other| Some((one?.0.min(other?.0), one?.1.max(other?.1))))
            .flatten();
        let condition = Condition::any(parts.iter().cloned());
        let fields = merged.fields.into_iter().map(MergedField::field).collect();
        Self { fields, condition, parts, times, spare: Default::default() }
    }

    /// Whether it lets every event pass.
    pub fn is_open(&self) -> bool {
        self.is_of_time_alone() && self.times.is_none()
    }
}

/// The fields of several filters.
#[derive(Default)]
struct Merged {
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
    fn take(&mut self, filter: &Filter) -> Vec<Vec<usize>> {
        let take_field = |field: &super::Field| {
            let at = self.place(&field.name);
            let tests = field.tests.iter().zip(&field.only);
            tests
                .map(|(test, only)| {
                    let MergedField { draft, places } = &mut self.fields[at];
                    let next = draft.tests.len();
                    *places.entry(test.key.clone()).or_insert_with(|| {
                        draft.tests.push(test.clone());
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

    /// The condition of a filter whose tests were placed so.
    fn condition(&self, condition: &Condition, filter: &Filter, placed: &[Vec<usize>]) -> Condition {
        let moved = |test: &TestId| {
            let name = &filter.fields.get(test.field)?.name;
            let field = self.fields.iter().position(|known| known.draft.name == *name)?;
            let place = *placed.get(test.field)?.get(test.test)?;
            let shares = self.fields[field].shares(place);
            Some((TestId { field, test: place % MAX_TESTS }, shares))
        };
        match condition {
            Condition::Always => Condition::Always,
            Condition::Never => Condition::Never,
            Condition::Holds(test) => {
                moved(test).map_or(Condition::Always, |(test, _)| Condition::Holds(test))
            }
            Condition::Fails(test) => match moved(test) {
                Some((test, false)) => Condition::Fails(test),
                // That one of several passes says nothing of this one.
                _ => Condition::Always,
            },
            Condition::All(parts) => {
                Condition::all(parts.iter().map(|part| self.condition(part, filter, placed)))
            }
            Condition::Any(parts) => {
                Condition::any(parts.iter().map(|part| self.condition(part, filter, placed)))
            }
        }
    }
}

impl MergedField {
    /// Whether other tests have the number of the one at this place.
    fn shares(&self, place: usize) -> bool {
        place >= MAX_TESTS || place + MAX_TESTS < self.draft.tests.len()
    }

    /// The field with at most [`MAX_TESTS`] tests: one that several share passes where any of them does.
    fn field(self) -> super::Field {
        let shared: Vec<bool> = (0..self.draft.tests.len()).map(|place| self.shares(place)).collect();
        let mut draft = Draft { name: self.draft.name, ..Draft::default() };
        for (place, (test, only)) in self.draft.tests.into_iter().zip(self.draft.only).enumerate() {
            match draft.tests.get_mut(place % MAX_TESTS) {
                Some(known) => *known = either(known.clone(), test),
                None => {
                    draft.tests.push(test);
                    draft.only.push(only.filter(|_| !shared[place]));
                }
            }
        }
        super::Field::new(draft)
    }
}

fn either(one: Test, other: Test) -> Test {
    let literals = match one.literals.is_empty() || other.literals.is_empty() {
        true => Vec::new(),
        false => [one.literals, other.literals].concat(),
    };
    let (first, second) = (one.holds, other.holds);
    Test { key: one.key, holds: Arc::new(move |value| first(value) || second(value)), literals }
}

/// Tells which filters of several the events of a batch may pass.
pub struct Sorter {
    matcher: Matcher,
    /// By what is known of the fields: the filters that may be passed.
    known: HashMap<Box<[Option<u64>]>, Arc<[usize]>>,
    key: Vec<Option<u64>>,
}

impl Sorter {
    /// For a filter made by [`Filter::any_of`].
    pub fn new(filter: Arc<Filter>) -> Self {
        Self { matcher: Matcher::new(filter, Format::Parquet), known: HashMap::new(), key: Vec::new() }
    }

    /// The rows for each filter, in order; `None` for one that every row may pass.
    pub fn sort(&mut self, batch: &RecordBatch) -> Vec<Option<Vec<u32>>> {
        let names: Vec<&str> = self.matcher.filter.fields.iter().map(|field| field.name.as_str()).collect();
        let columns: Vec<Known<'_>> = names.iter().map(|name| Known::of(batch, name)).collect();
        let parts = self.matcher.filter.parts.iter();
        let mut rows: Vec<_> = parts.map(|part| (*part != Condition::Always).then(Vec::new)).collect();
        for row in 0..batch.num_rows() {
            for part in self.filters(&columns, row).iter() {
                if let Some(Some(rows)) = rows.get_mut(*part) {
                    rows.push(u32::try_from(row).unwrap_or(u32::MAX));
                }
            }
        }
        rows
    }

    fn filters(&mut self, columns: &[Known<'_>], row: usize) -> Arc<[usize]> {
        let Self { matcher, known, key } = self;
        key.clear();
        for (field, column) in columns.iter().enumerate() {
            key.push(match column.value(row) {
                Ok(None) => Some(NO_VALUE),
                Ok(Some(value)) => matcher.tests(field).and_then(|tests| {
                    match tests.of(0, value.as_bytes(), false, || Some(value)) {
                        // A value that passes no test is as good as none: both fail what must hold, and neither
                        // speaks against the event.
                        Seen::Value(0) => Some(NO_VALUE),
                        Seen::Value(passed) => Some(passed),
                        _ => None,
                    }
                }),
                Err(()) => None,
            });
        }
        if let Some(found) = known.get(key.as_slice()) {
            return Arc::clone(found);
        }
        let parts = matcher.filter.parts.iter().enumerate();
        let found: Arc<[usize]> = parts
            .filter(|(_, part)| **part != Condition::Always && may_meet(part, key))
            .map(|(at, _)| at)
            .collect();
        if known.len() < REMEMBERED {
            known.insert(key.as_slice().into(), Arc::clone(&found));
        }
        found
    }
}

/// What a field has that passes no test.
const NO_VALUE: u64 = 0;

/// Whether a condition may be met, where `None` may be any value.
// Recursion is bounded by the depth of the queries' expressions.
fn may_meet(condition: &Condition, fields: &[Option<u64>]) -> bool {
    let passes =
        |test: &TestId| fields.get(test.field).copied().flatten().map(|passed| passed >> test.test & 1 == 1);
    match condition {
        Condition::Always => true,
        Condition::Never => false,
        Condition::Holds(test) => passes(test).unwrap_or(true),
        Condition::Fails(test) => !passes(test).unwrap_or(false),
        Condition::All(parts) => parts.iter().all(|part| may_meet(part, fields)),
        Condition::Any(parts) => parts.iter().any(|part| may_meet(part, fields)),
    }
}

/// What a batch knows of a field.
enum Known<'a> {
    /// Its text, if it has one.
    Text(&'a StringViewArray),
    /// It may be anything.
    Unknown,
}

impl<'a> Known<'a> {
    fn of(batch: &'a RecordBatch, name: &str) -> Self {
        match batch.column_by_name(name) {
            Some(column) if *column.data_type() == DataType::Utf8View => Self::Text(column.as_string_view()),
            _ => Self::Unknown,
        }
    }

    /// The value in a row; an error if it may be any.
    fn value(&self, row: usize) -> Result<Option<&'a str>, ()> {
        match self {
            Self::Text(texts) => Ok((!texts.is_null(row)).then(|| texts.value(row))),
            Self::Unknown => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{Field, Schema};

    use super::*;
    use crate::filter::FilterBuilder;

    /// Events whose `a` holds a word, or does not.
    fn filter(word: String, positive: bool) -> Option<Arc<Filter>> {
        let mut builder = FilterBuilder::default();
        let wanted = word.clone();
        let holds = Arc::new(move |value: &str| value.contains(&wanted));
        let test = builder.test("a", format!("has {word}"), vec![word], holds).unwrap();
        let condition = if positive { Condition::Holds(test) } else { Condition::Fails(test) };
        builder.finish(condition).map(Arc::new)
    }

    fn sorted(filters: &[Option<Arc<Filter>>], values: &[Option<&str>]) -> Vec<Option<Vec<u32>>> {
        let schema = Arc::new(Schema::new(vec![Field::new("a", DataType::Utf8View, true)]));
        let column = Arc::new(StringViewArray::from_iter(values.iter().copied()));
        let batch = RecordBatch::try_new(schema, vec![column]).unwrap();
        Sorter::new(Arc::new(Filter::any_of(filters))).sort(&batch)
    }

    #[test]
    fn each_filter_gets_the_rows_that_it_may_let_pass() {
        let filters =
            [filter("xy".into(), true), None, filter("xy".into(), false), filter("zz".into(), true)];
        let values = [Some("axyb"), None, Some("zz"), Some("xy zz")];
        let expected = [Some(vec![0, 3]), None, Some(vec![1, 2]), Some(vec![2, 3])];
        assert_eq!(sorted(&filters, &values), expected);
    }

    #[test]
    fn more_tests_than_have_a_number_of_their_own_give_too_much_and_never_too_little() {
        let words: Vec<String> = (0..150).map(|at| format!("word{at}.")).collect();
        let mut filters: Vec<_> = words.iter().map(|word| filter(word.clone(), true)).collect();
        filters.push(filter("word3.".into(), false));
        let values: Vec<Option<&str>> = words.iter().map(|word| Some(word.as_str())).collect();
        let rows = sorted(&filters, &values);
        for (at, rows) in rows.iter().take(words.len()).enumerate() {
            let rows = rows.as_ref().unwrap();
            assert!(rows.contains(&u32::try_from(at).unwrap()), "word{at}");
            assert!(rows.len() <= 3, "word{at} shares its number with two others: {rows:?}");
        }
        assert_eq!(rows.last().unwrap(), &None, "that one of several passes speaks against none");
    }

    #[test]
    fn it_is_open_if_one_of_them_is() {
        assert!(Filter::any_of(&[filter("x".into(), true), None]).is_open());
        assert!(!Filter::any_of(&[filter("x".into(), true), filter("y".into(), true)]).is_open());
    }
}
