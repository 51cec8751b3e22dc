//! Which of many filters an event may pass, told from a batch's columns.

use std::sync::{Arc, OnceLock};

use arrow::array::{Array, AsArray, StringViewArray};
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use hashbrown::HashMap;

use super::program::{Answers, Program};
use super::several::Merged;
use super::{Condition, Filter, MAX_TESTS, Making, Search, Test, TestId};

/// Combinations of what is known of the fields of an event whose filters are remembered.
const REMEMBERED: usize = 65_536;
/// Values that are remembered a field.
const VALUES: usize = 8_192;
/// Longer values are not.
const LONGEST: usize = 512;
/// After so many values it is seen whether remembering pays.
const TRIAL: u32 = 4_096;

/// Filters, and what sorters of several cores share of them.
pub struct Sorting {
    fields: Vec<Field>,
    /// Of each filter, the place of its condition; `None` for one that lets every event pass.
    parts: Vec<Option<usize>>,
    program: Program,
}

/// A field with all tests on it.
struct Field {
    name: String,
    tests: Vec<Test>,
    search: OnceLock<Search>,
}

impl Sorting {
    /// For filters of which `None` lets every event pass.
    pub fn new(filters: &[Option<Arc<Filter>>]) -> Self {
        let mut merged = Merged::default();
        let placed: Vec<_> =
            filters.iter().map(|filter| filter.as_ref().map(|filter| merged.take(filter))).collect();
        let parts = filters.iter().zip(&placed).map(|(filter, placed)| {
            let (filter, placed) = (filter.as_ref()?, placed.as_ref()?);
            let moved = |test: &TestId| {
                let (field, test) = merged.place_of(*test, filter, placed)?;
                Some((TestId { field, test }, false))
            };
            Some(filter.condition.moved(&moved)).filter(|condition| *condition != Condition::Always)
        });
        let conditions: Vec<Option<Condition>> = parts.collect();
        let program = Program::new(conditions.iter().flatten());
        let place = |next: &mut usize, condition: &Option<Condition>| {
            let place = condition.is_some().then_some(*next);
            *next += usize::from(condition.is_some());
            Some(place)
        };
        let parts = conditions.iter().scan(0, place).collect();
        let fields = merged.into_tests();
        let fields = fields.map(|(name, tests)| Field { name, tests, search: OnceLock::new() }).collect();
        Self { fields, parts, program }
    }
}

impl Field {
    fn search(&self) -> &Search {
        self.search.get_or_init(|| Search::new(&self.name, &self.tests))
    }

    /// Leaves in `passed` the tests that a value passes.
    fn pass(&self, value: &str, passed: &mut Vec<u64>) {
        passed.resize(self.tests.len().div_ceil(MAX_TESTS), 0);
        let search = self.search();
        search.candidates(value.as_bytes(), passed);
        let is_ascii = value.is_ascii();
        let mut making = Making::default();
        for (at, (word, told)) in passed.iter_mut().zip(&search.told).enumerate() {
            let mut left = if is_ascii { *word & !told } else { *word };
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let test = self.tests.get(at * MAX_TESTS + bit as usize);
                if test.is_none_or(|test| !making.passes(value, test)) {
                    *word &= !(1 << bit);
                }
            }
        }
    }
}

/// Sorts the events of batches by the filters that they may pass.
pub struct Sorter {
    sorting: Arc<Sorting>,
    fields: Vec<Classes>,
    /// By what is known of the fields: the filters that may be passed.
    known: HashMap<Box<[Class]>, Box<[usize]>>,
    answers: Answers,
}

/// Values of a field that pass the same tests are of one class.
type Class = u32;

/// No value, or one that passes no test: both fail what must hold, and neither speaks against the event.
const NONE: Class = 0;
/// It may be any.
const UNKNOWN: Class = Class::MAX;

/// The classes of a field's values.
#[derive(Default)]
struct Classes {
    values: HashMap<Box<str>, Class>,
    by_tests: HashMap<Box<[u64]>, Class>,
    /// The tests that each class but [`NONE`] passes.
    tests: Vec<Box<[u64]>>,
    asked: u32,
    found: u32,
    is_off: bool,
    passed: Vec<u64>,
}

impl Sorter {
    /// A sorter for one core.
    pub fn new(sorting: Arc<Sorting>) -> Self {
        let fields = sorting.fields.iter().map(|_| Classes::default()).collect();
        let answers = sorting.program.answers();
        Self { sorting, fields, known: HashMap::new(), answers }
    }

    /// The rows for each filter, in order; `None` for one that every row may pass.
    pub fn sort(&mut self, batch: &RecordBatch) -> Vec<Option<Vec<u32>>> {
        let Self { sorting, fields, known, answers } = self;
        let columns: Vec<Column<'_>> =
            sorting.fields.iter().map(|field| Column::of(batch, &field.name)).collect();
        let mut rows: Vec<_> = sorting.parts.iter().map(|part| part.as_ref().map(|_| Vec::new())).collect();
        let mut key = vec![NONE; columns.len()];
        for row in 0..batch.num_rows() {
            let places = key.iter_mut().zip(&columns).zip(&sorting.fields).zip(fields.iter_mut());
            for (((place, column), field), classes) in places {
                *place = match column {
                    Column::Text(texts) if texts.is_null(row) => NONE,
                    Column::Text(texts) => classes.of(texts.value(row), field),
                    Column::Unknown => UNKNOWN,
                };
            }
            if let Some(filters) = known.get(key.as_slice()) {
                give(row, filters, &mut rows);
                continue;
            }
            answers.next();
            let mut may = |test: TestId, positive: bool| {
                let known = fields.get(test.field).zip(key.get(test.field));
                let passes = known.and_then(|(classes, class)| classes.passes(*class, test.test));
                passes.is_none_or(|passes| passes == positive)
            };
            let mut met = |part: &Option<usize>| {
                part.is_some_and(|part| sorting.program.may_meet(part, answers, &mut may))
            };
            let met = sorting.parts.iter().enumerate().filter(|(_, part)| met(part));
            let met: Box<[usize]> = met.map(|(at, _)| at).collect();
            give(row, &met, &mut rows);
            if known.len() < REMEMBERED {
                known.insert(key.as_slice().into(), met);
            }
        }
        rows
    }
}

/// Gives a row to filters.
fn give(row: usize, filters: &[usize], rows: &mut [Option<Vec<u32>>]) {
    for filter in filters {
        if let Some(Some(rows)) = rows.get_mut(*filter) {
            rows.push(u32::try_from(row).unwrap_or(u32::MAX));
        }
    }
}

impl Classes {
    fn of(&mut self, value: &str, field: &Field) -> Class {
        let is_remembered = !self.is_off && value.len() <= LONGEST;
        if is_remembered {
            self.asked += 1;
            if let Some(&class) = self.values.get(value) {
                self.found += 1;
                return class;
            }
            if self.asked == TRIAL && self.found < TRIAL / 2 {
                self.is_off = true;
                self.values = HashMap::new();
            }
        }
        field.pass(value, &mut self.passed);
        let class = self.class();
        if is_remembered && !self.is_off && self.values.len() < VALUES {
            self.values.insert(value.into(), class);
        }
        class
    }

    /// The class of the tests that were passed.
    fn class(&mut self) -> Class {
        if self.passed.iter().all(|&word| word == 0) {
            return NONE;
        }
        if let Some(&class) = self.by_tests.get(self.passed.as_slice()) {
            return class;
        }
        if self.tests.len() >= REMEMBERED {
            return UNKNOWN;
        }
        self.tests.push(self.passed.as_slice().into());
        let class = Class::try_from(self.tests.len()).unwrap_or(UNKNOWN);
        self.by_tests.insert(self.passed.as_slice().into(), class);
        class
    }

    /// Whether values of a class pass a test; `None` if that is not known.
    fn passes(&self, class: Class, test: usize) -> Option<bool> {
        match class {
            NONE => Some(false),
            UNKNOWN => None,
            class => {
                let tests = self.tests.get(class as usize - 1)?;
                Some(tests.get(test / 64)? >> (test % 64) & 1 == 1)
            }
        }
    }
}

/// What a batch knows of a field.
enum Column<'a> {
    /// Its text, if it has one.
    Text(&'a StringViewArray),
    /// It may be anything.
    Unknown,
}

impl<'a> Column<'a> {
    fn of(batch: &'a RecordBatch, name: &str) -> Self {
        match batch.column_by_name(name) {
            Some(column) if *column.data_type() == DataType::Utf8View => Self::Text(column.as_string_view()),
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{Field, Schema};

    use super::*;
    use crate::filter::several::tests::filter;

    fn sorted(filters: &[Option<Arc<Filter>>], values: &[Option<&str>]) -> Vec<Option<Vec<u32>>> {
        let schema = Arc::new(Schema::new(vec![Field::new("a", DataType::Utf8View, true)]));
        let column = Arc::new(StringViewArray::from_iter(values.iter().copied()));
        let batch = RecordBatch::try_new(schema, vec![column]).unwrap();
        Sorter::new(Arc::new(Sorting::new(filters))).sort(&batch)
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
    fn filters_with_many_tests_get_their_own_rows() {
        let words: Vec<String> = (0..150).map(|at| format!("word{at}.")).collect();
        let mut filters: Vec<_> = words.iter().map(|word| filter(word.clone(), true)).collect();
        filters.push(filter("word3.".into(), false));
        let values: Vec<Option<&str>> = words.iter().map(|word| Some(word.as_str())).collect();
        let rows = sorted(&filters, &values);
        for (at, rows) in (0..).zip(rows.iter().take(words.len())) {
            assert_eq!(rows.as_deref(), Some([at].as_slice()));
        }
        let others: Vec<u32> = (0..150).filter(|at| *at != 3).collect();
        assert_eq!(rows.last().unwrap().as_ref(), Some(&others));
    }

    #[test]
    fn a_literal_tells_of_text_in_ascii() {
        let mut builder = crate::filter::FilterBuilder::default();
        let holds: crate::filter::Holds = Arc::new(|value| {
            assert!(!value.is_ascii(), "`{value}` is told by its literal");
            value.contains("ö xy")
        });
        let test = builder.test("a", "xy".to_owned(), vec!["xy".to_owned()], holds).unwrap();
        builder.told_by_literals(test);
        let filter = builder.finish(Condition::Holds(test)).map(Arc::new);
        let values = [Some("aXYb"), Some("x"), Some("ö xy"), Some("ä xy"), None];
        assert_eq!(sorted(&[filter], &values), [Some(vec![0, 2])]);
    }

    #[test]
    fn what_is_remembered_gives_the_same() {
        let filters = [filter("1".into(), true), filter("2".into(), false)];
        let texts: Vec<String> = (0..20_000).map(|at| format!("value {}", at % 9_000)).collect();
        let values: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
        let rows = sorted(&filters, &values);
        let expected = |holds: &dyn Fn(&str) -> bool| {
            (0..).zip(&texts).filter(|(_, text)| holds(text)).map(|(at, _)| at).collect::<Vec<u32>>()
        };
        assert_eq!(rows[0].as_ref(), Some(&expected(&|text| text.contains('1'))));
        assert_eq!(rows[1].as_ref(), Some(&expected(&|text| !text.contains('2'))));
    }
}
