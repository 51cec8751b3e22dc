//! Which fields a reader is asked for.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};

use crate::field;
use crate::filter::Filter;

/// The columns that a reader shall give, in this order.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Fields by name. Metadata (`_time`, `host` …), provenance (`_file`, `_record`, `_offset`) and
    /// the hidden [`field::SEQ`], [`field::PLACE`] and [`field::FILTERS`] are asked for like any other.
    pub fields: Vec<Wanted>,
    /// Also gather every other field of each event in [`field::REST`] (the last column).
    pub rest: bool,
    /// Events that fail it may be left out. It looks only at fields that are asked for by name.
    pub filter: Option<Arc<Filter>>,
    /// Of events whose `_time` is below it nothing but their time and place needs to be given, or not even that.
    pub floor: Option<Arc<Floor>>,
    /// All events have been read before, and those elsewhere than here may now be left out. What is read again counts
    /// for nothing but its losses.
    pub places: Option<Arc<Places>>,
}

/// Events by where they are.
#[derive(Debug, Default)]
pub struct Places(Vec<i64>);

/// Bits of a place that say where in its split an event is; those above say in which split.
const PLACE_BITS: u32 = 40;
/// The farthest place in a split; what is beyond counts as there.
const FARTHEST: u64 = (1 << PLACE_BITS) - 1;
/// Splits whose places are told apart; what is beyond is not left out.
const MOST_SPLITS: i64 = 1 << (63 - PLACE_BITS);

impl Places {
    /// Places as [`field::PLACE`] gives them.
    pub fn new(mut places: Vec<i64>) -> Self {
        places.sort_unstable();
        places.dedup();
        Self(places)
    }

    /// The place that begins so far into the split of this number.
    pub(crate) fn place(split: i64, at: u64) -> i64 {
        (split % MOST_SPLITS) << PLACE_BITS | at.min(FARTHEST).cast_signed()
    }

    /// What there is from one place in a split on and before another, as far into the split; `None`: it is not known.
    pub(crate) fn within(&self, split: i64, range: Range<u64>) -> Option<impl Iterator<Item = u64>> {
        if split >= MOST_SPLITS || range.end > FARTHEST {
            return None;
        }
        let [start, end] = [range.start, range.end].map(|at| Self::place(split, at));
        let first = self.0.partition_point(|place| *place < start);
        let places = self.0.iter().skip(first).take_while(move |place| **place < end);
        Some(places.map(|place| place.cast_unsigned() & FARTHEST))
    }
}

/// A time that only rises while events are read: whoever needs the newest alone says how new they must be.
#[derive(Debug)]
pub struct Floor(AtomicI64);

impl Default for Floor {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl Floor {
    /// Where a time stands among all times, as [`f64::total_cmp`] has it.
    pub fn rank(seconds: f64) -> i64 {
        let bits = seconds.to_bits().cast_signed();
        bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
    }

    /// Events of a lower rank do not matter any more.
    pub fn raise(&self, rank: i64) {
        self.0.fetch_max(rank, Ordering::Relaxed);
    }

    pub(crate) fn is_above(&self, seconds: f64) -> bool {
        Self::rank(seconds) < self.0.load(Ordering::Relaxed)
    }
}

/// One wanted field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// As a list of all its values; else its first.
    pub multi: bool,
}

impl Wanted {
    /// A single-valued field.
    pub fn one(name: impl Into<String>) -> Self {
        Self { name: name.into(), multi: false }
    }
}

impl Request {
    /// The schema of the batches: text as `Utf8View`, multivalue fields as `List<Utf8View>`,
    /// `_time` as `Float64`, `_record`, `_offset` and the sequence as `Int64`.
    pub fn schema(&self) -> SchemaRef {
        let mut fields: Vec<Field> =
            self.fields.iter().map(|wanted| Field::new(&wanted.name, wanted.data_type(), true)).collect();
        if self.rest {
            fields.push(Field::new(field::REST, rest_type(), true));
        }
        Arc::new(Schema::new(fields))
    }
}

impl Wanted {
    /// The column's type.
    pub fn data_type(&self) -> DataType {
        match self.name.as_str() {
            field::TIME => DataType::Float64,
            field::SEQ | field::PLACE | field::FILTERS | field::RECORD | field::OFFSET => DataType::Int64,
            _ if self.multi => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8View, true))),
            _ => DataType::Utf8View,
        }
    }
}

/// Type of the [`field::REST`] column.
pub fn rest_type() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Struct(rest_fields()), true)))
}

/// The struct inside [`rest_type`].
pub fn rest_fields() -> Fields {
    Fields::from(vec![
        Field::new("name", DataType::Utf8View, false),
        Field::new("value", DataType::Utf8View, false),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_of_their_split_and_what_cannot_be_told_apart_is_not_known() {
        let at = |split, at| Places::place(split, at);
        let places = Places::new(vec![at(1, 7), at(0, 3), at(1, 7), at(1, 90), at(0, 1 << 50)]);
        let within = |split, range| places.within(split, range).map(Iterator::collect::<Vec<_>>);
        assert_eq!(within(0, 0..100), Some(vec![3]));
        assert_eq!(within(1, 7..91), Some(vec![7, 90]));
        assert_eq!(within(1, 8..90), Some(vec![]));
        assert_eq!(within(2, 0..100), Some(vec![]));
        assert_eq!(within(0, 0..1 << 51), None);
        assert_eq!(within(1 << 23, 0..100), None);
    }
}
