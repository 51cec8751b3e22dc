//! What detections cover, measured by their tests: detection × variant × telemetry → verdict.
//!
//! A test says what was done (its variant) and has the logs of it; what its logs hold says which telemetry it is about.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};
use sluice_engine::Engine;
use sluice_events::inputs::{self, Options};

use crate::error::Error;
use crate::expected::{GapKind, Test};
use crate::package::{Detection, Tier};
use crate::telemetry;
use crate::test::{self, Outcome, Status};

/// What a detection does about a variant in a telemetry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The detection's file stem.
    pub detection: String,
    /// `alert`, `risk`, `hunt` or `query`.
    pub tier: &'static str,
    /// ATT&CK techniques of the detection.
    pub techniques: Vec<String>,
    /// What was done.
    pub variant: String,
    /// The kinds of telemetry in the logs.
    pub telemetry: BTreeSet<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Findings, over all logs.
    pub found: usize,
    /// Why there is a gap, or what failed.
    pub reasons: Vec<String>,
}

/// What a detection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It finds what it should.
    Fires,
    /// It finds nothing, as it should.
    Silent,
    /// It finds nothing and should, which is known.
    Gap,
    /// It finds something and should not, which is known.
    Noise,
    /// Its test fails: what is expected is not so.
    Failed,
    /// Its logs are not here.
    Skipped,
}

impl Verdict {
    /// All, the best first.
    pub const ALL: [Verdict; 6] =
        [Self::Fires, Self::Silent, Self::Gap, Self::Noise, Self::Failed, Self::Skipped];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fires => "fires",
            Self::Silent => "silent",
            Self::Gap => "gap",
            Self::Noise => "noise",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    fn of(test: &Test, outcome: &Outcome) -> Self {
        let has = |kinds: fn(&GapKind) -> bool| test.gaps.iter().any(|gap| kinds(&gap.kind));
        match outcome.status {
            Status::Failed => Self::Failed,
            Status::Skipped => Self::Skipped,
            Status::Gap => Self::Gap,
            // A test without `found` passes when there is a finding.
            Status::Passed if outcome.found > 0 || test.found.is_none() => Self::Fires,
            Status::Passed if has(|kind| !matches!(kind, GapKind::Fires(_))) => Self::Gap,
            Status::Passed if has(|kind| matches!(kind, GapKind::Fires(_))) => Self::Noise,
            Status::Passed => Self::Silent,
        }
    }
}

/// Runs the tests of a detection. The engine's settings ask for provenance.
///
/// # Errors
/// When a log cannot be unpacked or read.
pub fn measure(engine: &Engine, detection: &Detection, options: &Options) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    for test in &detection.tests {
        let outcome = test::run(engine, detection, test, options)?;
        let verdict = Verdict::of(test, &outcome);
        entries.push(Entry {
            detection: detection.stem.clone(),
            tier: tier(detection.tier),
            techniques: detection.techniques.clone(),
            variant: test.variant.clone().unwrap_or_else(|| test.name.clone()),
            telemetry: telemetry_of(engine, detection, test, options)?,
            verdict,
            found: outcome.found,
            reasons: if verdict == Verdict::Failed { outcome.failures } else { outcome.gaps },
        });
    }
    Ok(entries)
}

fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Alert => "alert",
        Tier::Risk => "risk",
        Tier::Hunt => "hunt",
        Tier::Query => "query",
    }
}

fn telemetry_of(
    engine: &Engine,
    detection: &Detection,
    test: &Test,
    options: &Options,
) -> Result<BTreeSet<String>, Error> {
    let mut kinds = BTreeSet::new();
    for log in test.logs.iter().filter(|log| !log.contains("://")) {
        let Some(file) = detection.logs.on_disk(log)? else { continue };
        let found = inputs::discover(&[file.path.display().to_string()], options);
        let own = telemetry::of(engine, &found).map_err(|error| Error::Malformed {
            file: detection.logs.shown(log),
            message: error.to_string(),
        })?;
        kinds.extend(own);
    }
    Ok(kinds)
}

/// A layer for the ATT&CK Navigator: each technique's score is the share of its variants that some detection finds in
/// some telemetry.
/// Format: <https://github.com/mitre-attack/attack-navigator/blob/master/layers/LAYERFORMATv4_5.md>.
pub fn layer(entries: &[Entry]) -> Value {
    let mut techniques: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        for technique in &entry.techniques {
            techniques.entry(technique).or_default().push(entry);
        }
    }
    let scored: Vec<Value> = techniques.iter().filter_map(|(id, entries)| score(id, entries)).collect();
    json!({
        "name": "Sluice: measured coverage",
        "versions": {"layer": "4.5", "attack": "18", "navigator": "5.2.0"},
        "domain": "enterprise-attack",
        "description": "Variants of each technique that a detection finds in its package's fixtures, in percent",
        "techniques": scored,
        "gradient": {"colors": ["#ff6666", "#ffe766", "#8ec843"], "minValue": 0, "maxValue": 100},
    })
}

/// A technique with its score; `None` where no variant should be found.
fn score(id: &str, entries: &[&Entry]) -> Option<Value> {
    let variants = |verdicts: &[Verdict]| -> BTreeSet<&str> {
        let chosen = entries.iter().filter(|entry| verdicts.contains(&entry.verdict));
        chosen.map(|entry| entry.variant.as_str()).collect()
    };
    let (found, all) =
        (variants(&[Verdict::Fires]), variants(&[Verdict::Fires, Verdict::Gap, Verdict::Failed]));
    if all.is_empty() {
        return None;
    }
    let firing = || entries.iter().filter(|entry| entry.verdict == Verdict::Fires);
    let detections: BTreeSet<&str> = firing().map(|entry| entry.detection.as_str()).collect();
    let telemetry: BTreeSet<&str> = firing().flat_map(|entry| &entry.telemetry).map(String::as_str).collect();
    let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
    Some(json!({
        "techniqueID": id,
        "score": found.len() * 100 / all.len(),
        "comment": format!("{} of {} variants are found", found.len(), all.len()),
        "enabled": true,
        "metadata": [
            {"name": "detections", "value": list(detections)},
            {"name": "telemetry", "value": list(telemetry)},
        ],
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(variant: &str, verdict: Verdict) -> Entry {
        Entry {
            detection: "d".to_owned(),
            tier: "alert",
            techniques: vec!["T1048.003".to_owned()],
            variant: variant.to_owned(),
            telemetry: BTreeSet::from(["Sysmon".to_owned()]),
            verdict,
            found: 0,
            reasons: Vec::new(),
        }
    }

    #[test]
    fn a_variant_that_one_telemetry_shows_is_found() {
        let entries = [
            entry("ftp", Verdict::Fires),
            entry("ftp", Verdict::Gap),
            entry("dns", Verdict::Gap),
            entry("look-alike", Verdict::Silent),
            entry("other look-alike", Verdict::Noise),
        ];
        let technique = &layer(&entries)["techniques"][0];
        assert_eq!((&technique["techniqueID"], &technique["score"]), (&json!("T1048.003"), &json!(50)));
        assert_eq!(technique["comment"], "1 of 2 variants are found");
    }

    #[test]
    fn a_technique_of_look_alikes_alone_has_no_score() {
        assert_eq!(layer(&[entry("a", Verdict::Silent)])["techniques"], json!([]));
    }
}
