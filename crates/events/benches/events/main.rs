//! How fast the readers are, and the loops in them that cost most: `cargo bench -p sluice-events`.
//!
//! A part of a name after `--` chooses benches: `cargo bench -p sluice-events -- evtx`. What stays private is
//! reached through a reader, over logs that make it do little else.

#![allow(clippy::unwrap_used, reason = "a benchmark may stop")]

mod kernels;
mod logs;
mod readers;
mod telemetry;

use std::sync::Arc;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput};
use logs::Log;
use sluice_events::request::Request;

type Group<'c> = BenchmarkGroup<'c, WallTime>;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500))
        .configure_from_args();
    readers::all(&mut criterion);
    kernels::all(&mut criterion);
    criterion.final_summary();
}

/// Benches whose names begin with this. Each run takes milliseconds, so all samples have as many.
fn group<'c>(criterion: &'c mut Criterion, name: &str) -> Group<'c> {
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat);
    group
}

/// Adds the reading of a log.
fn read(group: &mut Group<'_>, name: &str, log: &Log, request: Request) {
    let request = Arc::new(request);
    group.throughput(Throughput::Bytes(log.bytes));
    group.bench_function(name, |bencher| bencher.iter(|| log.read(&request)));
}
