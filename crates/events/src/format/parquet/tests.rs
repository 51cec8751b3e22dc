use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, BooleanArray, Date32Array, Decimal128Array, FixedSizeBinaryArray, Float64Array,
    Int64Array, ListArray, MapBuilder, StringArray, StringBuilder, StructArray, Time64MicrosecondArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, UInt64Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use proptest::prelude::*;

use super::open;
use crate::filter::{Condition, Filter, FilterBuilder, Holds, Only, TestId};
use crate::format::json;
use crate::format::tests::{read, read_with};
use crate::inputs::{self, Options};
use crate::request::{Request, Wanted};
use crate::tally::Tally;

/// A Parquet file of these columns, with so many rows a row group.
pub(super) fn file(columns: Vec<(&str, ArrayRef)>, rows: usize, has_dictionaries: bool) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    );
    let batch = batch.unwrap();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(rows))
        .set_dictionary_enabled(has_dictionaries)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_bloom_filter_enabled(true)
        .set_data_page_row_count_limit(3)
        .set_write_batch_size(2)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn numbers(values: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

/// An event of Windows, flat as NXLog writes it, or any other JSON.
#[derive(Debug, Clone)]
struct Event {
    code: Option<i64>,
    channel: Option<&'static str>,
    image: Option<&'static str>,
    line: Option<&'static str>,
    time: Option<&'static str>,
    host: Option<&'static str>,
    is_loud: Option<bool>,
    user: Option<(Option<&'static str>, Option<i64>)>,
    tags: Option<Vec<&'static str>>,
}

impl Event {
    fn json(&self) -> String {
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let mut members = Vec::new();
        let mut add = |key: &str, value: Option<String>| {
            members.extend(value.map(|value| format!("\"{key}\":{value}")));
        };
        add("EventID", self.code.map(|code| code.to_string()));
        add("Channel", self.channel.map(text));
        add("Image", self.image.map(text));
        add("CommandLine", self.line.map(text));
        add("timestamp", self.time.map(text));
        add("Hostname", self.host.map(text));
        add("loud", self.is_loud.map(|is| is.to_string()));
        let user = self.user.map(|(name, id)| {
            let name = name.map(|name| format!("\"name\":{}", text(name)));
            let id = id.map(|id| format!("\"id\":{id}"));
            format!("{{{}}}", name.into_iter().chain(id).collect::<Vec<_>>().join(","))
        });
        add("user", user);
        let tags =
            self.tags.as_ref().map(|tags| tags.iter().map(|tag| text(tag)).collect::<Vec<_>>().join(","));
        add("tags", tags.map(|tags| format!("[{tags}]")));
        format!("{{{}}}\n", members.join(","))
    }
}

fn table(events: &[Event], rows: usize, has_dictionaries: bool) -> Vec<u8> {
    let of = |get: fn(&Event) -> Option<&'static str>| texts(&events.iter().map(get).collect::<Vec<_>>());
    let names = of(|event| event.user.and_then(|(name, _)| name));
    let ids = numbers(&events.iter().map(|event| event.user.and_then(|(_, id)| id)).collect::<Vec<_>>());
    let inside =
        Fields::from(vec![Field::new("name", DataType::Utf8, true), Field::new("id", DataType::Int64, true)]);
    let has_user = events.iter().map(|event| event.user.is_some()).collect::<Vec<_>>().into();
    let tags = events.iter().map(|event| event.tags.as_ref().map_or(0, Vec::len));
    let all_tags: Vec<&str> =
        events.iter().flat_map(|event| event.tags.clone().unwrap_or_default()).collect();
    let has_tags = events.iter().map(|event| event.tags.is_some()).collect::<Vec<_>>().into();
    let element = Arc::new(Field::new_list_field(DataType::Utf8, true));
    let tags = ListArray::new(
        element,
        OffsetBuffer::from_lengths(tags),
        Arc::new(StringArray::from(all_tags)),
        Some(has_tags),
    );
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("EventID", numbers(&events.iter().map(|event| event.code).collect::<Vec<_>>())),
        ("Channel", of(|event| event.channel)),
        ("Image", of(|event| event.image)),
        ("CommandLine", of(|event| event.line)),
        ("timestamp", of(|event| event.time)),
        ("Hostname", of(|event| event.host)),
        ("loud", Arc::new(events.iter().map(|event| event.is_loud).collect::<BooleanArray>())),
        ("user", Arc::new(StructArray::new(inside, vec![names, ids], Some(has_user)))),
        ("tags", Arc::new(tags)),
    ];
    file(columns, rows, has_dictionaries)
}

fn some_event() -> impl Strategy<Value = Event> {
    fn text(values: &[&'static str]) -> impl Strategy<Value = Option<&'static str>> + use<> {
        prop::option::of(prop::sample::select(values.to_vec()))
    }
    let user = (text(&["me", "", "SYSTEM"]), prop::option::of(0..3_i64));
    let head = (
        prop::option::of(prop::sample::select(vec![1, 3, 22, -5, i64::MAX])),
        text(&["Security", "Microsoft-Windows-Sysmon/Operational"]),
        text(&["C:\\x\\CURL.exe", "/usr/bin/curl", "", "\u{212a}.exe", "a\"b\\c\n"]),
        text(&["curl -T ftp://a", "x", ""]),
        text(&["2026-11-24T00:00:01Z", "1795554843", "never"]),
    );
    let tail = (
        text(&["WS-1", "db"]),
        prop::option::of(any::<bool>()),
        prop::option::of(user),
        prop::option::of(prop::collection::vec(prop::sample::select(vec!["a", "b", ""]), 0..3)),
    );
    (head, tail).prop_map(|((code, channel, image, line, time), (host, is_loud, user, tags))| Event {
        code,
        channel,
        image,
        line,
        time,
        host,
        is_loud,
        user,
        tags,
    })
}

const FIELDS: [&str; 15] = [
    "_time",
    "_raw",
    "host",
    "source",
    "sourcetype",
    "index",
    "EventCode",
    "EventID",
    "Image",
    "CommandLine",
    "loud",
    "user.name",
    "user.id",
    "tags{}*",
    "Channel",
];

/// A test as queries make them: by what a text holds, what it is, or how it compares as a number.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Holds(&'static str),
    Is(&'static str),
    AtLeast(i64),
}

impl Asked {
    fn is_met(self, text: &str) -> bool {
        match self {
            Self::Holds(part) => text.to_lowercase().contains(part),
            Self::Is(whole) => text == whole,
            Self::AtLeast(number) => text.parse::<i64>().is_ok_and(|value| value >= number),
        }
    }

    fn test(self, field: &str, builder: &mut FilterBuilder) -> TestId {
        let literals = match self {
            Self::Holds(part) if !part.is_empty() => vec![part.to_owned()],
            _ => vec![],
        };
        let holds: Holds = Arc::new(move |text| self.is_met(text));
        let test = builder.test(field, format!("{self:?}"), literals, holds).unwrap();
        match self {
            Self::Holds(_) => {}
            Self::Is(whole) => builder.only(test, Only::Texts(vec![whole.to_owned()])),
            Self::AtLeast(number) => builder.only(test, Only::Numbers(number as f64, f64::INFINITY)),
        }
        test
    }
}

/// Fields that are asked for, with all their values.
const ASKED: [&str; 8] =
    ["EventCode*", "Image*", "CommandLine*", "user.name*", "user.id*", "Channel*", "nothing*", "tags{}*"];

fn some_test() -> impl Strategy<Value = (usize, Asked, bool)> {
    let asked = prop::sample::select(vec![
        Asked::Holds("curl"),
        Asked::Holds("me"),
        Asked::Holds(""),
        Asked::Is("1"),
        Asked::Is("22"),
        Asked::Is("02"),
        Asked::Is("Security"),
        Asked::Is("x"),
        Asked::Is(""),
        Asked::AtLeast(2),
        Asked::AtLeast(100),
    ]);
    (0..ASKED.len(), asked, any::<bool>())
}

fn filter(parts: &[(usize, Asked, bool)], is_any: bool) -> Option<Filter> {
    let mut builder = FilterBuilder::default();
    let parts = parts.iter().map(|(field, asked, is_positive)| {
        let test = asked.test(ASKED[*field].trim_end_matches('*'), &mut builder);
        if *is_positive { Condition::Holds(test) } else { Condition::Fails(test) }
    });
    let parts: Vec<Condition> = parts.collect();
    builder.finish(if is_any { Condition::any(parts) } else { Condition::all(parts) })
}

proptest! {
    #[test]
    fn the_events_are_those_of_the_same_json(
        events in prop::collection::vec(some_event(), 1..12),
        rows in 1..8_usize,
        has_dictionaries: bool,
        fields in prop::sample::subsequence(FIELDS.to_vec(), 0..=FIELDS.len()),
    ) {
        let lines: String = events.iter().map(Event::json).collect();
        let fields: Vec<&str> = fields.into_iter().chain(["_time", "_record"]).collect();
        let expected = read(json::open, &lines, &fields);
        let found = read(open, &table(&events, rows, has_dictionaries), &fields);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_filter_loses_no_event(
        events in prop::collection::vec(some_event(), 1..12),
        rows in 1..8_usize,
        has_dictionaries: bool,
        parts in prop::collection::vec(some_test(), 1..4),
        is_any: bool,
    ) {
        let bytes = table(&events, rows, has_dictionaries);
        let fields: Vec<&str> = ASKED.into_iter().chain(["_record", "\0seq"]).collect();
        let (all, losses) = read(open, &bytes, &fields);
        prop_assert_eq!(losses, vec![]);
        let (some, _) = read_with(open, &bytes, &fields, filter(&parts, is_any));
        let meets = |row: &Vec<String>| {
            let mut each = parts.iter().map(|(field, asked, is_positive)| {
                let cell = &row[*field];
                (cell != "∅" && cell.split('|').any(|text| asked.is_met(text))) == *is_positive
            });
            if is_any { each.any(|holds| holds) } else { each.all(|holds| holds) }
        };
        let expected: Vec<_> = all.iter().filter(|row| meets(row)).collect();
        let found: Vec<_> = some.iter().filter(|row| meets(row)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn damage_is_survived(
        events in prop::collection::vec(some_event(), 1..12),
        has_dictionaries: bool,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        kept in any::<prop::sample::Index>(),
        is_cut: bool,
    ) {
        let mut bytes = table(&events, 4, has_dictionaries);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if is_cut {
            bytes.truncate(kept.index(bytes.len()));
        }
        survive(&bytes);
    }
}

/// Reads bytes that may be anything to their end.
fn survive(bytes: &[u8]) -> (usize, usize) {
    let rows_with = |filter| {
        let fields =
            ["_time", "_raw", "EventCode", "Image", "tags{}*"].map(|name| match name.strip_suffix('*') {
                Some(name) => Wanted { name: name.to_owned(), multi: true },
                None => Wanted::one(name),
            });
        let request = Request { fields: fields.into(), rest: true, filter, ..Request::default() };
        let tally = Arc::new(Tally::default());
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path().join("a"), bytes);
        let found = inputs::discover(&[path.to_str().unwrap().to_owned()], &Options::default());
        let Some(input) = found.inputs.first().filter(|input| input.format.opener().is_some()) else {
            return 0;
        };
        let split = Arc::new(input.clone()).splits(u64::MAX).remove(0);
        let mut reader = split.open(Arc::new(request), tally, &Options::default(), 0).unwrap();
        let mut rows = 0;
        while let Ok(Some(batch)) = reader.next_batch() {
            rows += batch.num_rows();
        }
        rows
    };
    (rows_with(None), rows_with(filter(&[(1, Asked::Holds("curl"), true)], true).map(Arc::new)))
}

fn write(path: PathBuf, bytes: &[u8]) -> PathBuf {
    std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
    path
}

#[test]
fn values_are_shown_as_json_has_them() {
    let mut attributes = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    attributes.keys().append_value("app");
    attributes.values().append_value("web");
    attributes.append(true).unwrap();
    let mut bytes = BinaryBuilder::new();
    bytes.append_value(b"a\xffb");
    let hash = FixedSizeBinaryArray::try_from_iter([[0xab_u8; 2]].into_iter()).unwrap();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("double", Arc::new(Float64Array::from(vec![2.5]))),
        ("none", Arc::new(Float64Array::from(vec![f64::NAN]))),
        ("large", Arc::new(UInt64Array::from(vec![u64::MAX]))),
        ("truth", Arc::new(BooleanArray::from(vec![true]))),
        ("price", Arc::new(Decimal128Array::from(vec![-1_205]).with_precision_and_scale(9, 2).unwrap())),
        ("day", Arc::new(Date32Array::from(vec![20_781]))),
        ("clock", Arc::new(Time64MicrosecondArray::from(vec![3_600_000_001]))),
        ("local", Arc::new(TimestampMillisecondArray::from(vec![1_795_554_843_250]))),
        ("utc", Arc::new(TimestampMicrosecondArray::from(vec![1_795_554_843_000_001]).with_timezone("UTC"))),
        ("far", Arc::new(TimestampMillisecondArray::from(vec![i64::MAX]))),
        ("hash", Arc::new(hash)),
        ("attributes", Arc::new(attributes.finish())),
        ("bytes", Arc::new(bytes.finish())),
    ];
    let fields = [
        "double",
        "none",
        "large",
        "truth",
        "price",
        "day",
        "clock",
        "local",
        "utc",
        "far",
        "hash",
        "attributes.app",
        "bytes",
    ];
    let (rows, losses) = read(open, &file(columns, 9, true), &fields);
    let expected = [
        "2.5",
        "NaN",
        "18446744073709551615",
        "true",
        "-12.05",
        "2026-11-24",
        "01:00:00.000001",
        "2026-11-24T21:14:03.25",
        "2026-11-24T21:14:03.000001Z",
        "9223372036854775807",
        "abab",
        "web",
        "a\u{fffd}b",
    ];
    assert_eq!(rows, [expected]);
    assert_eq!(losses.len(), 1, "the bytes that are no text");
    assert_eq!(losses[0].record, Some(1));
}

#[test]
fn a_column_of_times_gives_the_time() {
    for name in ["_time", "timestamp", "@timestamp", "EventTime", "ts"] {
        let times =
            TimestampMicrosecondArray::from(vec![Some(1_795_554_843_500_000), None]).with_timezone("UTC");
        let (rows, _) = read(open, &file(vec![(name, Arc::new(times))], 9, true), &["_time"]);
        assert_eq!(rows, [["1795554843.5"], ["∅"]], "{name}");
    }
    let epochs = numbers(&[Some(1_795_554_843), Some(1_795_554_843_500)]);
    let (rows, _) = read(open, &file(vec![("_time", epochs)], 9, true), &["_time"]);
    assert_eq!(rows, [["1795554843"], ["1795554843.5"]]);
}

#[test]
fn each_row_group_is_read_by_the_split_in_which_it_begins() {
    let values: Vec<String> = (0..1_000).map(|at| format!("value {at}")).collect();
    let column = texts(&values.iter().map(|value| Some(value.as_str())).collect::<Vec<_>>());
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path().join("a.parquet"), &file(vec![("a", column)], 100, false));
    let found = inputs::discover(&[path.to_str().unwrap().to_owned()], &Options::default());
    let splits = Arc::new(found.inputs[0].clone()).splits(3_000);
    assert!(splits.len() > 3, "{}", splits.len());
    let request = Arc::new(Request {
        fields: vec![Wanted::one("a"), Wanted::one("_record")],
        rest: false,
        ..Request::default()
    });
    let tally = Arc::new(Tally::default());
    let mut rows = Vec::new();
    for split in splits {
        let mut reader =
            split.open(Arc::clone(&request), Arc::clone(&tally), &Options::default(), 0).unwrap();
        while let Some(batch) = reader.next_batch().unwrap() {
            rows.extend((0..batch.num_rows()).map(|row| {
                crate::format::tests::shown(batch.column(0), row)
                    + &crate::format::tests::shown(batch.column(1), row)
            }));
        }
    }
    let expected: Vec<String> = (0..1_000).map(|at| format!("value {at}{}", at + 1)).collect();
    assert_eq!(rows, expected);
    assert_eq!(tally.losses().1, 0);
}

#[test]
fn a_file_that_is_cut_short_says_so() {
    let bytes = file(vec![("a", texts(&[Some("x")]))], 9, true);
    let message = failure(&bytes[..bytes.len() - 3]).unwrap();
    assert!(message.ends_with("its end is missing"), "{message}");
}

#[test]
fn values_that_are_made_from_one_another_are_read() {
    let values: Vec<String> = (0..300).map(|at| format!("C:\\Windows\\{at}")).collect();
    let array = texts(&values.iter().map(|value| Some(value.as_str())).collect::<Vec<_>>());
    let batch = RecordBatch::try_from_iter([("a", array)]).unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BYTE_ARRAY)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    let (rows, _) = read(open, &writer.into_inner().unwrap(), &["a"]);
    assert_eq!(rows.concat(), values);
}

/// A footer whose schema is one column inside the other.
fn nested(depth: usize) -> Vec<u8> {
    // Of the file: version 1, and the schema as a list.
    let mut footer = vec![0x15, 2, 0x19, 0xfc];
    let mut count = depth + 1;
    while count >= 0x80 {
        footer.push(count as u8 | 0x80);
        count >>= 7;
    }
    footer.push(count as u8);
    for level in 0..=depth {
        // Of an element: what it is, that it may be null, its name, and that one more is inside it.
        let element: &[u8] = if level < depth {
            &[0x35, 2, 0x18, 1, b'a', 0x15, 2, 0]
        } else {
            &[0x15, 2, 0x25, 2, 0x18, 1, b'a', 0]
        };
        footer.extend(element);
    }
    // No rows, and no row groups.
    footer.extend([0x16, 0, 0x19, 0x0c, 0]);
    let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
    [b"PAR1", &footer[..], &length, b"PAR1"].concat()
}

#[test]
fn a_schema_without_end_is_not_read() {
    assert_eq!(failure(&nested(20)), None);
    for depth in [200, 500_000] {
        let message = failure(&nested(depth)).unwrap();
        assert!(message.ends_with("nested deeper than 128 levels"), "{message}");
    }
}

/// Why a file cannot be read.
fn failure(bytes: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path().join("a.parquet"), bytes);
    let found = inputs::discover(&[path.to_str().unwrap().to_owned()], &Options::default());
    let split = Arc::new(found.inputs[0].clone()).splits(u64::MAX).remove(0);
    let mut reader = split.open(Arc::default(), Arc::default(), &Options::default(), 0).unwrap();
    reader.next_batch().err().map(|error| error.to_string())
}

#[test]
fn a_page_that_expands_without_end_is_not_read() {
    let zeros = "0".repeat(40 << 20);
    let values = texts(&[Some(zeros.as_str()), Some("x")]);
    let (rows, losses) = read(open, &file(vec![("a", values)], 1, false), &["a"]);
    assert_eq!(rows, [["x"]], "the other row group is read");
    assert!(losses[0].what.contains("1000 to 1"), "{losses:?}");
}
