//! How fast the engine is over rows in memory, and how long it plans: `cargo bench -p sluice-engine`.
//!
//! Kernels are private, so each is the one thing that a query does with its rows. One core; what a run costs
//! whatever its rows is in `plan`.

#![allow(clippy::unwrap_used, reason = "a benchmark may stop")]

use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use serde_json::{Map, Value};
use sluice_engine::{Engine, Given, Knowledge, Settings};
use sluice_events::inputs::Inputs;
use sluice_samples::bench::Stream;
use sluice_samples::event::Event;

const ROWS: usize = 20_000;
/// What the events follow from.
const SEED: u64 = 1048;

const QUERIES: [(&str, &str); 6] = [
    ("regex", r#"| where match(CommandLine, "(?i)(ftp://|--ftp-upload|--upload-file|STOR )") | stats count"#),
    (
        "search",
        r"search (Image=*\\curl.exe OR Image=*\\ftp.exe OR DestinationPort IN (21, 25, 80)) | stats count",
    ),
    ("network", r#"| where cidrmatch("10.0.0.0/8", DestinationIp) | stats count"#),
    ("eval", r#"| eval kind=if(EventCode=3, "net", lower(Image)) | stats count(kind)"#),
    ("stats", "| stats count dc(CommandLine) by Image"),
    ("sort", "| sort 0 - _time | head 1"),
];

/// The package's query as its author wrote it.
const DETECTION: &str = include_str!("../../../packages/T1048.003/seed.spl");

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500))
        .configure_from_args();
    let engine = Engine::new(Settings { threads: 1, ..Settings::default() }, Knowledge::default());
    rows(&mut criterion, &engine);
    plan(&mut criterion, &engine);
    criterion.final_summary();
}

/// Queries over rows.
fn rows(criterion: &mut Criterion, engine: &Engine) {
    let mut stream = Stream::new(SEED, 300, 40);
    let rows: Vec<_> = std::iter::repeat_with(|| row(&stream.next())).take(ROWS).collect();
    let given = Given::from_json(&rows).unwrap();
    let mut group = criterion.benchmark_group("rows");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (name, query) in QUERIES {
        group.bench_function(name, |bencher| bencher.iter(|| engine.run_on(query, &given).unwrap()));
    }
}

/// An event with the fields that the queries name and those beside them.
fn row(event: &Event) -> Map<String, Value> {
    let fixed = [
        ("_time", Value::from(event.time.unix_seconds())),
        ("EventCode", Value::from(event.event_id.to_string())),
    ];
    let data = event.data.iter().map(|(name, value)| (&**name, Value::from(value.to_string())));
    fixed.into_iter().chain(data).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Planning without data: what a detection costs before it reads. `run` also works out what readers may pass over.
fn plan(criterion: &mut Criterion, engine: &Engine) {
    let inputs = Inputs::default();
    let mut group = criterion.benchmark_group("plan");
    group.bench_function("check", |bencher| bencher.iter(|| engine.check(DETECTION)));
    group.bench_function("run", |bencher| {
        bencher.iter(|| engine.run(DETECTION, &inputs, &Arc::default()).unwrap());
    });
}
