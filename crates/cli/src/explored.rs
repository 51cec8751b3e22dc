//! What each input holds: its events by index, sourcetype, source and host, and their time range.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use sluice_engine::{Engine, Error, Row};
use sluice_events::inputs::Inputs;
use sluice_events::tally::Tally;

/// The query that says so. A field without value is shown as such, so that no event drops out of `stats … by`.
const QUERY: &str = "* | fillnull value=\"-\" index, sourcetype, source, host \
    | stats count, min(_time) AS first, max(_time) AS last BY _file, index, sourcetype, source, host";

/// Events of an input that are called the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Names {
    pub(crate) index: String,
    pub(crate) sourcetype: String,
    pub(crate) source: String,
    pub(crate) host: String,
    pub(crate) events: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) earliest: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latest: Option<f64>,
}

/// Reads all inputs once; what each holds, by its name.
pub(crate) fn explore(
    engine: &Engine,
    inputs: &Inputs,
    tally: &Arc<Tally>,
) -> Result<BTreeMap<String, Vec<Names>>, Error> {
    let answer = engine.run(QUERY, inputs, tally)?;
    let mut found: BTreeMap<String, Vec<Names>> = BTreeMap::new();
    for row in answer.rows.iter() {
        let row = row?;
        let text = |name: &str| text(&row, name);
        let names = Names {
            index: text("index"),
            sourcetype: text("sourcetype"),
            source: text("source"),
            host: text("host"),
            events: row.get("count").and_then(|cell| cell.number()).unwrap_or(0.0) as u64,
            earliest: row.get("first").and_then(|cell| cell.number()),
            latest: row.get("last").and_then(|cell| cell.number()),
        };
        found.entry(text("_file")).or_default().push(names);
    }
    Ok(found)
}

fn text(row: &Row<'_>, name: &str) -> String {
    row.get(name).and_then(|cell| cell.text().map(|text| text.into_owned())).unwrap_or_default()
}
