//! Detections over the logs of all scenarios at once: which finding belongs to which scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sluice_detect::knowledge::Engines;
use sluice_detect::scan::{self, Findings};
use sluice_detect::{Detection, Tier};
use sluice_engine::lookup::Written;
use sluice_engine::{Row, Settings};
use sluice_events::inputs;
use sluice_samples::scenario::{Scenario, Telemetry};

/// What a detection says of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) rank: Rank,
    pub(crate) detection: String,
    pub(crate) channels: BTreeSet<String>,
}

/// The tier of a finding, the strongest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Hunt,
    Risk,
    Alert,
}

impl Rank {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hunt => "hunt",
            Self::Risk => "risk",
            Self::Alert => "alert",
        }
    }
}

/// The findings of each scenario, in the order of the scenarios.
pub(crate) struct Measured(pub(crate) Vec<BTreeSet<Finding>>);

impl Measured {
    /// The strongest tier of a scenario's findings.
    pub(crate) fn rank(&self, at: usize) -> Option<Rank> {
        self.0[at].iter().map(|finding| finding.rank).max()
    }

    /// Whether an alert or a risk finding names a channel that the scenario uses.
    pub(crate) fn is_right(&self, at: usize, scenario: &Scenario) -> bool {
        let names = |finding: &Finding| scenario.channels.iter().any(|name| finding.channels.contains(name));
        self.0[at].iter().any(|finding| finding.rank >= Rank::Risk && names(finding))
    }
}

/// Fields that say whose finding it is, the most telling first. Each scenario has a machine and an address of its own.
const WHOSE: [&str; 9] =
    ["host", "src", "src_ip", "src_host", "Computer", "id.orig_h", "dvc", "dest", "dest_ip"];

/// Renders the scenarios as this telemetry logs them, and runs the detections.
pub(crate) fn measure(scenarios: &[Scenario], telemetry: Telemetry, detections: &[Detection]) -> Measured {
    let folder = tempfile::tempdir().expect("a folder can be made");
    write(scenarios, telemetry, folder.path());
    let settings = Settings { provenance: true, threads: 1, ..Settings::default() };
    let found = inputs::discover(&[folder.path().display().to_string()], &settings.input);
    let unread = found.inputs.iter().find(|input| input.format.opener().is_none());
    assert!(unread.is_none(), "nothing reads {unread:?}");
    let mut engines = Engines::new(settings, &[], Written::Nowhere);
    let owners = owners(scenarios);
    let mut measured = Measured(vec![BTreeSet::new(); scenarios.len()]);
    for detection in detections {
        engines.load(&detection.home).expect("the package's knowledge can be read");
    }
    let scanned = scan::run(&engines, detections, &found, &|_| {}).expect("the knowledge was loaded");
    for tally in scanned.tallies {
        assert_eq!(tally.losses().1, 0, "{:?}", tally.losses().0);
    }
    for (detection, findings) in detections.iter().zip(scanned.findings) {
        let findings = findings.unwrap_or_else(|error| panic!("{}: {error}", detection.stem));
        count(&findings, &owners, &mut measured);
    }
    measured
}

/// One file of each kind for all scenarios: opening hundreds of files takes longer than reading them.
fn write(scenarios: &[Scenario], telemetry: Telemetry, folder: &Path) {
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for (at, scenario) in scenarios.iter().enumerate() {
        for (name, content) in scenario.logs(at, telemetry) {
            files.entry(name).or_default().push_str(&content);
        }
    }
    for (name, content) in files {
        std::fs::write(folder.join(name), content).expect("the logs can be written");
    }
}

fn count(findings: &Findings<'_>, owners: &BTreeMap<String, usize>, measured: &mut Measured) {
    let detection = findings.detection;
    let rank = match detection.tier {
        Tier::Alert => Rank::Alert,
        Tier::Risk => Rank::Risk,
        Tier::Hunt | Tier::Query => Rank::Hunt,
    };
    for row in findings.rows.iter() {
        let row = row.expect("rows in memory are read");
        let of = owners_of(&row, owners);
        assert!(!of.is_empty(), "{}: a finding that is nobody's: it has none of {WHOSE:?}", detection.stem);
        let channels: BTreeSet<String> = texts(&row, "channel").into_iter().collect();
        for at in of {
            let finding = Finding { rank, detection: detection.stem.clone(), channels: channels.clone() };
            measured.0[at].insert(finding);
        }
    }
}

/// Each scenario by its machine and its address.
fn owners(scenarios: &[Scenario]) -> BTreeMap<String, usize> {
    let names =
        |at: usize, one: &Scenario| [one.host(at).to_ascii_lowercase(), one.ip(at)].map(|name| (name, at));
    scenarios.iter().enumerate().flat_map(|(at, one)| names(at, one)).collect()
}

fn owners_of(row: &Row<'_>, owners: &BTreeMap<String, usize>) -> BTreeSet<usize> {
    let named = |name: &&str| {
        let texts = texts(row, name);
        texts.iter().filter_map(|text| owners.get(&text.to_ascii_lowercase())).copied().collect()
    };
    WHOSE.iter().map(named).find(|found: &BTreeSet<usize>| !found.is_empty()).unwrap_or_default()
}

fn texts(row: &Row<'_>, name: &str) -> Vec<String> {
    row.get(name).map(|cell| cell.texts().iter().map(ToString::to_string).collect()).unwrap_or_default()
}
