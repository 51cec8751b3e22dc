//! What the reader makes of each shape, and of damage.

use std::io::Cursor;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};
use proptest::prelude::*;

use super::open;
use crate::batch::{EventBuilder, Overrides};
use crate::format::Source;
use crate::inputs::Options;
use crate::request::{Request, Wanted};
use crate::tally::{Loss, Tally};

/// An event as `name=value` pairs, sorted; metadata only if asked for.
type Row = Vec<String>;

fn read(text: impl AsRef<[u8]>) -> (Vec<Row>, Vec<Loss>) {
    read_part(text.as_ref(), 0, None, &["_time", "_record", "_offset"])
}

fn read_part(text: &[u8], start: u64, end: Option<u64>, fields: &[&str]) -> (Vec<Row>, Vec<Loss>) {
    let fields = fields.iter().map(|name| Wanted::one(*name)).collect();
    let (request, tally) =
        (Arc::new(Request { fields, rest: true, ..Request::default() }), Arc::new(Tally::default()));
    let events =
        EventBuilder::new(Arc::clone(&request), Arc::clone(&tally), "a.json", &Overrides::default(), 0);
    let source = Source {
        name: "a.json".to_owned(),
        bytes: Box::new(Cursor::new(text.to_vec())),
        start,
        end,
        size: None,
        header: Vec::new(),
        lines: None,
        file: None,
        footer: None,
        tally: Arc::clone(&tally),
        options: Options::default(),
    };
    let mut reader = open(source, events);
    let mut rows = Vec::new();
    while let Some(batch) = reader.next_batch().unwrap() {
        for at in 0..batch.num_rows() {
            let mut row = Vec::new();
            for (wanted, column) in request.fields.iter().zip(batch.columns()) {
                match wanted.name.as_str() {
                    "_time" if column.is_null(at) => {}
                    "_time" => row.push(format!("_time={}", column.as_primitive::<Float64Type>().value(at))),
                    _ => {
                        row.push(format!("{}={}", wanted.name, column.as_primitive::<Int64Type>().value(at)))
                    }
                }
            }
            let rest = batch.column(batch.num_columns() - 1).as_list::<i32>().value(at);
            let rest = rest.as_struct();
            for entry in 0..rest.len() {
                let text = |column: usize| rest.column(column).as_string_view().value(entry).to_owned();
                row.push(format!("{}={}", text(0), text(1)));
            }
            row.sort();
            rows.push(row);
        }
    }
    (rows, tally.losses().0)
}

/// The one event of a text, without `_raw`, provenance and the metadata that all Windows events have.
fn only(text: &str) -> Row {
    let (mut rows, losses) = read(text);
    assert_eq!((rows.len(), losses), (1, vec![]), "{text}");
    let constant = ["_raw=", "_offset=", "sourcetype=XmlWinEventLog", "index=wineventlog"];
    rows[0].retain(|field| !constant.iter().any(|known| field.starts_with(known)));
    rows.remove(0)
}

#[test]
fn generic_objects_flatten_as_in_splunk() {
    let row = only(
        r#"{"a": {"b": 1, "c": null}, "tags": ["x", "y"], "items": [{"id": 1}, {"id": 2}], "nested": [[3]],
            "yes": true, "time": "2019-12-05T01:49:34Z", "host": "web", "text": "a\tb"}"#
            .replace('\n', "")
            .as_str(),
    );
    assert_eq!(
        row,
        [
            "_record=1",
            "_time=1575510574",
            "a.b=1",
            "host=web",
            "index=main",
            "items{}.id=1",
            "items{}.id=2",
            "nested{}{}=3",
            "source=a.json",
            "sourcetype=_json",
            "tags{}=x",
            "tags{}=y",
            "text=a\tb",
            "time=2019-12-05T01:49:34Z",
            "yes=true",
        ]
    );
}

#[test]
fn evtx_dump_gives_splunk_names() {
    let row = only(
        r##"{"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"Sysmon","Guid":"{5}"}},"EventID":{"#attributes":{"Qualifiers":0},"#text":1},"TimeCreated":{"#attributes":{"SystemTime":"2019-12-05T01:49:34.500Z"}},"EventRecordID":77,"Execution":{"#attributes":{"ProcessID":4,"ThreadID":5}},"Channel":"C/Operational","Computer":"pc","Security":{"#attributes":{"UserID":"S-1"}},"Correlation":null},"EventData":{"host":"forged","Image":"C:\\a.exe","RuleName":"","Port":80,"Data":{"#text":["x","y"]}}}}"##,
    );
    assert_eq!(
        row,
        [
            "Channel=C/Operational",
            "Computer=pc",
            "Data=x",
            "Data=y",
            "EventCode=1",
            "EventID=1",
            "EventRecordID=77",
            "Guid={5}",
            "Image=C:\\a.exe",
            "Name=Sysmon",
            "Port=80",
            "ProcessID=4",
            "Qualifiers=0",
            "SystemTime=2019-12-05T01:49:34.500Z",
            "ThreadID=5",
            "UserID=S-1",
            "_record=77",
            "_time=1575510574.5",
            "host=pc",
            "source=XmlWinEventLog:C/Operational",
        ]
    );
}

#[test]
fn a_time_that_is_none_is_told_and_another_field_may_have_one() {
    let (rows, losses) = read(
        r#"{"_time":"garbage","a":1}
{"_time":"garbage","timestamp":"1700000000","a":2}
{"_time":"","a":3}
{"preview":false,"result":{"_time":"soon","a":"4"}}"#,
    );
    assert_eq!(rows.len(), 4);
    assert!(rows[1].contains(&"_time=1700000000".to_owned()), "{rows:?}");
    assert!(losses.iter().all(|loss| loss.what.starts_with("`_time` is no time")), "{losses:?}");
    assert_eq!(losses.iter().map(|loss| loss.offset).collect::<Vec<_>>(), [0, 26, 96]);
}

#[test]
fn evtx_dump_in_its_other_dialects() {
    let row = only(
        r##"{"Event":{"System":{"Provider_attributes":{"Name":"P"},"EventID":"4","Channel":"C"},"EventData":{"Data":[{"@Name":"A","#text":"1"},{"#attributes":{"Name":"B"},"#text":"2"}]}}}"##,
    );
    assert_eq!(
        row,
        [
            "A=1",
            "B=2",
            "Channel=C",
            "EventCode=4",
            "EventID=4",
            "Name=P",
            "_record=1",
            "source=XmlWinEventLog:C"
        ]
    );
    let row = only(
        r##"{"Event":{"System":{"EventID":1102,"Channel":"Security"},"UserData":{"LogFileCleared":{"#attributes":{"xmlns":"x"},"SubjectUserName":"joe"}}}}"##,
    );
    assert!(row.contains(&"SubjectUserName=joe".to_owned()), "{row:?}");
    assert!(!row.iter().any(|field| field.starts_with("xmlns")), "{row:?}");
}

#[test]
fn winlogbeat_gives_splunk_names_also_inside_an_elasticsearch_export() {
    let inner = r#"{"@timestamp":"2019-12-05T01:49:34Z","host":{"name":"x"},"winlog":{"event_id":3,"channel":"C","computer_name":"pc","record_id":"9","provider_name":"P","process":{"pid":4,"thread":{"id":5}},"event_data":{"DestinationPort":"21"}}}"#;
    let expected = [
        "Channel=C",
        "Computer=pc",
        "DestinationPort=21",
        "EventCode=3",
        "EventID=3",
        "EventRecordID=9",
        "Name=P",
        "ProcessID=4",
        "SystemTime=2019-12-05T01:49:34Z",
        "ThreadID=5",
        "_record=9",
        "_time=1575510574",
        "host=pc",
        "source=XmlWinEventLog:C",
    ];
    assert_eq!(only(inner), expected);
    assert_eq!(only(&format!(r#"{{"_index":"winlogbeat","_source":{inner}}}"#)), expected);
}

#[test]
fn an_export_inside_an_export_is_generic() {
    let (rows, _) = read(r#"{"x": 1, "_source": {"y": 2, "_source": {"z": 3}}, "w": 4}"#);
    for field in ["x=1", "_source.y=2", "_source._source.z=3", "w=4"] {
        assert!(rows[0].contains(&field.to_owned()), "{rows:?}");
    }
}

#[test]
fn keys_in_another_order_keep_their_values() {
    let text = "{\"a\":1,\"b\":2}\n{\"b\":3,\"a\":4}\n{\"c\":5}\n{\"a\":6,\"c\":7,\"b\":8}";
    let rows = read_part(text.as_bytes(), 0, None, &["_record"]).0;
    let letters =
        |row: &Row| row.iter().filter(|field| field.as_bytes()[1] == b'=').cloned().collect::<Vec<_>>();
    let rows: Vec<_> = rows.iter().map(letters).collect();
    assert_eq!(rows, [vec!["a=1", "b=2"], vec!["a=4", "b=3"], vec!["c=5"], vec!["a=6", "b=8", "c=7"]]);
}

#[test]
fn nxlog_gives_splunk_names_and_not_its_own() {
    let row = only(
        r#"{"EventTime":"2019-12-04 20:49:31","EventReceivedTime":"2019-12-04 20:49:34","@timestamp":"2019-12-05T01:49:34.041Z","Hostname":"pc","host":"collector","port":49730,"tags":["t"],"EventID":3,"SourceName":"P","OpcodeValue":0,"Opcode":"Info","RecordNumber":9,"ProcessID":"7","ExecutionProcessID":4,"Channel":"C","Severity":"INFO","SourceModuleName":"m","Image":"System","Keywords":-9223372036854775808}"#,
    );
    assert_eq!(
        row,
        [
            "Channel=C",
            "Computer=pc",
            "EventCode=3",
            "EventID=3",
            "EventRecordID=9",
            "Image=System",
            "Keywords=-9223372036854775808",
            "Name=P",
            "Opcode=0",
            "ProcessID=4",
            "SystemTime=2019-12-04 20:49:31",
            "_record=9",
            "_time=1575510571",
            "host=pc",
            "source=XmlWinEventLog:C",
        ]
    );
}

#[test]
fn escapes_mean_the_same_in_names_channels_and_times() {
    let plain =
        r#"{"EventID":1,"Channel":"A/B","EventTime":"2019/12/05 01:49:34","Hostname":"pc","Image":"C:\\x"}"#;
    let escaped =
        plain.replace('/', r"\/").replace("Image", r"Im\u0061ge").replace("Channel", r"Ch\u0061nnel");
    assert_eq!(only(&escaped), only(plain));
    assert!(only(plain).contains(&"source=XmlWinEventLog:A/B".to_owned()));
    let named = only(r#"{"k\"q":1,"Gr\u00f6\u00dfe":{"\u0061":2}}"#);
    assert!(["k\"q=1", "Größe.a=2"].iter().all(|field| named.contains(&(*field).to_owned())), "{named:?}");
}

#[test]
fn a_line_may_hold_many_values_with_escapes() {
    let text = r#"{"a":"\/"}"#.repeat(100_000);
    let (rows, losses) = read(&text);
    assert_eq!((rows.len(), losses), (100_000, vec![]));
    assert!(rows.iter().all(|row| row.contains(&"a=/".to_owned())));
}

#[test]
fn an_event_may_give_its_own_text() {
    let raw = |text: &str| read(text).0[0].iter().find(|field| field.starts_with("_raw=")).cloned();
    assert_eq!(raw(r#"{"_raw":"a \"b\"","c":1}"#).as_deref(), Some("_raw=a \"b\""));
    assert_eq!(raw(r#"{"_raw":1}"#).as_deref(), Some("_raw=1"));
}

#[test]
fn a_splunk_export_is_what_it_says() {
    let (rows, _) = read(
        r#"{"preview":false,"offset":0,"result":{"_raw":"a b","_time":"2019-12-05 01:49:34.000 UTC","host":"web","sourcetype":"s","ip":["1","2"]}}"#,
    );
    assert_eq!(
        rows[0],
        [
            "_offset=0",
            "_raw=a b",
            "_record=1",
            "_time=1575510574",
            "host=web",
            "ip=1",
            "ip=2",
            "sourcetype=s"
        ]
    );
}

#[test]
fn arrays_and_pretty_objects_are_events() {
    let values = |text: &str| -> Vec<String> {
        let (rows, losses) = read(text);
        assert_eq!(losses, [], "{text}");
        rows.concat()
            .into_iter()
            .filter(|field| field.starts_with("a=") || field.starts_with("_record"))
            .collect()
    };
    assert_eq!(values("[{\"a\":1},{\"a\":2}]"), ["_record=1", "a=1", "_record=1", "a=2"]);
    assert_eq!(
        values("[\n  {\n    \"a\": 1\n  },\n  {\"a\": \"]}\"}\n]\n"),
        ["_record=2", "a=1", "_record=5", "a=]}"]
    );
    assert_eq!(values("{\n\"a\": 1\n}\n{\n\"a\": 2\n}"), ["_record=1", "a=1", "_record=4", "a=2"]);
    assert_eq!(
        values("{\"a\":1} {\"a\":2}\n\n{\"a\":3}"),
        ["_record=1", "a=1", "_record=1", "a=2", "_record=3", "a=3"]
    );
}

#[test]
fn a_damaged_line_is_one_loss() {
    let (rows, losses) = read(b"{\"a\": 1}\n{\"a\": \n\"x\"\n{\"a\": \"\xff\"}\n{\"a\": 4}\n");
    assert_eq!(rows.len(), 3);
    assert!(rows[1].contains(&"a=\u{FFFD}".to_owned()));
    let losses: Vec<_> = losses.iter().map(|loss| (loss.offset, loss.record, loss.what.as_str())).collect();
    assert_eq!(
        losses,
        [
            (15, Some(2), "ends inside a value"),
            (16, Some(3), "expected a JSON object"),
            (20, Some(4), "bytes that are not UTF-8 replaced by U+FFFD"),
        ]
    );
}

#[test]
fn damage_in_an_array_ends_where_it_shows() {
    let (rows, losses) = read("[\n{\"a\": 1\n{\"a\": 2},\n{\"a\": \"3\n},\n{\"a\": 4}\n]");
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!(losses.len(), 3, "{losses:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_safe(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        read(&text);
    }

    #[test]
    fn anything_like_json_is_safe(text in "[\\[\\]{}\":,a0\\\\\n -]{0,80}") {
        read(&text);
    }

    #[test]
    fn an_array_gives_what_lines_give(numbers in proptest::collection::vec(0..1000_u32, 1..20)) {
        let objects: Vec<String> = numbers.iter().map(|number| format!("{{\"a\": {number}}}")).collect();
        let fields = |text: String| -> Vec<String> {
            read(text).0.concat().into_iter().filter(|field| field.starts_with("a=")).collect()
        };
        prop_assert_eq!(fields(objects.join("\n")), fields(format!("[{}]", objects.join(",\n"))));
    }
}

#[test]
fn zeek_and_suricata_are_called_as_their_add_ons_do() {
    let conn = r#"{"ts":1795554843.098,"uid":"C1","id.orig_h":"10.0.0.1","conn_state":"SF"}"#;
    let called = ["host=unknown", "index=zeek", "source=conn.log", "sourcetype=zeek:conn:json"];
    let row = only(conn);
    assert!(called.iter().all(|name| row.iter().any(|field| field == name)), "{row:?}");
    assert!(row.contains(&"_time=1795554843.098".to_owned()), "{row:?}");

    let http =
        r#"{"_path":"http","ts":"2026-11-24T21:14:02Z","uid":"C1","id.orig_h":"10.0.0.1","host":"www"}"#;
    let row = only(http);
    for field in ["zeek_host=www", "host=unknown", "sourcetype=zeek:http:json", "_time=1795554842"] {
        assert!(row.iter().any(|known| known == field), "{field}: {row:?}");
    }

    let eve = r#"{"timestamp":"2026-11-24T21:14:02.000000+0000","flow_id":1,"event_type":"dns","host":"ids",
        "dns":{"queries":[{"rrname":"a.example"}]}}"#;
    let row = only(eve);
    let wanted = [
        "sourcetype=suricata",
        "source=suricata",
        "index=suricata",
        "host=ids",
        "dns.queries{}.rrname=a.example",
    ];
    assert!(wanted.iter().all(|name| row.iter().any(|field| field == name)), "{row:?}");

    let other = r#"{"ts":1795554843.098,"event_type":"click","level":"info"}"#;
    assert!(only(other).iter().any(|field| field == "sourcetype=_json"));
}
