//! What a file says of a row group's values, without reading them: statistics, and bloom filters.
//!
//! A test is mere code, so all that can be used is which values alone may pass it. What is not known for sure is "maybe".

use std::fs::File;

use arrow::datatypes::{DataType, TimeUnit};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::statistics::Statistics;

use super::footer::{Leaf, Table};
use super::group::{Place, guarded};
use super::source::Source;
use crate::filter::{Field, Only, Passed};
use crate::format::json;

/// Seconds that a time of no zone may be off: a day and more either way.
const ZONES: f64 = 2.0 * 86_400.0;
/// A larger bloom filter is not read.
const LARGEST_BLOOM: i32 = 16 << 20;

/// What is known of a field in a whole row group, as one row that stands for all.
pub(super) fn known(file: &File, table: &Table, place: Place, source: Source, field: &Field) -> Passed {
    let Source::Column { leaf, .. } = source else { return source.of_all() };
    let group = table.metadata.row_groups().get(place.number);
    let column = group.and_then(|group| group.columns().get(leaf));
    let (Some(column), Some(leaf)) = (column, table.leaves.get(leaf)) else { return Passed::Unknown };
    let nulls = column.statistics().and_then(Statistics::null_count_opt);
    if nulls.is_some_and(|nulls| u64::try_from(column.num_values()) == Ok(nulls)) {
        return Passed::Absent;
    }
    let mut column = Column { file, leaf, column, bloom: None };
    let tests: Vec<bool> =
        field.only().iter().map(|only| only.as_ref().is_none_or(|only| column.may_have(only))).collect();
    Passed::among(&tests)
}

/// Whether a row group may have an event of these times, by what it says of each column that may give the time. An
/// event without a time is of none.
pub(super) fn may_be_within(table: &Table, place: Place, (from, to): (f64, f64)) -> bool {
    let Some(group) = table.metadata.row_groups().get(place.number) else { return true };
    let mut columns = group.columns().iter().zip(&table.leaves);
    columns.any(|(column, leaf)| match json::may_give_time(&leaf.path) {
        Some(false) => false,
        None => true,
        Some(true) => times(column, leaf).is_none_or(|(first, last)| last >= from && first < to),
    })
}

/// Between which times those of a column are; `None` if that is not known.
fn times(column: &ColumnChunkMetaData, leaf: &Leaf) -> Option<(f64, f64)> {
    let DataType::Timestamp(unit, zone) = &leaf.data_type else { return None };
    let statistics = column.statistics()?;
    if statistics.null_count_opt().is_some_and(|nulls| u64::try_from(column.num_values()) == Ok(nulls)) {
        return Some((f64::INFINITY, f64::NEG_INFINITY));
    }
    let Statistics::Int64(values) = statistics else { return None };
    let ticks = match unit {
        TimeUnit::Second => 1.0,
        TimeUnit::Millisecond => 1e3,
        TimeUnit::Microsecond => 1e6,
        TimeUnit::Nanosecond => 1e9,
    };
    // A time of no zone is read in that of the input, or in one that is found out.
    let slack = if zone.is_some() { 1.0 } else { ZONES };
    Some((*values.min_opt()? as f64 / ticks - slack, *values.max_opt()? as f64 / ticks + slack))
}

struct Column<'a> {
    file: &'a File,
    leaf: &'a Leaf,
    column: &'a ColumnChunkMetaData,
    /// The bloom filter, once it was asked for; the inner `None` if there is none.
    bloom: Option<Option<Sbbf>>,
}

impl Column<'_> {
    /// Whether it may have one of these values.
    fn may_have(&mut self, only: &Only) -> bool {
        match only {
            Only::Texts(texts) => texts.iter().any(|text| self.may_have_text(text)),
            Only::Numbers(from, to) => match self.range() {
                // The nearest doubles of its ends are in the same order as the numbers themselves.
                Some((least, most)) => most as f64 >= *from && least as f64 <= *to,
                None => true,
            },
        }
    }

    fn may_have_text(&mut self, text: &str) -> bool {
        if is_whole(&self.leaf.data_type) {
            // Only as it is written can a whole number be this text.
            let number = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
            let Some(number) = number else { return false };
            let is_within = self.range().is_none_or(|(least, most)| (least..=most).contains(&number));
            return is_within && self.bloom_may_have_number(number);
        }
        // What is not UTF-8 may become any text with this character.
        if self.leaf.data_type != DataType::BinaryView || text.contains(char::REPLACEMENT_CHARACTER) {
            return true;
        }
        let is_within = match self.column.statistics() {
            Some(all @ Statistics::ByteArray(values)) if !all.is_min_max_deprecated() => {
                values.min_opt().is_none_or(|least| least.data() <= text.as_bytes())
                    && values.max_opt().is_none_or(|most| most.data() >= text.as_bytes())
            }
            _ => true,
        };
        is_within && self.bloom().is_none_or(|bloom| bloom.check(text.as_bytes()))
    }

    /// The least and the greatest value of a column of whole numbers.
    fn range(&self) -> Option<(i64, i64)> {
        if !is_whole(&self.leaf.data_type) {
            return None;
        }
        match self.column.statistics()? {
            Statistics::Int32(values) => Some(((*values.min_opt()?).into(), (*values.max_opt()?).into())),
            Statistics::Int64(values) => Some((*values.min_opt()?, *values.max_opt()?)),
            _ => None,
        }
    }

    fn bloom_may_have_number(&mut self, number: i64) -> bool {
        let is_short = self.leaf.data_type != DataType::Int64;
        let Some(bloom) = self.bloom() else { return true };
        match is_short {
            true => i32::try_from(number).is_ok_and(|number| bloom.check(&number)),
            false => bloom.check(&number),
        }
    }

    fn bloom(&mut self) -> Option<&Sbbf> {
        let Self { file, column, .. } = *self;
        let length = column.bloom_filter_length();
        let read = || {
            // One of an odd size would be looked for where there is nothing.
            length.filter(|length| (1..=LARGEST_BLOOM).contains(length))?;
            guarded(|| Sbbf::read_from_column_chunk(column, file))
                .ok()?
                .filter(|bloom| bloom.num_blocks() > 0)
        };
        self.bloom.get_or_insert_with(read).as_ref()
    }
}

/// Whole numbers whose order is that of their statistics.
fn is_whole(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray, TimestampMillisecondArray};

    use super::super::footer::Footer;
    use super::super::tests::file;
    use super::*;
    use crate::filter::{Condition, FilterBuilder};

    /// The row groups that may have such a value. There are five of a hundred rows, with numbers from a hundred times
    /// the group's own on.
    fn may_have(field: &str, only: Only) -> Vec<usize> {
        let numbers: Vec<i64> = (0..500).collect();
        let words: Vec<String> = numbers.iter().map(|number| format!("v{}", number * 7 % 500)).collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("number", Arc::new(Int64Array::from(numbers))),
            ("word", Arc::new(StringArray::from(words))),
            ("none", Arc::new(Int64Array::from(vec![None; 500]))),
        ];
        let mut stored = tempfile::tempfile().unwrap();
        stored.write_all(&file(columns, 100, false)).unwrap();
        let table = Footer::default().table(&stored).unwrap();
        let mut builder = FilterBuilder::default();
        let test = builder.test(field, "test".into(), vec![], Arc::new(|_| true)).unwrap();
        builder.only(test, only);
        let filter = builder.finish(Condition::Holds(test)).unwrap();
        let source = Source::of(field, &table.leaves);
        let places = table.groups_in((0, u64::MAX)).into_iter();
        let may_have =
            places.filter(|place| match known(&stored, &table, *place, source, &filter.fields()[0]) {
                Passed::Unknown => true,
                Passed::Absent => false,
                Passed::Among(passed) => passed[0] & 1 == 1,
                Passed::Rows { .. } => unreachable!("no row was read"),
            });
        may_have.map(|place| place.number).collect()
    }

    fn texts(texts: &[&str]) -> Only {
        Only::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn a_range_rules_out_row_groups() {
        assert_eq!(may_have("number", texts(&["250"])), [2]);
        assert_eq!(may_have("number", texts(&["0250", "2.5", "x"])), [0; 0], "no number is written so");
        assert_eq!(may_have("number", Only::Numbers(299.0, f64::INFINITY)), [2, 3, 4]);
        assert_eq!(may_have("number", Only::Numbers(f64::NEG_INFINITY, 99.5)), [0]);
        assert_eq!(may_have("word", Only::Numbers(1.0, 1.0)).len(), 5, "a text may be any number");
        assert_eq!(may_have("none", texts(&["1"])), [0; 0]);
        assert_eq!(may_have("other", texts(&["1"])), [0; 0]);
    }

    #[test]
    fn times_rule_out_row_groups() {
        let within = |from: f64, to: f64, zone: Option<&str>| -> Vec<usize> {
            let times: Vec<i64> = (0..500).map(|day| day * 86_400_000).collect();
            let times = TimestampMillisecondArray::from(times).with_timezone_opt(zone);
            let mut stored = tempfile::tempfile().unwrap();
            stored.write_all(&file(vec![("timestamp", Arc::new(times))], 100, false)).unwrap();
            let table = Footer::default().table(&stored).unwrap();
            let places = table.groups_in((0, u64::MAX)).into_iter();
            places
                .filter(|place| may_be_within(&table, *place, (from, to)))
                .map(|place| place.number)
                .collect()
        };
        let day = 86_400.0;
        assert_eq!(within(250.0 * day, f64::INFINITY, Some("UTC")), [2, 3, 4]);
        assert_eq!(within(150.0 * day, 160.0 * day, Some("UTC")), [1]);
        assert_eq!(within(500.0 * day, 501.0 * day, Some("UTC")), [0; 0]);
        assert_eq!(within(500.0 * day, 501.0 * day, None), [4], "in which zone is not known");
    }

    #[test]
    fn a_bloom_filter_rules_out_row_groups() {
        // v7 is in the first, v9 (7 · 287) in the third; their ranges are all alike.
        assert_eq!(may_have("word", texts(&["v7"])), [0]);
        assert_eq!(may_have("word", texts(&["v9", "v7"])), [0, 2]);
        assert_eq!(may_have("word", texts(&["v\u{fffd}"])).len(), 5, "what is no text may be this");
    }
}
