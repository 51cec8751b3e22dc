//! The seed query and the detection made from it, against logs whose verdicts are known.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use sluice_engine::{Engine, Knowledge, Settings};
use sluice_events::inputs;

/// Record → method and score.
type Verdicts = BTreeMap<i64, (String, f64)>;

fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packages/T1048.003")
}

/// The query as written, and the meant reading from the detection's YAML.
fn queries() -> [(&'static str, String); 2] {
    let seed = std::fs::read_to_string(package().join("seed.spl")).unwrap();
    let yaml = std::fs::read_to_string(package().join("exfil_over_cleartext.yml")).unwrap();
    let search = yaml.lines().skip_while(|line| !line.starts_with("search:")).skip(1);
    let search: Vec<&str> = search.take_while(|line| line.starts_with(' ') || line.is_empty()).collect();
    [("as_written", seed), ("as_intended", search.join("\n"))]
}

fn found(query: &str, path: &Path) -> Verdicts {
    let engine = Engine::new(Settings { provenance: true, ..Settings::default() }, Knowledge::default());
    let inputs = inputs::discover(&[path.display().to_string()], &Default::default());
    let answer = engine.run(query, &inputs, &Arc::default()).unwrap();
    let fields = "_time, host, User, Image, CommandLine, ParentImage, ParentCommandLine, DestinationIp, DestinationPort, ExfilMethod, SuspicionScore";
    assert_eq!(answer.rows.fields()[..11].join(", "), fields);
    answer
        .rows
        .iter()
        .map(|row| {
            let row = row.unwrap();
            let record = row.get("_record").and_then(|cell| cell.number()).unwrap() as i64;
            let method = row.get("ExfilMethod").and_then(|cell| cell.text()).unwrap().into_owned();
            (record, (method, row.get("SuspicionScore").and_then(|cell| cell.number()).unwrap()))
        })
        .collect()
}

fn expected(events: &Value, reading: &str) -> Verdicts {
    events
        .as_array()
        .into_iter()
        .flatten()
        .filter(|event| event[reading].is_object())
        .map(|event| {
            let verdict = &event[reading];
            let method = verdict["ExfilMethod"].as_str().unwrap().to_owned();
            (event["record"].as_i64().unwrap(), (method, verdict["SuspicionScore"].as_f64().unwrap()))
        })
        .collect()
}

/// Folders of logs with an `expected.json` beside them that gives each event's verdict.
fn check(root: &Path) -> usize {
    let queries = queries();
    let mut checked = 0;
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        let Ok(text) = std::fs::read_to_string(folder.join("expected.json")) else { continue };
        let scenarios: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
        for (name, scenario) in &scenarios {
            for ending in ["xml", "log", "evtxdump.jsonl"] {
                let file = folder.join(format!("{name}.{ending}"));
                if !file.exists() {
                    continue;
                }
                for (reading, query) in &queries {
                    let expected = expected(&scenario["events"], reading);
                    assert_eq!(found(query, &file), expected, "{} {reading}", file.display());
                    checked += 1;
                }
            }
        }
    }
    checked
}

#[test]
fn verdicts_on_the_corpus() {
    match std::env::var_os("SLUICE_CORPUS") {
        Some(corpus) => assert!(check(&PathBuf::from(corpus).join("domain/samples")) >= 60),
        None => println!("skipped: SLUICE_CORPUS is not set"),
    }
}

/// The shipped samples: their expectations are computed by the program that makes them.
#[test]
fn verdicts_on_the_samples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("crates/samples/tests/expected.json")).unwrap();
    let files: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let mut checked = 0;
    for (name, file) in files.iter().filter(|(name, _)| !name.ends_with(".log")) {
        for (reading, query) in queries() {
            let expected: Verdicts = file[reading]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| {
                    let method = event["ExfilMethod"].as_str().unwrap().to_owned();
                    (event["record"].as_i64().unwrap(), (method, event["SuspicionScore"].as_f64().unwrap()))
                })
                .collect();
            assert_eq!(found(&query, &root.join("samples").join(name)), expected, "{name} {reading}");
            checked += expected.len();
        }
    }
    assert!(checked > 50, "{checked}");
}

/// Small vectors of SPL that the seed depends on.
#[test]
fn conformance_vectors_of_the_corpus() {
    let Some(corpus) = std::env::var_os("SLUICE_CORPUS") else {
        println!("skipped: SLUICE_CORPUS is not set");
        return;
    };
    let file = PathBuf::from(corpus).join("domain/samples/spl_conformance.json");
    let vectors: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut ran = 0;
    for vector in vectors.iter().filter(|vector| vector["events"].is_array()) {
        let rows: Vec<_> = vector["events"].as_array().unwrap().iter().enumerate().map(numbered).collect();
        let given = sluice_engine::Given::from_json(&rows).unwrap();
        let engine = Engine::new(Settings::default(), Knowledge::default());
        let answer = engine.run_on(vector["spl"].as_str().unwrap(), &given).unwrap();
        if let Some(kept) = vector["kept"].as_array() {
            let found: Vec<f64> = answer
                .rows
                .iter()
                .map(|row| row.unwrap().get("at").and_then(|cell| cell.number()).unwrap())
                .collect();
            assert_eq!(found, kept.iter().map(|at| at.as_f64().unwrap()).collect::<Vec<_>>(), "{vector}");
            ran += 1;
        }
        for (row, fields) in answer.rows.iter().zip(vector["fields"].as_array().into_iter().flatten()) {
            for (name, value) in fields.as_object().unwrap() {
                let found = row.as_ref().unwrap().get(name).unwrap().text().unwrap().into_owned();
                assert_eq!(found, value.as_str().map_or(value.to_string(), str::to_owned), "{vector}");
                ran += 1;
            }
        }
    }
    assert!(ran >= 8, "{ran}");
}

fn numbered((at, event): (usize, &Value)) -> serde_json::Map<String, Value> {
    let mut event = event.as_object().cloned().unwrap();
    event.insert("at".to_owned(), Value::from(at.to_string()));
    event
}
