//! Which fields a reader is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};

use crate::field;
use crate::filter::Filter;

/// The columns that a reader shall give, in this order.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Fields by name. Metadata (`_time`, `host` …), provenance (`_file`, `_record`, `_offset`) and
    /// the hidden [`field::SEQ`] are asked for like any other.
    pub fields: Vec<Wanted>,
    /// Also gather every other field of each event in [`field::REST`] (the last column).
    pub rest: bool,
    /// Events that fail it may be left out. It looks only at fields that are asked for by name.
    pub filter: Option<Arc<Filter>>,
    /// Of events whose `_time` is below it nothing but their time and place needs to be given, or not even that.
    pub floor: Option<Arc<Floor>>,
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
            field::SEQ | field::RECORD | field::OFFSET => DataType::Int64,
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
