//! Real detections of a Splunk app, with `SLUICE_CORPUS` set: which of them can run here, and whether they find what
//! is in the logs that they were written for.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};
use sluice_engine::{Engine, Knowledge, Settings};
use sluice_events::inputs;

/// Detections over formats that are read here which cannot plan: one applies a trained model.
const NOT_IN_SCOPE: usize = 1;
/// Detections of all which must plan, of 100.
const ALL: usize = 95;

#[test]
fn detections_can_run() {
    let Some(corpus) = corpus() else { return };
    let app = tempfile::tempdir().unwrap();
    let detections = lines(&corpus.join("escu/detections.jsonl"));
    write_app(app.path(), &corpus.join("escu"), &detections);
    let engine = engine(app.path(), Settings::default());
    let (mut in_scope, mut all) = ((0, 0), (0, 0));
    let mut reasons: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for detection in &detections {
        let found = engine.check(text(detection, "search"));
        let errors: BTreeSet<String> = found
            .iter()
            .filter(|found| found.is_error())
            .map(|found| format!("{} {}", found.code, found.message))
            .collect();
        let runs = usize::from(errors.is_empty());
        all = (all.0 + runs, all.1 + 1);
        if detection["in_scope"] == Value::Bool(true) {
            in_scope = (in_scope.0 + runs, in_scope.1 + 1);
        }
        for error in errors {
            assert!(error.len() > "SPL0000 ".len(), "an error without a reason: {}", text(detection, "name"));
            reasons.entry(error).or_insert_with(|| (0, text(detection, "name").to_owned())).0 += 1;
        }
    }
    println!("{} of {} detections can run; of those in scope {} of {}", all.0, all.1, in_scope.0, in_scope.1);
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (reason, (count, example)) in reasons {
        println!("{count:>5}  {reason}  ({example})");
    }
    assert!(in_scope.0 + NOT_IN_SCOPE >= in_scope.1, "{in_scope:?}");
    assert!(all.0 * 100 >= all.1 * ALL, "{all:?}");
}

/// Detections of the manifest that must find something. Of the other two, one log lacks the events of another process
/// to join with, and the other has changes of one domain only.
const FIND: usize = 17;

#[test]
fn detections_find_what_is_in_their_logs() {
    let Some(corpus) = corpus() else { return };
    let app = tempfile::tempdir().unwrap();
    let detections = lines(&corpus.join("escu/detections.jsonl"));
    write_app(app.path(), &corpus.join("escu"), &detections);
    let mut found = 0;
    for log in lines(&corpus.join("attack_data/manifest.jsonl")) {
        let detection = detections.iter().find(|detection| detection["id"] == log["id"]).unwrap();
        let rows = run(app.path(), &corpus, &log, text(detection, "search"));
        println!("{rows:?}  {} in {}", text(&log, "detection"), text(&log, "file"));
        found += usize::from(rows.is_ok_and(|rows| rows > 0));
    }
    assert!(found >= FIND, "{found} of {FIND} found something");
}

fn run(app: &Path, corpus: &Path, log: &Map<String, Value>, search: &str) -> Result<usize, String> {
    let mut settings = Settings::default();
    settings.input.overrides.sourcetype = Some(text(log, "sourcetype").to_owned());
    settings.input.overrides.source = Some(text(log, "source").to_owned());
    let path = corpus.join("attack_data").join(text(log, "file"));
    let inputs = inputs::discover(&[path.display().to_string()], &settings.input);
    let answer = engine(app, settings).run(search, &inputs, &Arc::default());
    answer.map(|answer| answer.rows.len()).map_err(|error| error.to_string())
}

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("SLUICE_CORPUS").map(|root| PathBuf::from(root).join("corpus"));
    if root.is_none() {
        println!("skipped: SLUICE_CORPUS is not set");
    }
    root
}

fn engine(app: &Path, settings: Settings) -> Engine {
    let (knowledge, problems) = Knowledge::load(&[app.to_owned()]);
    assert_eq!(problems, [] as [String; 0]);
    Engine::new(settings, knowledge)
}

/// The app as its build makes it: macros, lookups, and a filter macro for each detection.
fn write_app(app: &Path, escu: &Path, detections: &[Map<String, Value>]) {
    fs::create_dir_all(app.join("default")).unwrap();
    fs::create_dir_all(app.join("lookups")).unwrap();
    fs::write(app.join("default/macros.conf"), macros(escu, detections)).unwrap();
    fs::write(app.join("default/transforms.conf"), transforms(escu)).unwrap();
    for entry in fs::read_dir(escu.join("lookups")).unwrap() {
        let file = entry.unwrap().path();
        fs::copy(&file, app.join("lookups").join(file.file_name().unwrap())).unwrap();
    }
}

fn macros(escu: &Path, detections: &[Map<String, Value>]) -> String {
    let mut conf = "[drop_dm_object_name(1)]\nargs = X\ndefinition = rename $X$.* as *\n".to_owned();
    let mut known = BTreeSet::new();
    for line in lines(&escu.join("macros.jsonl")) {
        let args: Vec<&str> =
            line["arguments"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let name = text(&line, "name");
        known.insert(name.to_owned());
        match args.len() {
            0 => writeln!(conf, "[{name}]").unwrap(),
            count => writeln!(conf, "[{name}({count})]\nargs = {}", args.join(", ")).unwrap(),
        }
        writeln!(conf, "definition = {}", continued(text(&line, "definition"))).unwrap();
    }
    for name in detections.iter().flat_map(|detection| text(detection, "search").split('`')) {
        if name.ends_with("_filter") && known.insert(name.to_owned()) {
            writeln!(conf, "[{name}]\ndefinition = search *").unwrap();
        }
    }
    conf
}

fn transforms(escu: &Path) -> String {
    let mut conf = String::new();
    for lookup in lines(&escu.join("lookups.jsonl")) {
        writeln!(conf, "[{}]", text(&lookup, "name")).unwrap();
        for (key, value) in lookup.iter().filter(|(key, _)| !matches!(key.as_str(), "name" | "description")) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            writeln!(conf, "{key} = {}", continued(&value)).unwrap();
        }
        if lookup.contains_key("collection") {
            conf.push_str("external_type = kvstore\n");
        }
    }
    conf
}

/// A value of several lines, as `.conf` files write it.
fn continued(value: &str) -> String {
    value.replace('\n', "\\\n")
}

fn lines(file: &Path) -> Vec<Map<String, Value>> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(object: &'a Map<String, Value>, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}
