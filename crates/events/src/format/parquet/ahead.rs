//! A look at the columns that a request's filter is about, before any other is read.
//!
//! A value that stands in a dictionary is tested once, however many rows have it.

use std::fmt::{Display, Write};
use std::fs::File;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, BooleanBufferBuilder};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{
    DataType, Fields, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Schema, SchemaRef, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ProjectionMask;

use super::columns;
use super::footer::{Table, with_type};
use super::group::{Group, Place, Rows};
use super::pages::{self, Encoded};
use super::prune;
use super::source::Source;
use crate::batch::EventBuilder;
use crate::filter::{Matcher, Passed, Seen};
use crate::format::Format;

// How values are stored, as far as equal bytes may mean different texts.
const TEXT: u8 = 0;
const INTEGER: u8 = 1;
const FLOAT: u8 = 2;
const BOOL: u8 = 3;

/// A request's filter over row groups.
pub(super) struct Ahead {
    matcher: Matcher,
    /// Where the fields of the filter are.
    sources: Vec<Source>,
    /// The columns that are read for it.
    leaves: Vec<usize>,
    mask: ProjectionMask,
    /// Of each field, what the values of the last dictionary gave.
    dictionaries: Vec<Option<Dictionary>>,
    scratch: String,
}

/// The values of a dictionary, and what is known of each.
struct Dictionary {
    values: BinaryArray,
    known: Vec<(u64, bool)>,
}

impl Ahead {
    /// `None` if the request has no filter.
    pub(super) fn new(table: &Table, events: &EventBuilder) -> Option<Self> {
        let matcher = events.matcher(Format::Parquet)?;
        let fields = matcher.fields().iter().zip(events.checked());
        let sources: Vec<Source> = fields
            .map(|(field, slot)| slot.map_or(Source::Unknown, |_| Source::of(&field.name, &table.leaves)))
            .collect();
        let mut leaves: Vec<usize> = sources.iter().filter_map(|source| source.leaf()).collect();
        leaves.sort_unstable();
        leaves.dedup();
        let mask = columns::mask(table, leaves.iter().copied());
        let dictionaries = sources.iter().map(|_| None).collect();
        Some(Self { matcher, sources, leaves, mask, dictionaries, scratch: String::new() })
    }

    /// The rows of a row group that may matter; `None` if there are none. If these columns cannot be read, that is for
    /// whoever reads the rows to say.
    pub(super) fn rows(&mut self, file: &File, table: &Table, place: Place) -> Option<Rows> {
        let fields = self.sources.iter().zip(self.matcher.fields());
        let known = |(source, field): (&Source, _)| prune::known(file, table, place, *source, field);
        let mut whole: Vec<Passed> = fields.map(known).collect();
        if !self.may_matter(&whole) {
            return None;
        }
        if self.leaves.is_empty() {
            return Some(Rows::All);
        }
        let opened = pages::look(file, table, &self.mask, place).and_then(|encoded| {
            let schema = self.schema(table, &encoded);
            Group::open(file, table, (&self.mask, &schema), place, Rows::All)
        });
        let Ok(mut group) = opened else { return Some(Rows::All) };
        let mut selected = BooleanBufferBuilder::new(0);
        loop {
            match group.next_batch() {
                Ok(Some(batch)) => {
                    let known = self.known(&batch, table);
                    if selected.is_empty() && !self.may_hold(&mut whole, &batch, table) {
                        return None;
                    }
                    selected.append_slice(&self.matcher.rows(&known, batch.num_rows()));
                }
                Ok(None) => break,
                Err(_) => return Some(Rows::All),
            }
        }
        let selected = selected.finish();
        match selected.count_set_bits() {
            // Rows are missing: it is not known which.
            _ if selected.len() as u64 != place.rows => Some(Rows::All),
            0 => None,
            count if count == selected.len() => Some(Rows::All),
            _ => Some(Rows::Some(selected)),
        }
    }

    /// Whether a row group may matter, of which this is known.
    fn may_matter(&self, whole: &[Passed]) -> bool {
        self.matcher.rows(whole, 1).contains(&true)
    }

    /// The same with what the dictionaries hold, which the first batch brings.
    fn may_hold(&self, whole: &mut [Passed], batch: &RecordBatch, table: &Table) -> bool {
        let fields = self.sources.iter().zip(&self.dictionaries).zip(whole.iter_mut()).enumerate();
        for (field, ((source, dictionary), whole)) in fields {
            let path = source.leaf().and_then(|leaf| table.leaves.get(leaf)).map(|leaf| leaf.path.as_slice());
            let Some((values, _)) = path.and_then(|path| column(batch, path)) else { continue };
            // Of a batch of nulls the dictionary is empty, whatever the column has.
            let has_values = values.as_any_dictionary_opt().is_some_and(|array| !array.values().is_empty());
            if let (true, Some(dictionary)) = (has_values, dictionary) {
                let values = dictionary.known.iter().map(|(passed, _)| *passed);
                *whole = Passed::Among(self.matcher.passed_by_any(field, values));
            }
        }
        self.may_matter(whole)
    }

    /// The file's columns, with dictionaries where this row group keeps all values in them: the reader would make a
    /// dictionary of others.
    fn schema(&self, table: &Table, encoded: &[Option<Encoded>]) -> SchemaRef {
        let has_dictionary = |leaf: &usize| {
            table.leaves.get(*leaf).is_some_and(|leaf| leaf.data_type == DataType::BinaryView)
                && encoded.get(*leaf).copied().flatten().is_some_and(|encoded| encoded.is_dictionary)
        };
        let chosen: Vec<usize> = self.leaves.iter().copied().filter(has_dictionary).collect();
        let fields = with_dictionaries(table.schema.fields(), &mut 0, &chosen);
        Arc::new(Schema::new_with_metadata(fields, table.schema.metadata().clone()))
    }

    /// What is known of the filter's fields in the rows of a batch.
    fn known(&mut self, batch: &RecordBatch, table: &Table) -> Vec<Passed> {
        (0..self.sources.len()).map(|field| self.known_of(field, batch, table)).collect()
    }

    fn known_of(&mut self, field: usize, batch: &RecordBatch, table: &Table) -> Passed {
        let Some(source) = self.sources.get(field) else { return Passed::Unknown };
        let Source::Column { leaf, is_certain } = *source else { return source.of_all() };
        let path = table.leaves.get(leaf).map(|leaf| leaf.path.as_slice());
        let Some((values, nulls)) = path.and_then(|path| column(batch, path)) else { return Passed::Unknown };
        let mut rows = Known { passed: Vec::with_capacity(values.len()), unsure: Vec::new() };
        self.test(field, &values, nulls.as_ref(), &mut rows);
        if rows.passed.len() != values.len() {
            return Passed::Unknown;
        }
        Passed::Rows { passed: rows.passed, unsure: rows.unsure, is_certain }
    }

    /// Tests the values of a field.
    fn test(&mut self, field: usize, values: &ArrayRef, nulls: Option<&NullBuffer>, rows: &mut Known) {
        let Self { matcher, dictionaries, scratch, .. } = self;
        let mut of = |kind: u8, stored: &[u8], show: &dyn Fn(&mut String) -> bool| {
            let Some(tests) = matcher.tests(field) else { return Seen::Unknown };
            tests.of(kind, stored, kind == TEXT, || show(scratch).then_some(scratch.as_str()))
        };
        match values.data_type() {
            DataType::Dictionary(..) => {
                let Some(array) = values.as_any_dictionary_opt() else { return };
                let Some(distinct) = array.values().as_binary_opt::<i32>() else { return };
                let Some(memory) = dictionaries.get_mut(field) else { return };
                let dictionary = match memory.take() {
                    Some(known) if known.is_of(distinct) => known,
                    _ => Dictionary::new(distinct, |value| of(TEXT, value, &|text| put(text, value))),
                };
                let Some(keys) = array.keys().as_primitive_opt::<Int32Type>() else { return };
                rows.each(values.len(), nulls, |row| {
                    let key = usize::try_from(keys.value(row)).unwrap_or(usize::MAX);
                    dictionary.known.get(key).copied().unwrap_or((u64::MAX, true))
                });
                *memory = Some(dictionary);
            }
            DataType::BinaryView => {
                let values = values.as_binary_view();
                rows.each(values.len(), nulls, |row| {
                    let value = values.value(row);
                    known(of(TEXT, value, &|text| put(text, value)), value.is_empty())
                });
            }
            DataType::Boolean => {
                let values = values.as_boolean();
                rows.each(values.len(), nulls, |row| {
                    let value = values.value(row);
                    known(of(BOOL, &[u8::from(value)], &|text| show(text, value)), false)
                });
            }
            DataType::Float64 => {
                let values = values.as_primitive::<Float64Type>();
                rows.each(values.len(), nulls, |row| {
                    let value = values.value(row);
                    known(of(FLOAT, &value.to_le_bytes(), &|text| show(text, value)), false)
                });
            }
            _ => {
                let Some(integer) = integers(values) else { return };
                let mut last = None;
                rows.each(values.len(), nulls, |row| {
                    let value = integer(row);
                    match last {
                        Some((of_last, known)) if of_last == value => known,
                        _ => {
                            let known =
                                known(of(INTEGER, &value.to_le_bytes(), &|text| show(text, value)), false);
                            last = Some((value, known));
                            known
                        }
                    }
                });
            }
        }
    }
}

/// What is known of the rows of a batch.
struct Known {
    passed: Vec<u64>,
    /// Rows whose value may be none.
    unsure: Vec<usize>,
}

impl Known {
    /// Adds so many rows. A row without a value passes no test.
    fn each(&mut self, count: usize, nulls: Option<&NullBuffer>, mut of: impl FnMut(usize) -> (u64, bool)) {
        for row in 0..count {
            let (passed, is_unsure) =
                if nulls.is_some_and(|nulls| nulls.is_null(row)) { (0, false) } else { of(row) };
            self.passed.push(passed);
            if is_unsure {
                self.unsure.push(row);
            }
        }
    }
}

impl Dictionary {
    fn new(values: &BinaryArray, mut test: impl FnMut(&[u8]) -> Seen) -> Self {
        let known = (0..values.len()).map(|at| {
            let value = values.value(at);
            known(test(value), value.is_empty())
        });
        Self { values: values.clone(), known: known.collect() }
    }

    /// Whether it is of these values: those of one row group are at the same place in memory.
    fn is_of(&self, values: &BinaryArray) -> bool {
        self.values.len() == values.len() && self.values.values().as_ptr() == values.values().as_ptr()
    }
}

/// The tests that a value passes, and whether it may be none after all: Windows events keep no empty text.
fn known(seen: Seen, is_empty: bool) -> (u64, bool) {
    match seen {
        Seen::Value(passed) => (passed, is_empty),
        _ => (u64::MAX, true),
    }
}

/// The text of a value that is UTF-8.
fn put(text: &mut String, value: &[u8]) -> bool {
    text.clear();
    simdutf8::basic::from_utf8(value).map(|value| text.push_str(value)).is_ok()
}

fn show(text: &mut String, value: impl Display) -> bool {
    text.clear();
    write!(text, "{value}").is_ok()
}

/// The whole number in a row, if the column is of such.
fn integers(values: &ArrayRef) -> Option<Box<dyn Fn(usize) -> i128 + '_>> {
    Some(match values.data_type() {
        DataType::Int8 => Box::new(|row| values.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => Box::new(|row| values.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Box::new(|row| values.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Box::new(|row| values.as_primitive::<Int64Type>().value(row).into()),
        DataType::UInt8 => Box::new(|row| values.as_primitive::<UInt8Type>().value(row).into()),
        DataType::UInt16 => Box::new(|row| values.as_primitive::<UInt16Type>().value(row).into()),
        DataType::UInt32 => Box::new(|row| values.as_primitive::<UInt32Type>().value(row).into()),
        DataType::UInt64 => Box::new(|row| values.as_primitive::<UInt64Type>().value(row).into()),
        _ => return None,
    })
}

/// The column at a path of a batch, and where it or what it is in has no value.
fn column(batch: &RecordBatch, path: &[String]) -> Option<(ArrayRef, Option<NullBuffer>)> {
    let (first, inner) = path.split_first()?;
    let mut array = Arc::clone(batch.column_by_name(first)?);
    let mut nulls = array.nulls().cloned();
    for name in inner {
        let member = Arc::clone(array.as_struct_opt()?.column_by_name(name)?);
        nulls = NullBuffer::union(nulls.as_ref(), member.nulls());
        array = member;
    }
    Some((array, nulls))
}

/// The columns with those leaves as dictionaries. `leaf` counts.
// Recursion is bounded by the depth that the file's schema may have.
fn with_dictionaries(fields: &Fields, leaf: &mut usize, chosen: &[usize]) -> Fields {
    let each = fields.iter().map(|field| with_type(field, dictionaries_in(field.data_type(), leaf, chosen)));
    each.collect()
}

fn dictionaries_in(data_type: &DataType, leaf: &mut usize, chosen: &[usize]) -> DataType {
    match data_type {
        DataType::Struct(fields) => DataType::Struct(with_dictionaries(fields, leaf, chosen)),
        DataType::List(element) => {
            DataType::List(Arc::new(with_type(element, dictionaries_in(element.data_type(), leaf, chosen))))
        }
        DataType::Map(entries, is_sorted) => {
            let entries = with_type(entries, dictionaries_in(entries.data_type(), leaf, chosen));
            DataType::Map(Arc::new(entries), *is_sorted)
        }
        other => {
            let is_chosen = chosen.contains(leaf);
            *leaf += 1;
            match is_chosen {
                true => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Binary)),
                false => other.clone(),
            }
        }
    }
}
