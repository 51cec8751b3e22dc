//! Which of many filters each event of a batch may pass.

use std::sync::{Arc, PoisonError};

use arrow::array::{Array, AsArray, PrimitiveArray, StringViewArray};
use arrow::datatypes::{DataType, Int64Type};
use arrow::record_batch::RecordBatch;
use hashbrown::HashMap;

use super::Filter;
use super::matcher::{Matcher, Seen, Tests};
use crate::field;

/// Sorts the events of batches by the filters that they may pass: where the reader found out which these are, as it
/// says in [`field::FILTERS`], else by a look at the fields.
pub struct Sorter {
    matcher: Matcher,
    /// The sets of filters by their numbers, as far as they were met.
    sets: HashMap<u32, Box<[u32]>>,
}

impl Sorter {
    /// A sorter for one core, by a filter that was made with [`Filter::each_of`].
    pub fn new(filter: Arc<Filter>) -> Self {
        Self { matcher: Matcher::new(filter, None), sets: HashMap::new() }
    }

    /// The rows for each filter, in order; `None` for one that every row may pass.
    pub fn sort(&mut self, batch: &RecordBatch) -> Vec<Option<Vec<u32>>> {
        let Self { matcher, sets } = self;
        let columns: Vec<Column<'_>> =
            matcher.fields().iter().map(|field| Column::of(batch, &field.name)).collect();
        let found_out = batch.column_by_name(field::FILTERS).and_then(|found| found.as_primitive_opt());
        let filter = Arc::clone(&matcher.filter);
        let are_always = filter.program().are_always();
        let mut rows: Vec<_> = are_always.map(|is_always| (!is_always).then(Vec::new)).collect();
        for row in 0..batch.num_rows() {
            let look = &mut |field: usize, tests: Tests<'_>| match columns.get(field) {
                Some(Column::Text(texts)) if texts.is_null(row) => Seen::Absent,
                Some(Column::Text(texts)) => {
                    let text = texts.value(row);
                    tests.of(0, text.as_bytes(), false, || Some(text))
                }
                Some(Column::Unknown) | None => Seen::Unknown,
            };
            let set = known(found_out, row).unwrap_or_else(|| matcher.met(look, &mut |_| true).set);
            let filters = sets.entry(set).or_insert_with(|| {
                let sets = filter.met.lock().unwrap_or_else(PoisonError::into_inner);
                sets.get(set).unwrap_or_default().into()
            });
            let row = u32::try_from(row).unwrap_or(u32::MAX);
            for filter in filters.iter() {
                if let Some(Some(rows)) = rows.get_mut(*filter as usize) {
                    rows.push(row);
                }
            }
        }
        rows
    }
}

/// The number of the set of filters that the reader found out for a row.
fn known(found_out: Option<&PrimitiveArray<Int64Type>>, row: usize) -> Option<u32> {
    let found_out = found_out.filter(|found_out| found_out.is_valid(row))?;
    u32::try_from(found_out.value(row)).ok()
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
    use crate::filter::Condition;
    use crate::filter::several::tests::filter;

    fn sorted(filters: &[Option<Arc<Filter>>], values: &[Option<&str>]) -> Vec<Option<Vec<u32>>> {
        let schema = Arc::new(Schema::new(vec![Field::new("a", DataType::Utf8View, true)]));
        let column = Arc::new(StringViewArray::from_iter(values.iter().copied()));
        let batch = RecordBatch::try_new(schema, vec![column]).unwrap();
        Sorter::new(Arc::new(Filter::each_of(filters))).sort(&batch)
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
