//! Batches that become events a column at a time: tables of Windows events as NXLog writes them, which are most.
//!
//! What this gives is what a look at each row would; where that is not sure it gives nothing, and each row is looked at.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, StringViewArray, StringViewBuilder, UInt32Array,
};
use arrow::compute::{cast, nullif, take};
use arrow::datatypes::{DataType, TimeUnit};
use arrow::record_batch::RecordBatch;
use jiff::tz::TimeZone;

use super::group::Group;
use super::values::ticks;
use crate::batch::{EventBuilder, Position, nulls};
use crate::field;
use crate::format::json::flat::{Flat, Origin};
use crate::format::windows_names;
use crate::request::Wanted;

/// Seconds since 1970 of the years that timestamps are written with four digits of.
const YEARS: std::ops::Range<i64> = -62_167_219_200..253_402_207_200;

/// How batches of a table become events.
pub(super) struct Columns {
    flat: Flat,
    wanted: Vec<Wanted>,
    zone: TimeZone,
}

impl Columns {
    /// `None` if it takes a look at each row of any batch with these columns.
    pub(super) fn new(batch: &RecordBatch, events: &EventBuilder, zone: &TimeZone) -> Option<Self> {
        if events.wants_rest() || events.wants(field::RAW) || events.has_floor() {
            return None;
        }
        let schema = batch.schema_ref();
        let is_plain = |kind: &DataType| is_text(kind) || kind.is_integer() || is_other(kind);
        if !schema.fields().iter().all(|column| is_plain(column.data_type())) {
            return None;
        }
        let names: Vec<&str> = schema.fields().iter().map(|column| column.name().as_str()).collect();
        let wanted = events.wanted().to_vec();
        let flat = Flat::new(&names, &wanted)?;
        let kind = |at: usize| schema.field(at).data_type();
        let is_sound = is_text(kind(flat.channel))
            && !is_other(kind(flat.event_id))
            && flat.fields.iter().all(|origin| match origin {
                Origin::Column { at, .. } => !is_other(kind(*at)),
                Origin::Times(times) => times.iter().all(|&at| gives_time(kind(at), zone)),
                Origin::Nothing | Origin::Channel => true,
            });
        is_sound.then(|| Self { flat, wanted, zone: zone.clone() })
    }

    /// Hands the rows of a batch to the builder, which holds no others; false if they must be looked at.
    pub(super) fn give(&self, batch: &RecordBatch, group: &mut Group, events: &mut EventBuilder) -> bool {
        let Some(columns) = self.of(batch) else { return false };
        let records = events.wants(field::RECORD).then(|| self.records(batch)).flatten();
        let place = group.place;
        while let Some(row) = group.next_row() {
            events.pass_over_many(row.passed_over);
            let own = records.as_ref().filter(|records| records.is_valid(row.in_batch));
            let own = own.and_then(|records| records.value(row.in_batch).parse().ok());
            events.set_place(place.at(row.number));
            let record = own.unwrap_or_else(|| place.record(row.number));
            events.finish_event(Position { record, offset: place.offset });
        }
        events.set_columns(columns);
        true
    }

    /// The columns of the events of a batch, in the order of the wanted fields; `None` if its rows must be looked at.
    fn of(&self, batch: &RecordBatch) -> Option<Vec<ArrayRef>> {
        let column = |at: usize| batch.columns().get(at);
        if column(self.flat.event_id)?.null_count() > 0 || column(self.flat.channel)?.null_count() > 0 {
            return None;
        }
        // Damaged text is for whoever looks at rows to report, in any column.
        let texts = |array: &ArrayRef| match array.as_binary_view_opt() {
            Some(bytes) => Some(Arc::new(bytes.clone().to_string_view().ok()?) as ArrayRef),
            None => Some(Arc::clone(array)),
        };
        let columns: Vec<ArrayRef> = batch.columns().iter().map(texts).collect::<Option<_>>()?;
        let mut called = Called::default();
        let fields = self.wanted.iter().zip(&self.flat.fields);
        fields
            .map(|(wanted, origin)| match origin {
                Origin::Nothing => Some(Arc::new(nulls(batch.num_rows())) as ArrayRef),
                Origin::Column { at, is_data } => shown(columns.get(*at)?, *is_data),
                Origin::Channel => called.of(&wanted.name, columns.get(self.flat.channel)?),
                Origin::Times(times) => self.times(times, &columns, batch.num_rows()),
            })
            .collect()
    }

    /// The number that each event's log gave it, as far as it did.
    fn records(&self, batch: &RecordBatch) -> Option<StringViewArray> {
        let column = batch.columns().get(self.flat.record?)?;
        let texts = match column.as_binary_view_opt() {
            Some(bytes) => bytes.clone().to_string_view().ok()?,
            None => cast(column, &DataType::Utf8View).ok()?.as_string_view().clone(),
        };
        Some(texts)
    }

    fn times(&self, times: &[usize], columns: &[ArrayRef], rows: usize) -> Option<ArrayRef> {
        let columns: Vec<&ArrayRef> = times.iter().map(|&at| columns.get(at)).collect::<Option<_>>()?;
        let mut found = Vec::with_capacity(rows);
        for row in 0..rows {
            let mut time = None;
            for column in columns.iter().filter(|column| column.is_valid(row)) {
                time = match column.data_type() {
                    DataType::Timestamp(unit, _) => Some(seconds(ticks(*unit, column, row), *unit)?),
                    _ => crate::time::parse(column.as_string_view().value(row), &self.zone),
                };
                if time.is_some() {
                    break;
                }
            }
            found.push(time);
        }
        Some(Arc::new(Float64Array::from(found)))
    }
}

fn is_text(kind: &DataType) -> bool {
    *kind == DataType::BinaryView
}

/// Whether values of this type are not shown here, or give no field.
fn is_other(kind: &DataType) -> bool {
    matches!(kind, DataType::Timestamp(..) | DataType::Boolean | DataType::Float32 | DataType::Float64)
}

/// Whether the column may be the time of events, and what it says needs no zone that is not known here.
fn gives_time(kind: &DataType, zone: &TimeZone) -> bool {
    match kind {
        DataType::Timestamp(_, known) => known.is_some() || *zone == TimeZone::UTC,
        kind => is_text(kind),
    }
}

/// Values as text; of an event's data, empty text is no value.
fn shown(column: &ArrayRef, is_data: bool) -> Option<ArrayRef> {
    let Some(texts) = column.as_string_view_opt() else { return cast(column, &DataType::Utf8View).ok() };
    // A view begins with the length.
    let is_empty = |view: &u128| *view as u32 == 0;
    let mut empty = texts.views().iter().enumerate().filter(|(_, view)| is_empty(view));
    if !is_data || empty.all(|(row, _)| texts.is_null(row)) {
        return Some(Arc::clone(column));
    }
    let empty: BooleanArray = texts.views().iter().map(|view| Some(is_empty(view))).collect();
    nullif(column, &empty).ok()
}

/// A timestamp as the time of an event; `None` if it is of a year that is not written with four digits.
fn seconds(ticks: i64, unit: TimeUnit) -> Option<f64> {
    let a_second: i64 = match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    };
    let (whole, rest) = (ticks.div_euclid(a_second), ticks.rem_euclid(a_second));
    let nanoseconds = rest * (1_000_000_000 / a_second);
    YEARS.contains(&whole).then(|| whole as f64 + nanoseconds as f64 / 1e9)
}

/// What events are called by their channels, of which there are few.
#[derive(Default)]
struct Called {
    /// The different channels of a batch, as they come, and which of them each row has.
    channels: Option<(StringViewArray, UInt32Array)>,
}

impl Called {
    /// `source`, `sourcetype` or `index` of each row.
    fn of(&mut self, name: &str, channels: &ArrayRef) -> Option<ArrayRef> {
        let (different, rows) = self.channels.get_or_insert_with(|| runs(channels.as_string_view()));
        let mut texts = StringViewBuilder::new();
        for channel in different.iter().flatten() {
            let called = windows_names::called(channel);
            match name {
                field::SOURCE => texts.append_value(format!("{}{channel}", called.source_prefix)),
                field::SOURCETYPE => texts.append_value(called.sourcetype),
                _ => texts.append_value(called.index),
            }
        }
        take(&texts.finish(), rows, None).ok()
    }
}

/// The values of a column where one differs from the one before, and which of them each row has.
fn runs(column: &StringViewArray) -> (StringViewArray, UInt32Array) {
    let (mut different, mut rows) = (Vec::new(), Vec::with_capacity(column.len()));
    let mut last = None;
    for row in 0..column.len() {
        let value = column.value(row);
        if last != Some(value) {
            different.push(value);
            last = Some(value);
        }
        rows.push(different.len() as u32 - 1);
    }
    (StringViewArray::from_iter_values(different), UInt32Array::from(rows))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use arrow::array::{BinaryArray, Int64Array, TimestampMicrosecondArray};
    use arrow::compute::concat_batches;
    use proptest::prelude::*;
    use tempfile::NamedTempFile;

    use super::*;
    use crate::format::parquet::tests::file;
    use crate::inputs::{self, Options};
    use crate::request::{Floor, Request};

    /// What a request gives of a file, and how much was lost. With a floor, though none is ever raised, each row is looked
    /// at.
    fn read(file: &NamedTempFile, floor: Option<Arc<Floor>>) -> (RecordBatch, u64) {
        let found = inputs::discover(&[file.path().to_str().unwrap().to_owned()], &Options::default());
        let split = Arc::new(found.inputs[0].clone()).splits(u64::MAX).remove(0);
        let own = [field::TIME, field::SEQ, field::PLACE, field::RECORD, field::OFFSET, field::HOST];
        let other =
            [field::SOURCE, field::SOURCETYPE, field::INDEX, "EventCode", "Image", "ProcessId", "User"];
        let fields = own.into_iter().chain(other).map(Wanted::one).collect();
        let request = Arc::new(Request { fields, floor, ..Request::default() });
        let tally = Arc::default();
        let mut reader =
            split.open(Arc::clone(&request), Arc::clone(&tally), &Options::default(), 5 << 32).unwrap();
        let mut batches = Vec::new();
        while let Some(batch) = reader.next_batch().unwrap() {
            batches.push(batch);
        }
        (concat_batches(&request.schema(), &batches).unwrap(), tally.losses().1)
    }

    #[derive(Debug, Clone)]
    struct Row {
        code: Option<i64>,
        channel: Option<&'static str>,
        time: Option<i64>,
        image: Option<&'static [u8]>,
        process: Option<i64>,
        host: Option<&'static str>,
        record: Option<i64>,
    }

    const CHANNELS: [&str; 4] =
        ["Security", "Linux-Sysmon/Operational", "Microsoft-Windows-Sysmon/Operational", ""];
    const IMAGES: [&[u8]; 4] = [b"", b"C:\\Windows\\System32\\cmd.exe", "\u{fc}".as_bytes(), b"\xff"];

    fn some_row() -> impl Strategy<Value = Row> {
        let times =
            prop_oneof![-70_000_000_000_000_000..260_000_000_000_000_000_i64, 0..10_i64, any::<i64>()];
        (
            prop::option::weighted(0.97, 0..5_i64),
            prop::option::weighted(0.97, prop::sample::select(&CHANNELS)),
            prop::option::of(times),
            prop::option::weighted(0.8, prop::sample::select(&IMAGES)),
            prop::option::of(any::<i64>()),
            prop::option::of(prop::sample::select(&["WS-1", ""])),
            prop::option::of(-2..3_i64),
        )
            .prop_map(|(code, channel, time, image, process, host, record)| Row {
                code,
                channel,
                time,
                image,
                process,
                host,
                record,
            })
    }

    fn table(rows: &[Row], is_utc: bool) -> NamedTempFile {
        let times = TimestampMicrosecondArray::from_iter(rows.iter().map(|row| row.time));
        let numbers =
            |of: fn(&Row) -> Option<i64>| Arc::new(rows.iter().map(of).collect::<Int64Array>()) as ArrayRef;
        let texts = |of: fn(&Row) -> Option<&'static [u8]>| {
            Arc::new(BinaryArray::from_iter(rows.iter().map(of))) as ArrayRef
        };
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("EventTime", Arc::new(if is_utc { times.with_timezone("UTC") } else { times })),
            ("EventID", numbers(|row| row.code)),
            ("Channel", texts(|row| row.channel.map(str::as_bytes))),
            ("Image", texts(|row| row.image)),
            ("ProcessId", numbers(|row| row.process)),
            ("Hostname", texts(|row| row.host.map(str::as_bytes))),
            ("RecordNumber", numbers(|row| row.record)),
        ];
        let mut table = NamedTempFile::new().unwrap();
        table.write_all(&file(columns, 7, true)).unwrap();
        table
    }

    proptest! {
        #[test]
        fn columns_give_what_a_look_at_each_row_does(
            rows in prop::collection::vec(some_row(), 1..40),
            is_utc: bool,
        ) {
            let table = table(&rows, is_utc);
            prop_assert_eq!(read(&table, None), read(&table, Some(Arc::default())));
        }
    }

    #[test]
    fn a_batch_of_windows_events_is_taken_by_columns() {
        let rows = vec![
            Row {
                code: Some(1),
                channel: Some("Security"),
                time: Some(1_500_000),
                image: Some(b""),
                process: None,
                host: None,
                record: None,
            };
            3
        ];
        let (batch, lost) = read(&table(&rows, true), None);
        assert_eq!((batch.num_rows(), lost), (3, 0));
        let text = |name: &str| batch.column_by_name(name).unwrap().as_string_view().clone();
        assert_eq!(text(field::SOURCE).value(2), "XmlWinEventLog:Security");
        assert!(text("Image").is_null(0), "empty text is no value");
        // The same text is stored once.
        assert_eq!(text(field::SOURCE).views()[0], text(field::SOURCE).views()[2]);
    }
}
