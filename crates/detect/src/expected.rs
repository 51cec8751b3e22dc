//! What a detection must find, and what is known to go wrong: the tests of a package as written.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_norway::Value;

use crate::error::Error;

/// Logs that hold the same events, and the findings that each of them must give.
#[derive(Debug, Clone)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// What was done, where several tests are of the same; else its name says it.
    pub variant: Option<String>,
    /// The logs, relative to the folder that the test is written in.
    pub logs: Vec<String>,
    /// Findings that must be there, and no others; `None`: at least one, as contentctl's tests mean it.
    pub found: Option<Vec<Fields>>,
    /// What is known to go wrong.
    pub gaps: Vec<Gap>,
    /// The file that the test is written in.
    pub file: String,
}

/// Fields that a finding has, among others.
pub type Fields = BTreeMap<String, String>;

/// Something that is known to go wrong, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What.
    pub kind: GapKind,
    /// Why.
    pub reason: String,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GapKind {
    /// A finding that should be there and is not.
    Missed(Fields),
    /// A finding that is there and should not be.
    Fires(Fields),
    /// A log that nothing reads.
    Unread(String),
}

#[derive(Debug, Deserialize)]
struct WrittenTest {
    #[serde(default)]
    name: String,
    variant: Option<String>,
    #[serde(default)]
    attack_data: Vec<WrittenLog>,
    found: Option<Vec<BTreeMap<String, Value>>>,
    #[serde(default)]
    gaps: Vec<WrittenGap>,
}

#[derive(Debug, Deserialize)]
struct WrittenLog {
    data: String,
}

#[derive(Debug, Deserialize)]
struct WrittenGap {
    missed: Option<BTreeMap<String, Value>>,
    fires: Option<BTreeMap<String, Value>>,
    unread: Option<String>,
    reason: String,
}

/// Tests from a file of their own.
pub(crate) fn from_yaml(bytes: &[u8], file: &str) -> Result<Vec<Test>, Error> {
    let value = serde_norway::from_slice(bytes).map_err(|error| malformed(file, &error))?;
    from_value(&value, file)
}

/// Tests from the `tests` of a detection.
pub(crate) fn from_value(value: &Value, file: &str) -> Result<Vec<Test>, Error> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let written: Vec<WrittenTest> =
        serde_norway::from_value(value.clone()).map_err(|error| malformed(file, &error))?;
    written.into_iter().map(|test| understand(test, file)).collect()
}

fn understand(written: WrittenTest, file: &str) -> Result<Test, Error> {
    let gaps = written.gaps.into_iter().map(|gap| gap_of(gap, file)).collect::<Result<_, _>>()?;
    Ok(Test {
        name: written.name,
        variant: written.variant,
        logs: written.attack_data.into_iter().map(|log| log.data).collect(),
        found: written.found.map(|found| found.into_iter().map(fields).collect()),
        gaps,
        file: file.to_owned(),
    })
}

fn gap_of(written: WrittenGap, file: &str) -> Result<Gap, Error> {
    let kind = match (written.missed, written.fires, written.unread) {
        (Some(missed), None, None) => GapKind::Missed(fields(missed)),
        (None, Some(fires), None) => GapKind::Fires(fields(fires)),
        (None, None, Some(log)) => GapKind::Unread(log),
        _ => return Err(malformed(file, &"a gap holds one of `missed`, `fires`, `unread`")),
    };
    Ok(Gap { kind, reason: written.reason })
}

fn fields(written: BTreeMap<String, Value>) -> Fields {
    written.into_iter().map(|(name, value)| (name, text(&value))).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

fn malformed(file: &str, message: &dyn std::fmt::Display) -> Error {
    Error::Malformed { file: file.to_owned(), message: message.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_of_two_kinds_is_an_error() {
        let text = b"- name: a\n  gaps:\n  - {missed: {a: 1}, unread: x, reason: r}";
        assert!(from_yaml(text, "t.yml").unwrap_err().to_string().contains("one of `missed`"));
    }

    #[test]
    fn numbers_are_compared_as_text() {
        let tests = from_yaml(b"- found: [{_record: 7, Image: a}]", "t.yml").unwrap();
        let found = tests[0].found.as_ref().unwrap();
        assert_eq!(found[0].get("_record").map(String::as_str), Some("7"));
    }
}
