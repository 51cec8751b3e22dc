//! Each reader: a few fields, all fields, and a few with a detection's filter.

use std::sync::Arc;

use aho_corasick::AhoCorasick;
use criterion::Criterion;
use sluice_events::field;
use sluice_events::filter::{Condition, Filter, FilterBuilder, Holds, TestId};
use sluice_events::request::{Request, Wanted};

use crate::logs::{Log, Logs};
use crate::{group, read, telemetry};

const FEW: [&str; 5] = [field::TIME, field::HOST, "EventCode", "Image", "CommandLine"];

pub(crate) fn all(criterion: &mut Criterion) {
    let logs = Logs::generate();
    reader(criterion, "evtx", &logs.evtx);
    reader(criterion, "json", &logs.json);
    reader(criterion, "xml", &logs.xml);
    // It decodes every event, whatever the filter.
    reader(criterion, "csv", &logs.csv);
    for (name, log) in telemetry::all() {
        reader(criterion, name, &log);
    }
}

fn reader(criterion: &mut Criterion, name: &str, log: &Log) {
    let few = request(&FEW);
    let requests = [
        ("few", few.clone()),
        ("all", Request { rest: true, ..few.clone() }),
        ("filter", Request { filter: Some(Arc::new(detection())), ..few }),
    ];
    let mut group = group(criterion, name);
    for (name, request) in requests {
        read(&mut group, name, log, request);
    }
}

/// A request of these fields.
pub(crate) fn request(fields: &[&str]) -> Request {
    Request { fields: fields.iter().map(|name| Wanted::one(*name)).collect(), ..Request::default() }
}

/// A process or connection of a program that moves files, or a command line that names such a protocol.
fn detection() -> Filter {
    let mut filter = FilterBuilder::default();
    let code = |value: &'static str| -> Holds { Arc::new(move |text| text == value) };
    let started = filter.test("EventCode", "1".to_owned(), Vec::new(), code("1")).unwrap();
    let connected = filter.test("EventCode", "3".to_owned(), Vec::new(), code("3")).unwrap();
    let image = contains(&mut filter, "Image", &["\\ftp.exe", "\\tftp.exe", "\\curl.exe", "\\wget.exe"]);
    let command = contains(&mut filter, "CommandLine", &["ftp://", "http://", "smtp", "-upload", "put "]);
    filter
        .finish(Condition::all([
            Condition::any([started, connected].map(Condition::Holds)),
            Condition::any([image, command].map(Condition::Holds)),
        ]))
        .unwrap()
}

/// The test that a field has one of these words, in any case.
pub(crate) fn contains(filter: &mut FilterBuilder, field: &str, words: &[&str]) -> TestId {
    let search = AhoCorasick::builder().ascii_case_insensitive(true).build(words).unwrap();
    let holds = Arc::new(move |text: &str| search.is_match(text));
    let literals = words.iter().map(|word| (*word).to_owned()).collect();
    filter.test(field, words.join("|"), literals, holds).unwrap()
}
