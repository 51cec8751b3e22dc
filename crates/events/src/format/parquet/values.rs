//! Values of columns as JSON has them.

use std::borrow::Cow;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DecimalType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::format::json::rows::{Kind, Name, Rows};

/// A column with those inside: the members of a struct, the element of a list, key and value of a map.
pub(super) struct Named {
    pub(super) name: Name,
    pub(super) is_uuid: bool,
    pub(super) members: Vec<Named>,
}

/// Gives the row the value of a column, if it has one. Whether all its text was UTF-8.
// Recursion is bounded by the depth that the file's schema may have.
pub(super) fn give(name: Name, named: &Named, array: &dyn Array, row: usize, rows: &mut Rows) -> bool {
    if row >= array.len() || array.is_null(row) {
        return true;
    }
    match array.data_type() {
        DataType::BinaryView => return text(name, array.as_binary_view().value(row), rows),
        DataType::Int8 => rows.show(name, of::<Int8Type>(array, row), Kind::Number),
        DataType::Int16 => rows.show(name, of::<Int16Type>(array, row), Kind::Number),
        DataType::Int32 => rows.show(name, of::<Int32Type>(array, row), Kind::Number),
        DataType::Int64 => rows.show(name, of::<Int64Type>(array, row), Kind::Number),
        DataType::UInt8 => rows.show(name, of::<UInt8Type>(array, row), Kind::Number),
        DataType::UInt16 => rows.show(name, of::<UInt16Type>(array, row), Kind::Number),
        DataType::UInt32 => rows.show(name, of::<UInt32Type>(array, row), Kind::Number),
        DataType::UInt64 => rows.show(name, of::<UInt64Type>(array, row), Kind::Number),
        DataType::Float16 => float(name, f64::from(of::<Float16Type>(array, row)), rows),
        DataType::Float32 => single(name, of::<Float32Type>(array, row), rows),
        DataType::Float64 => float(name, of::<Float64Type>(array, row), rows),
        DataType::Boolean => rows.show(name, array.as_boolean().value(row), Kind::Bool),
        DataType::FixedSizeBinary(_) => {
            hex(name, named.is_uuid, array.as_fixed_size_binary().value(row), rows)
        }
        DataType::Date32 => date(name, of::<Date32Type>(array, row), rows),
        DataType::Time32(_) | DataType::Time64(_) => time(name, array, row, rows),
        DataType::Timestamp(unit, zone) => {
            moment(name, ticks(*unit, array, row), *unit, zone.is_some(), rows);
        }
        DataType::Decimal32(precision, scale) => {
            decimal::<Decimal32Type>(name, array, row, (*precision, *scale), rows);
        }
        DataType::Decimal64(precision, scale) => {
            decimal::<Decimal64Type>(name, array, row, (*precision, *scale), rows);
        }
        DataType::Decimal128(precision, scale) => {
            decimal::<Decimal128Type>(name, array, row, (*precision, *scale), rows);
        }
        DataType::Decimal256(precision, scale) => {
            decimal::<Decimal256Type>(name, array, row, (*precision, *scale), rows);
        }
        DataType::Struct(_) => return object(name, named, array, row, rows),
        DataType::List(_) => return list(name, named, array, row, rows),
        DataType::Map(..) => return map(name, named, array, row, rows),
        // Intervals, which no event has.
        _ => {}
    }
    true
}

fn of<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> T::Native {
    array.as_primitive::<T>().value(row)
}

fn text(name: Name, bytes: &[u8], rows: &mut Rows) -> bool {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => rows.put(name, text, Kind::String),
        Err(_) => {
            rows.put(name, &String::from_utf8_lossy(bytes), Kind::String);
            false
        }
    }
}

/// JSON has no number for what is none.
fn float(name: Name, number: f64, rows: &mut Rows) {
    rows.show(name, number, if number.is_finite() { Kind::Number } else { Kind::String });
}

/// As short as it can be told from its neighbours, which are farther away than those of a double.
fn single(name: Name, number: f32, rows: &mut Rows) {
    rows.show(name, number, if number.is_finite() { Kind::Number } else { Kind::String });
}

fn hex(name: Name, is_uuid: bool, bytes: &[u8], rows: &mut Rows) {
    let mut text = String::with_capacity(bytes.len() * 2 + 4);
    for (at, byte) in bytes.iter().enumerate() {
        if is_uuid && matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    rows.put(name, &text, Kind::String);
}

fn date(name: Name, days: i32, rows: &mut Rows) {
    let date = Date::constant(1970, 1, 1).checked_add(jiff::SignedDuration::from_hours(i64::from(days) * 24));
    match date {
        Ok(date) => rows.show(name, date, Kind::String),
        Err(_) => rows.show(name, days, Kind::Number),
    }
}

fn time(name: Name, array: &dyn Array, row: usize, rows: &mut Rows) {
    let nanoseconds = match array.data_type() {
        DataType::Time32(TimeUnit::Second) => i64::from(of::<Time32SecondType>(array, row)) * 1_000_000_000,
        DataType::Time32(_) => i64::from(of::<Time32MillisecondType>(array, row)) * 1_000_000,
        DataType::Time64(TimeUnit::Microsecond) => {
            of::<Time64MicrosecondType>(array, row).saturating_mul(1_000)
        }
        _ => of::<Time64NanosecondType>(array, row),
    };
    let since_midnight = jiff::SignedDuration::from_nanos(nanoseconds);
    match Time::midnight().checked_add(since_midnight) {
        Ok(time) => rows.show(name, time, Kind::String),
        Err(_) => rows.show(name, nanoseconds, Kind::Number),
    }
}

/// The number that a timestamp is stored as.
pub(super) fn ticks(unit: TimeUnit, array: &dyn Array, row: usize) -> i64 {
    match unit {
        TimeUnit::Second => of::<TimestampSecondType>(array, row),
        TimeUnit::Millisecond => of::<TimestampMillisecondType>(array, row),
        TimeUnit::Microsecond => of::<TimestampMicrosecondType>(array, row),
        TimeUnit::Nanosecond => of::<TimestampNanosecondType>(array, row),
    }
}

/// A time that is of no zone is written without one, and taken to be of that of the input as any other.
fn moment(name: Name, ticks: i64, unit: TimeUnit, is_utc: bool, rows: &mut Rows) {
    let moment = match unit {
        TimeUnit::Second => Timestamp::from_second(ticks),
        TimeUnit::Millisecond => Timestamp::from_millisecond(ticks),
        TimeUnit::Microsecond => Timestamp::from_microsecond(ticks),
        TimeUnit::Nanosecond => Timestamp::from_nanosecond(i128::from(ticks)),
    };
    match moment {
        Ok(moment) if is_utc => rows.show(name, moment, Kind::String),
        Ok(moment) => rows.show(name, TimeZone::UTC.to_datetime(moment), Kind::String),
        Err(_) => rows.show(name, ticks, Kind::Number),
    }
}

fn decimal<T: DecimalType>(
    name: Name,
    array: &dyn Array,
    row: usize,
    (precision, scale): (u8, i8),
    rows: &mut Rows,
) {
    rows.show(name, T::format_decimal(of::<T>(array, row), precision, scale), Kind::Number);
}

fn object(name: Name, named: &Named, array: &dyn Array, row: usize, rows: &mut Rows) -> bool {
    rows.open(name, Kind::Object);
    let mut is_sound = true;
    for (member, values) in named.members.iter().zip(array.as_struct().columns()) {
        is_sound &= give(member.name, member, values, row, rows);
    }
    rows.close();
    is_sound
}

fn list(name: Name, named: &Named, array: &dyn Array, row: usize, rows: &mut Rows) -> bool {
    let list = array.as_list::<i32>();
    let (Some(element), Some(range)) = (named.members.first(), range(list.value_offsets(), row)) else {
        return true;
    };
    rows.open(name, Kind::Array);
    let mut is_sound = true;
    for at in range {
        is_sound &= give(element.name, element, list.values(), at, rows);
    }
    rows.close();
    is_sound
}

/// As an object. Keys that are no text are none.
fn map(name: Name, named: &Named, array: &dyn Array, row: usize, rows: &mut Rows) -> bool {
    let map = array.as_map();
    let (Some(value), Some(range), Some(keys)) =
        (named.members.get(1), range(map.value_offsets(), row), map.keys().as_binary_view_opt())
    else {
        return true;
    };
    rows.open(name, Kind::Object);
    let mut is_sound = true;
    for at in range {
        let key = String::from_utf8_lossy(keys.value(at));
        is_sound &= matches!(key, Cow::Borrowed(_));
        let name = rows.name(&key);
        is_sound &= give(name, value, map.values(), at, rows);
    }
    rows.close();
    is_sound
}

fn range(offsets: &[i32], row: usize) -> Option<std::ops::Range<usize>> {
    let [start, end] = [offsets.get(row)?, offsets.get(row + 1)?];
    Some(usize::try_from(*start).ok()?..usize::try_from(*end).ok()?)
}
