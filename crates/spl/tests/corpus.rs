//! Real detections: with `SLUICE_CORPUS` set, every one of them parses and prints stably.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sluice_spl::{Macro, Macros, code, expand, lint, parse, print, to_ops};

/// The query that this project began with.
const SEED: &str = include_str!("seed.spl");

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("SLUICE_CORPUS").map(PathBuf::from);
    if root.is_none() {
        println!("skipped: SLUICE_CORPUS is not set");
    }
    root
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("the corpus is JSON lines")).collect()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// The macros of the corpus, and the two kinds that the build of the Splunk app makes.
fn macros(root: &Path, detections: &[Value]) -> Macros {
    let mut macros = Macros::default();
    for line in lines(&root.join("corpus/escu/macros.jsonl")) {
        let args = line["arguments"].as_array().into_iter().flatten();
        let args = args.filter_map(|arg| arg.as_str().map(str::to_owned)).collect();
        macros.insert(
            text(&line, "name"),
            Macro { args, definition: text(&line, "definition"), ..Macro::default() },
        );
    }
    let renamed =
        Macro { args: vec!["X".into()], definition: "rename $X$.* as *".into(), ..Macro::default() };
    macros.insert("drop_dm_object_name", renamed);
    for detection in detections {
        for name in text(detection, "search").split('`').filter(|name| name.ends_with("_filter")) {
            if macros.get(name, 0).is_none() {
                macros.insert(name, Macro { definition: "search *".into(), ..Macro::default() });
            }
        }
    }
    macros
}

#[test]
fn every_detection_parses_and_prints_stably() {
    let Some(root) = corpus() else { return };
    let detections = lines(&root.join("corpus/escu/detections.jsonl"));
    let macros = macros(&root, &detections);
    let mut failures = Vec::new();
    for detection in &detections {
        if let Err(reason) = check(&text(detection, "search"), &macros) {
            failures.push(format!("{}: {reason}", text(detection, "name")));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), detections.len(), failures.join("\n"));
}

fn check(search: &str, macros: &Macros) -> Result<(), String> {
    let expanded = expand(search, macros).map_err(|errors| format!("{errors:?}"))?;
    let parsed = parse(&expanded.text);
    if let Some(error) = parsed.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
        let around = expanded.text.get(error.span.start.saturating_sub(30)..).unwrap_or("");
        return Err(format!("{error:?} near {:?}", around.chars().take(80).collect::<String>()));
    }
    lint(&parsed.pipeline);
    let printed = print(&parsed.pipeline);
    let again = parse(&printed);
    if let Some(error) = again.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
        return Err(format!("printed text: {error:?}\n{printed}"));
    }
    if shape(&again.pipeline) != shape(&parsed.pipeline) {
        return Err(format!("another tree:\n{printed}"));
    }
    if print(&again.pipeline) != printed {
        return Err(format!("unstable:\n{printed}\n{}", print(&again.pipeline)));
    }
    Ok(())
}

/// The tree without its places.
fn shape(pipeline: &sluice_spl::tree::Pipeline) -> String {
    let text = format!("{pipeline:?}");
    let parts = text.split("Span { ").enumerate();
    parts
        .map(|(at, part)| if at == 0 { part } else { part.split_once('}').map_or("", |(_, rest)| rest) })
        .collect()
}

#[test]
fn every_case_parses() {
    let Some(root) = corpus() else { return };
    for case in lines(&root.join("spl/cases.jsonl")) {
        let query = text(&case, "query");
        let Ok(expanded) = expand(&query, &Macros::default()) else { continue };
        let errors: Vec<_> = parse(&expanded.text).diagnostics.into_iter().filter(|d| d.is_error()).collect();
        assert!(errors.is_empty() || case.get("expect_error").is_some(), "{query}\n{errors:?}");
    }
}

#[test]
fn the_seed_parses_means_something_and_is_warned_about() {
    let parsed = parse(SEED);
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(to_ops(&parsed.pipeline).unwrap().len(), 13);
    let warnings = lint(&parsed.pipeline);
    let found: Vec<_> = warnings.iter().map(|warning| (warning.code, warning.span.text(SEED))).collect();
    let sourcetype = "sourcetype=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\"";
    let mixed = format!("{sourcetype} EventCode=1 OR {sourcetype} EventCode=3");
    assert_eq!(found, [(code::MIXED_AND_OR, mixed.as_str()), (code::DEAD_TERM, "EventCode=1")]);
    let help = format!("({sourcetype} EventCode=1) OR ({sourcetype} EventCode=3)");
    assert!(warnings[0].help.as_ref().unwrap().contains(&help));
    let printed = print(&parsed.pipeline);
    assert_eq!(print(&parse(&printed).pipeline), printed);
}
