//! Cases of what SPL means, as data: `tests/cases/**/*.jsonl`, and those of `$SLUICE_CORPUS` when it is
//! set. A case is one JSON object a line: query, input rows, expected rows.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod mmdb;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sluice_engine::lookup::{Definition, Table};
use sluice_engine::value::Cell;
use sluice_engine::{Engine, Given, Knowledge, KvMode, Query, Row, Rows, Settings, run_together};
use sluice_events::inputs;
use sluice_spl::macros::Macro;

/// Cases of the corpus, inferred by whoever wrote them, that are not as Splunk's documents say, or that ask for what
/// `docs/src/spl.md` lists as different.
const DIFFERS: [(&str, &str); 1] = [(
    "subsearch-join-018",
    "`NOT [ no rows ]` is `NOT NOT ( )`: as nothing matches `NOT ( )` (Search Reference, format, `emptystr`), all does",
)];

#[test]
fn own_cases() {
    let mut files = Vec::new();
    find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"), &mut files);
    assert!(!files.is_empty());
    let mut failed = Vec::new();
    let mut count = 0;
    for file in files {
        for case in read(&file) {
            count += 1;
            if let Err(why) = run(&case) {
                failed.push(format!("{} {}: {why}", file.display(), text(&case, "id")));
            }
        }
    }
    println!("{} cases, {} failed", count, failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn corpus_cases() {
    let Some(corpus) = std::env::var_os("SLUICE_CORPUS") else {
        println!("skipped: SLUICE_CORPUS is not set");
        return;
    };
    let mut areas: BTreeMap<String, (usize, usize, usize, usize)> = BTreeMap::new();
    let mut failed = Vec::new();
    for case in read(&PathBuf::from(corpus).join("spl/cases.jsonl")) {
        let area = text(&case, "area").to_owned();
        let result = run(&case);
        let counts = areas.entry(area.clone()).or_default();
        let inferred =
            text(&case, "confidence") == "inferred" || case.get("optional") == Some(&Value::Bool(true));
        match (&result, inferred) {
            (Ok(()), false) => counts.0 += 1,
            (Err(_), false) => counts.1 += 1,
            (Ok(()), true) => counts.2 += 1,
            (Err(_), true) => counts.3 += 1,
        }
        if let Err(why) = result {
            let gates = !DIFFERS.iter().any(|(id, _)| *id == text(&case, "id"));
            println!("{} {}: {why}", if gates { "FAILED" } else { "differs" }, text(&case, "id"));
            if gates {
                failed.push(text(&case, "id").to_owned());
            }
        }
    }
    println!("{:<22} {:>6} {:>6}   inferred {:>6} {:>6}", "area", "passed", "failed", "passed", "failed");
    for (area, (passed, not, inferred, inferred_not)) in &areas {
        println!("{area:<22} {passed:>6} {not:>6}            {inferred:>6} {inferred_not:>6}");
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn rows_are_the_same_with_every_shortcut_on_and_off() {
    let mut files = Vec::new();
    find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"), &mut files);
    match std::env::var_os("SLUICE_CORPUS") {
        Some(corpus) => files.push(PathBuf::from(corpus).join("spl/cases.jsonl")),
        None => println!("the corpus was skipped: SLUICE_CORPUS is not set"),
    }
    let cases: Vec<_> = files.iter().flat_map(|file| read(file)).collect();
    let (mut count, mut failed) = (0, Vec::new());
    for case in &cases {
        let Some(Value::Array(rows)) = case.get("input") else { continue };
        count += 1;
        let log = tempfile::Builder::new().suffix(".jsonl").tempfile().unwrap();
        let lines: Vec<_> = rows.iter().map(Value::to_string).collect();
        std::fs::write(log.path(), lines.join("\n") + "\n").unwrap();
        let plain =
            shortcut(case, log.path(), Shortcuts { pushdown: false, threads: 1, memory: None, together: 1 });
        for with in [
            Shortcuts { pushdown: true, threads: 2, memory: None, together: 1 },
            Shortcuts { pushdown: true, threads: 2, memory: Some(64 << 20), together: 1 },
            Shortcuts { pushdown: true, threads: 1, memory: None, together: 3 },
            Shortcuts { pushdown: false, threads: 2, memory: None, together: 2 },
        ] {
            let found = shortcut(case, log.path(), with);
            if found != plain {
                failed.push(format!(
                    "{}: {}\n{with:?}: {found:?}\nplain: {plain:?}",
                    text(case, "id"),
                    text(case, "query")
                ));
            }
        }
    }
    println!("{count} cases, {} differ", failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// How a query is run over a log.
#[derive(Debug, Clone, Copy)]
struct Shortcuts {
    pushdown: bool,
    threads: usize,
    memory: Option<usize>,
    /// So many queries in one reading, all the same: the last of them counts.
    together: usize,
}

/// The rows as text, or whether there is an error.
fn shortcut(case: &Map<String, Value>, log: &Path, with: Shortcuts) -> Result<Vec<Vec<String>>, ()> {
    let Shortcuts { pushdown, threads, memory, together } = with;
    let now = jiff::Timestamp::from_second(1_800_000_000).unwrap();
    let mut settings = Settings { pushdown, threads, memory, ..settings(case) };
    if !case.contains_key("now") {
        settings.now = now;
    }
    let engine = Engine::new(settings, knowledge(case));
    let inputs = inputs::discover(&[log.to_str().unwrap().to_owned()], &Default::default());
    let query = text(case, "query");
    let answer = match together {
        1 => engine.run(query, &inputs, &Default::default()),
        many => {
            let queries = vec![Query { engine: &engine, text: query }; many];
            run_together(&queries, &inputs, &|_| {}).0.pop().unwrap()
        }
    };
    let rows = answer.map_err(drop)?.rows;
    let names = rows.fields();
    let cells = |row: Row<'_>| {
        let cell = |(at, name): (usize, &&str)| Some(format!("{name}={}", row.cell(at)?.texts().join("\n")));
        names.iter().enumerate().filter_map(cell).collect()
    };
    Ok(rows.iter().map(|row| cells(row.unwrap())).collect())
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            find(&entry, files);
        } else {
            files.push(entry);
        }
    }
}

fn read(file: &Path) -> Vec<Map<String, Value>> {
    let lines = std::fs::read_to_string(file).unwrap();
    lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}: {line}", file.display()))
        })
        .collect()
}

fn text<'a>(case: &'a Map<String, Value>, key: &str) -> &'a str {
    case.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn run(case: &Map<String, Value>) -> Result<(), String> {
    let mut settings = settings(case);
    let places = case.get("geoip").and_then(Value::as_object).map(mmdb::file);
    settings.geoip = places.as_ref().map(|file| file.path().to_owned());
    let engine = Engine::new(settings, knowledge(case));
    let rows: Vec<Map<String, Value>> = match case.get("input") {
        Some(Value::Array(rows)) => {
            rows.iter().map(|row| row.as_object().cloned().unwrap_or_default()).collect()
        }
        _ => Vec::new(),
    };
    let given = Given::from_json(&rows).map_err(|error| error.to_string())?;
    let given = given.with_kv_mode(match text(case, "kv_mode") {
        "auto" => KvMode::Auto,
        "json" => KvMode::Json,
        "xml" => KvMode::Xml,
        _ => KvMode::None,
    });
    let query = text(case, "query");
    let found = match case.get("input") {
        Some(Value::Array(_)) => engine.run_on(query, &given),
        _ => engine.run(query, &Default::default(), &Default::default()),
    };
    match (found, case.get("expect_error").filter(|value| !value.is_null())) {
        (Err(_), Some(_)) => Ok(()),
        (Ok(_), Some(error)) => Err(format!("expected an error about {error}, found rows")),
        (Err(error), None) => Err(error.to_string()),
        (Ok(answer), None) => compare(case, &answer.rows),
    }
}

fn settings(case: &Map<String, Value>) -> Settings {
    let mut settings = Settings { threads: 2, ..Settings::default() };
    if let Some(zone) = case.get("tz").and_then(Value::as_str) {
        settings.zone = jiff::tz::TimeZone::get(zone).unwrap();
    }
    if let Some(now) = case.get("now").and_then(Value::as_f64) {
        settings.now = jiff::Timestamp::from_second(now as i64).unwrap();
    } else if let Some(now) = case.get("now").and_then(Value::as_str) {
        settings.now = now.parse().unwrap();
    }
    settings
}

fn knowledge(case: &Map<String, Value>) -> Knowledge {
    let mut knowledge = Knowledge::default();
    if let Some((model, dataset)) = text(case, "datamodel").split_once('.') {
        knowledge.add_model(model, &plain_model(model, dataset, case).to_string()).unwrap();
    }
    for name in case.get("models").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models").join(format!("{name}.json"));
        knowledge.add_model(name, &std::fs::read_to_string(file).unwrap()).unwrap();
    }
    let files = case.get("conf").and_then(Value::as_object).into_iter().flatten();
    knowledge
        .add_conf(&files.map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned())).collect());
    for (name, lookup) in case.get("lookups").and_then(Value::as_object).into_iter().flatten() {
        let rows = lookup["rows"].as_array().unwrap();
        let mut table = Table::default();
        for name in rows.iter().flat_map(|row| row.as_object().unwrap().keys()) {
            if !table.columns.contains(name) {
                table.columns.push(name.clone());
            }
        }
        for row in rows {
            let cell = |name: &String| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            table.rows.push(table.columns.iter().map(cell).collect());
        }
        let settings = lookup
            .as_object()
            .unwrap()
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect();
        knowledge.add_lookup(name, table, Definition::of_settings(PathBuf::new(), &settings));
    }
    for (name, body) in case.get("macros").and_then(Value::as_object).into_iter().flatten() {
        let base = name.split('(').next().unwrap();
        let args = body["args"].as_str().unwrap_or_default().split(',').map(|arg| arg.trim().to_owned());
        knowledge.macros.insert(
            base,
            Macro {
                args: args.filter(|arg| !arg.is_empty()).collect(),
                definition: body["definition"].as_str().unwrap().to_owned(),
                validation: body["validation"].as_str().map(str::to_owned),
                errormsg: body["errormsg"].as_str().map(str::to_owned),
                iseval: body["iseval"] == true,
            },
        );
    }
    knowledge
}

/// A data model of one dataset, whose events are all rows, with their fields as they are.
fn plain_model(model: &str, dataset: &str, case: &Map<String, Value>) -> Value {
    let rows = case.get("input").and_then(Value::as_array).into_iter().flatten();
    let names =
        rows.filter_map(Value::as_object).flat_map(Map::keys).collect::<std::collections::BTreeSet<_>>();
    let fields: Vec<Value> = names.into_iter().map(|name| json!({"fieldName": name})).collect();
    json!({"modelName": model, "objects": [{"objectName": dataset, "parentName": "BaseEvent", "fields": fields}]})
}

/// The rows against the expected ones: of the fields, those that do not start with an underscore, or that
/// are expected.
fn compare(case: &Map<String, Value>, rows: &Rows) -> Result<(), String> {
    let Some(Value::Array(expected)) = case.get("expected") else { return Ok(()) };
    let expected: Vec<&Map<String, Value>> = expected.iter().filter_map(Value::as_object).collect();
    let named: Vec<&String> = expected.iter().flat_map(|row| row.keys()).collect();
    let fields: Vec<String> = rows
        .fields()
        .into_iter()
        .filter(|field| !field.starts_with('_') || named.iter().any(|name| name == field))
        .map(str::to_owned)
        .collect();
    // What is shown may differ from the value, see `fieldformat`.
    let shown = case.get("shown") == Some(&Value::Bool(true));
    let found: Vec<Map<String, Value>> = rows
        .iter()
        .map(|row| {
            let row = row.unwrap();
            let cell = |field: &String| if shown { shown_cell(rows, &row, field) } else { row.get(field) };
            fields.iter().map(|field| (field.clone(), value(&cell(field).unwrap_or(Cell::Null)))).collect()
        })
        .collect();
    let ordered = case.get("ordered") == Some(&Value::Bool(true));
    let difference = || {
        let show = |rows: &[&Map<String, Value>]| serde_json::to_string(rows).unwrap();
        format!("expected {}, found {}", show(&expected), show(&found.iter().collect::<Vec<_>>()))
    };
    if found.len() != expected.len() {
        return Err(difference());
    }
    let mut left: Vec<&Map<String, Value>> = found.iter().collect();
    for (at, wanted) in expected.iter().enumerate() {
        let place = if ordered {
            left.first().filter(|row| same_row(wanted, row)).map(|_| 0)
        } else {
            left.iter().position(|row| same_row(wanted, row))
        };
        match place {
            Some(place) => left.remove(place),
            None => return Err(format!("row {at}: {}", difference())),
        };
    }
    Ok(())
}

fn shown_cell<'a>(rows: &Rows, row: &'a Row<'_>, field: &str) -> Option<Cell<'a>> {
    row.shown(rows.fields().iter().position(|name| *name == field)?)
}

fn value(cell: &Cell<'_>) -> Value {
    match cell {
        Cell::List(list) if list.len() > 1 => list.iter().map(|text| Value::from(text.to_owned())).collect(),
        Cell::Number(number) => Value::from(*number),
        Cell::Integer(number) => Value::from(*number),
        other => other.text().map_or(Value::Null, |text| Value::from(text.into_owned())),
    }
}

fn same_row(wanted: &Map<String, Value>, found: &Map<String, Value>) -> bool {
    let null = Value::Null;
    let names = wanted.keys().chain(found.keys());
    names.into_iter().all(|name| same(wanted.get(name).unwrap_or(&null), found.get(name).unwrap_or(&null)))
}

fn same(wanted: &Value, found: &Value) -> bool {
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    match wanted {
        Value::Number(_) => match (number(wanted), number(found)) {
            (Some(wanted), Some(found)) => (wanted - found).abs() <= 1e-9 * wanted.abs().max(1.0),
            _ => false,
        },
        Value::Array(values) if values.len() == 1 => same(&values[0], found),
        Value::Array(values) => match found {
            Value::Array(others) => {
                values.len() == others.len()
                    && values.iter().zip(others).all(|(wanted, found)| same(wanted, found))
            }
            _ => false,
        },
        Value::String(wanted) => match found {
            Value::Number(found) => {
                found.as_f64().map(sluice_engine::value::number_to_text).as_ref() == Some(wanted)
            }
            found => found.as_str() == Some(wanted),
        },
        other => other == found,
    }
}
