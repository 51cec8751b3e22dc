//! Logs of Linux, of sensors and of servers, and events in Parquet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use sluice_samples::event::Event;
use sluice_samples::scenario::{self, SHIPPED, Telemetry};

use crate::logs::{self, Log};

/// Machines that each scenario runs on before its lines repeat.
const MACHINES: usize = 10;
/// Rows of the Parquet file.
const PARQUET_EVENTS: usize = 16_500;

/// Each by the name of its benches.
pub(crate) fn all() -> Vec<(&'static str, Log)> {
    let scenarios = scenarios();
    let logged = |name: &str| logs::lines(scenarios[name].lines().cycle().map(str::to_owned));
    let log = |name: &str, content: &str| Log::new(name, content.as_bytes());
    vec![
        ("auditd", log("audit.log", &logged("audit.log"))),
        ("syslog", log("auth.log", &logs::lines((0..).map(syslog)))),
        ("sysmon_linux", log("sysmon.log", &logged("sysmon.log"))),
        ("zeek_tsv", log("conn.log", &zeek())),
        ("zeek_json", log("conn.log", &logged("conn.log"))),
        ("suricata", log("eve.json", &logged("eve.json"))),
        ("access", log("access.log", &logs::lines((0..).map(access)))),
        ("vpc_flow", log("flow.log", &logs::lines((0..).map(flow)))),
        ("text", log("app.txt", &logs::lines((0..).map(text)))),
        ("parquet", Log::new("sysmon.parquet", &parquet())),
    ]
}

/// What the shipped scenarios log, by the name of the file.
fn scenarios() -> BTreeMap<&'static str, String> {
    let mut logs: BTreeMap<_, String> = BTreeMap::new();
    for scenario in scenario::read(SHIPPED).unwrap() {
        for (name, content) in (0..MACHINES).flat_map(|number| scenario.logs(number, Telemetry::Full)) {
            logs.entry(name).or_default().push_str(&content);
        }
    }
    logs
}

fn clock(at: u32) -> String {
    format!("{:02}:{:02}:{:02}", at / 3600 % 24, at / 60 % 60, at % 60)
}

fn syslog(at: u32) -> String {
    let (clock, port) = (clock(at), 1024 + at % 60_000);
    format!(
        "Nov 24 {clock} web-{:02} sshd[{at}]: Accepted publickey for ann from 10.0.0.5 port {port} ssh2",
        at % 40
    )
}

fn zeek() -> String {
    let header = [
        "#separator \\x09",
        "#set_separator\t,",
        "#empty_field\t(empty)",
        "#unset_field\t-",
        "#path\tconn",
        "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\torig_bytes\ttunnel_parents",
        "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tcount\tset[string]",
    ];
    let row = |at: u32| {
        let (host, port) = (at % 250, 1024 + at % 60_000);
        format!(
            "{}.118\tC{at:x}\t10.0.0.{host}\t{port}\t198.51.100.7\t21\ttcp\tftp\t{at}\t-",
            1_764_000_000 + at
        )
    };
    logs::lines(header.map(str::to_owned).into_iter().chain((0..).map(row)))
}

fn access(at: u32) -> String {
    let (host, clock) = (at % 250, clock(at));
    format!(
        "192.0.2.{host} - ann [24/Nov/2026:{clock} +0100] \"PUT /files/{at}?part=2 HTTP/1.1\" 201 {at} \"-\" \"curl/8.5.0\""
    )
}

fn flow(at: u32) -> String {
    let (host, port, start) = (at % 250, 1024 + at % 60_000, 1_764_000_000 + at);
    format!(
        "2 123456789012 eni-0a1b 10.0.0.{host} 198.51.100.7 {port} 21 6 9 {at} {start} {} ACCEPT OK",
        start + 60
    )
}

fn text(at: u32) -> String {
    format!("2026-11-24 {} INFO worker {} wrote {at} rows to the table orders", clock(at), at % 16)
}

/// A column of text for each field that an event has.
fn parquet() -> Vec<u8> {
    let events: Vec<Event> = logs::events().take(PARQUET_EVENTS).collect();
    let names: BTreeSet<&str> =
        events.iter().flat_map(|event| &event.data).map(|(name, _)| &**name).collect();
    let column = |value: &dyn Fn(&Event) -> Option<String>| -> ArrayRef {
        Arc::new(events.iter().map(value).collect::<StringArray>())
    };
    let fixed = [
        ("_time", column(&|event| Some(event.time.to_string()))),
        ("host", column(&|event| Some(event.computer.to_string()))),
        ("EventCode", column(&|event| Some(event.event_id.to_string()))),
    ];
    let data =
        names.iter().map(|name| (*name, column(&|event| event.text(name).map(|text| text.to_string()))));
    let batch = RecordBatch::try_from_iter(fixed.into_iter().chain(data)).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}
