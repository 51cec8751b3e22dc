//! What a detection is: a search, and what its rows mean. Read from contentctl-style YAML or a bare `.spl`.

use serde::Deserialize;
use serde_norway::Value;

use crate::error::Error;
use crate::expected::{self, Test};
use crate::place::Place;

/// One detection.
#[derive(Debug, Clone)]
pub struct Detection {
    /// Its file's name without ending.
    pub stem: String,
    /// Its file as shown.
    pub file: String,
    /// The folder that holds it: a package if it is named after a technique.
    pub package: String,
    /// Its name; the stem if it has none.
    pub name: String,
    /// Its id, empty if it has none.
    pub id: String,
    /// Whether a finding is an alert, adds risk, or is for a hunter to look at.
    pub tier: Tier,
    /// How bad a finding is.
    pub severity: Severity,
    /// ATT&CK techniques.
    pub techniques: Vec<String>,
    /// The query.
    pub search: String,
    /// What it must find in which logs.
    pub tests: Vec<Test>,
    /// Where the tests' logs are.
    pub logs: Place,
    /// The folder itself, whose macros and lookups the query uses.
    pub home: Place,
}

/// What a finding is for, from contentctl's `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// `TTP`, `Correlation`: someone looks at each finding.
    Alert,
    /// `Anomaly`: findings add up by host or user.
    Risk,
    /// `Hunting`: a list to look through; `scan` runs it only when named.
    Hunt,
    /// A bare query; `scan` runs it only when named itself.
    Query,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// `info`, `informational`
    Info,
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
    /// `critical`
    Critical,
}

impl Severity {
    /// All, mildest first.
    pub const ALL: [Severity; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The severity of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "info" | "informational" => Some(Self::Info),
            "low" => Some(Self::Low),
            "medium" => Some(Self::Medium),
            "high" => Some(Self::High),
            "critical" => Some(Self::Critical),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The keys of a detection's YAML that mean something here; all others are left alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    name: String,
    id: String,
    r#type: String,
    search: Option<String>,
    severity: Option<String>,
    /// A map in detections; a list in Sigma rules, which are none.
    tags: Value,
    tests: Value,
}

/// The detections of a folder: `.yml` files with a search, and bare `.spl` queries.
pub(crate) fn read_folder(place: &Place, package: &str) -> Result<Vec<Detection>, Error> {
    let mut detections = Vec::new();
    for name in files(place)? {
        detections.extend(read_file(place, &name, package)?);
    }
    Ok(detections)
}

/// The files of a folder that may hold a detection.
pub(crate) fn files(place: &Place) -> Result<Vec<String>, Error> {
    let mut names = place.names()?;
    names.retain(|name| is_yaml(name) || name.ends_with(".spl"));
    Ok(names)
}

/// A file's name without its ending.
pub(crate) fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The detection in a file; `None` if it is YAML without a `search`.
pub(crate) fn read_file(place: &Place, name: &str, package: &str) -> Result<Option<Detection>, Error> {
    let file = place.shown(name);
    let Some(bytes) = place.read(name)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes);
    let written = if is_yaml(name) {
        parse(&text, &file)?
    } else {
        Written { search: Some(text.trim().to_owned()), ..Written::default() }
    };
    let stem = stem(name);
    let Some(search) = written.search.clone() else { return Ok(None) };
    let mut logs = place.clone();
    let mut tests = expected::from_value(&written.tests, &file)?;
    let beside = place.join("tests");
    if let Some(bytes) = beside.read(&format!("{stem}.yml"))? {
        tests.extend(expected::from_yaml(&bytes, &beside.shown(&format!("{stem}.yml")))?);
        logs = beside;
    }
    Ok(Some(Detection {
        stem: stem.to_owned(),
        package: package.to_owned(),
        name: if written.name.is_empty() { stem.to_owned() } else { written.name },
        id: written.id,
        tier: if is_yaml(name) { tier(&written.r#type) } else { Tier::Query },
        severity: written.severity.as_deref().and_then(Severity::named).unwrap_or(Severity::Medium),
        techniques: written.tags.get("mitre_attack_id").map(techniques).unwrap_or_default(),
        search,
        tests,
        logs,
        home: place.clone(),
        file,
    }))
}

fn is_yaml(name: &str) -> bool {
    name.ends_with(".yml") || name.ends_with(".yaml")
}

fn parse(text: &str, file: &str) -> Result<Written, Error> {
    serde_norway::from_str(text)
        .map_err(|error| Error::Malformed { file: file.to_owned(), message: error.to_string() })
}

fn tier(kind: &str) -> Tier {
    match kind.to_ascii_lowercase().as_str() {
        "hunting" => Tier::Hunt,
        "anomaly" => Tier::Risk,
        _ => Tier::Alert,
    }
}

fn techniques(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Sequence(several) => several.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Vec<Detection> {
        read_folder(&Place::Shipped("T1048.003/".to_owned()), "T1048.003").unwrap()
    }

    #[test]
    fn a_detection_says_what_its_findings_are_for() {
        let detections = shipped();
        let found = detections.iter().find(|found| found.stem == "exfil_over_cleartext").unwrap();
        assert_eq!((found.tier, found.severity), (Tier::Hunt, Severity::High));
        assert_eq!(found.techniques, ["T1048.003"]);
        assert!(found.tests.len() > 10);
    }

    #[test]
    fn the_meant_reading_differs_from_the_seed_in_its_head_only() {
        let detections = shipped();
        let body = |stem: &str| {
            let found = detections.iter().find(|found| found.stem == stem).unwrap();
            found.search.split_once('\n').unwrap().1.trim_end().to_owned()
        };
        assert_eq!(body("seed"), body("exfil_over_cleartext"));
    }

    #[test]
    fn sigma_rules_are_no_detections() {
        assert!(shipped().iter().all(|found| found.stem != "sigma"));
    }

    #[test]
    fn keys_that_nobody_knows_are_left_alone() {
        let written = parse("name: a\nsearch: '*'\nrba: {x: 1}\nversion: 3", "a.yml").unwrap();
        assert_eq!(written.search.as_deref(), Some("*"));
    }
}
