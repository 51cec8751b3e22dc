//! The knowledge of the program itself, and apps on disk, over the project's samples.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use sluice_engine::{Engine, Given, Knowledge, Settings};
use sluice_events::inputs::{self, Inputs};
use sluice_events::tally::Tally;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn samples() -> Inputs {
    let samples = root().join("samples").to_str().unwrap().to_owned();
    inputs::discover(&[samples], &inputs::Options::default())
}

/// The rows as text, and how many events were passed over.
fn run(query: &str, knowledge: Knowledge, pushdown: bool) -> (Vec<String>, u64) {
    let tally: Arc<Tally> = Arc::default();
    let engine = Engine::new(Settings { pushdown, ..Settings::default() }, knowledge);
    let answer = engine.run(query, &samples(), &tally).unwrap_or_else(|error| panic!("{query}\n{error}"));
    let rows = answer.rows.iter().map(|row| {
        let cells = (0..answer.rows.fields().len()).filter_map(|at| row.as_ref().unwrap().cell(at));
        cells.map(|cell| cell.texts().join("|")).collect::<Vec<_>>().join(",")
    });
    (rows.collect(), tally.passed_over.load(Ordering::Relaxed))
}

/// Searches for what the shipped knowledge finds, and the same for what stands in the events.
const SAME: &[(&str, &str)] = &[
    ("process_name=\"curl.exe\"", "Image=\"*\\\\curl.exe\""),
    ("process_name=curl*", "Image IN (\"*\\\\curl*\", \"*/curl*\")"),
    ("EventCode=3 dest_port=21", "EventCode=3 DestinationPort=21"),
    ("tag=process tag=report process=*ftp*", "EventCode=1 CommandLine=*ftp*"),
    ("tag=network tag=communicate", "EventCode=3"),
    ("tag=network tag=resolution tag=dns", "EventCode=22"),
    ("eventtype=ms-sysmon-filemod file_name=*.ps1", "EventCode=11 TargetFilename=*.ps1"),
    ("parent_process_name=cmd.exe EventCode=1", "ParentImage=*\\\\cmd.exe EventCode=1"),
    (
        "tag=process NOT process_name=*curl*",
        "EventCode IN (1, 5, 6, 8, 9, 10, 15, 17, 18, 25) NOT Image=*curl*",
    ),
];

#[test]
fn derived_fields_find_what_the_raw_ones_do_and_pass_over_events() {
    for (derived, raw) in SAME {
        let query = |search: &str| format!("search {search} | table _time EventCode Image");
        let (wanted, _) = run(&query(raw), Knowledge::default(), true);
        let (all, _) = run(&query(derived), Knowledge::shipped(), false);
        let (found, passed_over) = run(&query(derived), Knowledge::shipped(), true);
        assert_eq!(found, all, "{derived}: with and without passing over");
        assert_eq!(found, wanted, "{derived} and {raw}");
        assert!(!found.is_empty(), "{derived} finds nothing");
        assert!(passed_over > 100, "{derived} passes over {passed_over}");
    }
}

#[test]
fn what_a_search_does_not_need_is_found_after_it() {
    let query = "search EventCode=1 Image=*curl.exe | stats count by dest user process_name process_path process \
                 process_id process_guid parent_process_name parent_process_path parent_process_id process_hash \
                 action os vendor_product signature signature_id original_file_name process_integrity_level";
    let (rows, _) = run(query, Knowledge::shipped(), true);
    assert!(!rows.is_empty());
    for row in rows {
        assert!(row.contains("allowed,Microsoft Windows,Microsoft Sysmon,Process Create,1,"), "{row}");
    }
}

/// Every field that a shipped stanza gives is found without an error.
#[test]
fn each_shipped_field_can_be_asked_for() {
    let props = std::fs::read_to_string(root().join("knowledge/default/props.conf")).unwrap();
    let mut names = Vec::new();
    for line in props.lines() {
        let Some((key, value)) = line.split_once('=') else { continue };
        match key.trim().split_once('-') {
            Some(("EVAL", name)) => names.push(name.to_owned()),
            Some(("EXTRACT", _)) => {
                names.extend(
                    value.split("(?<").skip(1).filter_map(|rest| Some(rest.split_once('>')?.0.to_owned())),
                );
            }
            Some(("FIELDALIAS", _)) => {
                let words: Vec<&str> = value.split_whitespace().collect();
                names.extend(words.chunks(3).filter_map(|three| Some((*three.get(2)?).to_owned())));
            }
            _ => {}
        }
    }
    assert!(names.len() > 200, "{}", names.len());
    let engine = Engine::new(Settings::default(), Knowledge::shipped());
    let row = serde_json::json!({"source": "XmlWinEventLog:Security", "sourcetype": "XmlWinEventLog"});
    let given = Given::from_json(&[row.as_object().unwrap().clone()]).unwrap();
    let query = format!("search * | table \"{}\"", names.join("\" \""));
    engine.run_on(&query, &given).unwrap_or_else(|error| panic!("{error}"));
    engine.run_on("search * | table tag eventtype tag::eventtype", &given).unwrap();
}

/// What the datasets of the Common Information Model are made of.
#[test]
fn data_models_hold_the_events_of_their_tags() {
    let cases = [
        ("Endpoint.Processes", "EventCode IN (1, 5, 6, 8, 9, 10, 15, 17, 18, 25)"),
        ("Endpoint.Filesystem", "EventCode IN (2, 11, 15, 23, 26, 27, 28, 29)"),
        ("Endpoint.Registry", "EventCode IN (12, 13, 14)"),
        ("Network_Traffic.All_Traffic", "EventCode=3"),
        ("Network_Resolution.DNS", "EventCode=22"),
    ];
    for (dataset, search) in cases {
        let (found, passed_over) =
            run(&format!("| tstats count from datamodel={dataset}"), Knowledge::shipped(), true);
        let (wanted, _) = run(&format!("search {search} | stats count"), Knowledge::default(), true);
        assert_eq!(found, wanted, "{dataset}");
        assert_ne!(found, ["0"], "{dataset}");
        assert!(passed_over > 100, "{dataset} passes over {passed_over}");
    }
    let query = "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=curl.exe \
                 by Processes.process_name Processes.parent_process_name Processes.action";
    let (rows, _) = run(query, Knowledge::shipped(), true);
    assert!(!rows.is_empty() && rows.iter().all(|row| row.starts_with("curl.exe,")), "{rows:?}");
}

/// A query that names no field of an app runs as if there were none.
#[test]
fn the_package_runs_as_without_knowledge() {
    let query = std::fs::read_to_string(root().join("packages/T1048.003/seed.spl")).unwrap();
    assert_eq!(run(&query, Knowledge::shipped(), true), run(&query, Knowledge::default(), true));
}

#[test]
fn an_app_wins_over_the_program_and_local_over_default() {
    let app = tempfile::tempdir().unwrap();
    let write = |layer: &str, file: &str, text: &str| {
        std::fs::create_dir_all(app.path().join(layer)).unwrap();
        std::fs::write(app.path().join(layer).join(file), text).unwrap();
    };
    let stanza = "[source::(XmlWinEventLog:Microsoft-Windows-Sysmon|Syslog:Linux-Sysmon)/Operational]\n";
    write(
        "default",
        "props.conf",
        &format!("{stanza}EVAL-vendor_product = \"default\"\nEVAL-mine = \"default\"\n"),
    );
    write("local", "props.conf", &format!("{stanza}EVAL-mine = \"local\"\n"));
    write("default", "eventtypes.conf", "[mine]\nsearch = EventCode=1 mine=local\n");
    write("default", "tags.conf", "[eventtype=mine]\nprocess = disabled\nown = enabled\n");
    let (knowledge, problems) = Knowledge::load(&[app.path().to_owned()]);
    assert_eq!(problems, [""; 0]);
    let query = "search tag=own source=XmlWinEventLog:* | stats count by vendor_product mine action";
    let (rows, _) = run(query, knowledge, true);
    assert_eq!(rows.len(), 1);
    assert!(rows[0].starts_with("default,local,allowed,"), "{rows:?}");
}
