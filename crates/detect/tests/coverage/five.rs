//! The five tests of `atomics.yaml`, by telemetry: what finds each, how, with which score. Taken from the package's tests over
//! `tests/five`, which `sluice test` holds it to; so nothing runs here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use sluice_detect::expected::Fields;
use sluice_detect::{Detection, Tier};

/// The logs, one for each test and telemetry: `five/1_sysmon_3.log`.
const FOLDER: &str = "five/";

/// How the names of logs go on, and the telemetry that this stands for.
const TELEMETRIES: [(&str, &str); 11] = [
    ("sysmon_1", "Sysmon 1"),
    ("sysmon_3", "Sysmon 3"),
    ("sysmon_22", "Sysmon 22"),
    ("security_4688", "Security 4688"),
    ("powershell_4104", "PowerShell 4104"),
    ("sysmon_linux_1", "Sysmon for Linux 1"),
    ("sysmon_linux_3", "Sysmon for Linux 3"),
    ("auditd_execve", "auditd EXECVE"),
    ("auditd_connect", "auditd connect"),
    ("zeek", "Zeek"),
    ("suricata", "Suricata"),
];

/// A test's number and a telemetry.
type Cell = (char, &'static str);

/// What says most about a cell: an alert before risk, then the higher score.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Best<'a> {
    is_alert: bool,
    score: u32,
    detection: &'a str,
    method: &'a str,
}

/// The table; every log must be found by an alert or a risk detection that says how and with which score.
pub(crate) fn table(detections: &[Detection]) -> String {
    let best = best(detections);
    let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packages/T1048.003/tests").join(FOLDER);
    for log in std::fs::read_dir(logs).expect("the logs are there") {
        let log = log.expect("the folder can be read").file_name();
        let cell = cell(&log.to_string_lossy()).unwrap_or_else(|| panic!("a log of no telemetry: {log:?}"));
        assert!(best.contains_key(&cell), "nothing finds {log:?}");
    }
    let mut text = String::from("| telemetry | 1 | 2 | 3 | 4 | 5 |\n|");
    text.push_str(&" --- |".repeat(6));
    text.push('\n');
    for (_, telemetry) in TELEMETRIES {
        let cells: Vec<String> = ('1'..='5').map(|test| shown(best.get(&(test, telemetry)))).collect();
        let _ = writeln!(text, "| {telemetry} | {} |", cells.join(" | "));
    }
    text
}

fn shown(best: Option<&Best<'_>>) -> String {
    best.map_or_else(
        || "–".to_owned(),
        |Best { detection, method, score, .. }| format!("`{detection}` {method} {score}"),
    )
}

fn best(detections: &[Detection]) -> BTreeMap<Cell, Best<'_>> {
    let mut best: BTreeMap<Cell, Best<'_>> = BTreeMap::new();
    let tiers = detections.iter().filter(|one| matches!(one.tier, Tier::Alert | Tier::Risk));
    for (detection, test) in tiers.flat_map(|one| one.tests.iter().map(move |test| (one, test))) {
        for cell in test.logs.iter().filter_map(|log| cell(log.strip_prefix(FOLDER)?)) {
            let found = test.found.iter().flatten().filter_map(|found| said(detection, found)).max();
            let so_far = best.remove(&cell);
            best.extend(found.max(so_far).map(|one| (cell, one)));
        }
    }
    best
}

fn said<'a>(detection: &'a Detection, found: &'a Fields) -> Option<Best<'a>> {
    Some(Best {
        is_alert: detection.tier == Tier::Alert,
        score: found.get("risk_score")?.parse().ok()?,
        detection: &detection.stem,
        method: found.get("method")?,
    })
}

fn cell(log: &str) -> Option<Cell> {
    let (test, rest) = log.split_once('_')?;
    let (key, _) = rest.split_once('.')?;
    let key = if key.starts_with("zeek_") { "zeek" } else { key };
    let (_, telemetry) = TELEMETRIES.iter().find(|(name, _)| *name == key)?;
    Some((test.parse().ok()?, telemetry))
}
