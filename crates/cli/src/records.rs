//! Objects as JSON lines and CSV, for the commands whose results are no rows of a query.

use std::io::{self, Write};

use serde_json::{Map, Value};
use sluice_detect::output::jsonl;

/// One object a line.
pub(crate) fn jsonl(out: &mut dyn Write, objects: &[Map<String, Value>]) -> io::Result<()> {
    for object in objects {
        writeln!(out, "{}", jsonl::visible_json(serde_json::to_string(object)?))?;
    }
    Ok(())
}

/// A header and a line an object; what is nested is JSON text.
pub(crate) fn csv(out: &mut dyn Write, objects: &[Map<String, Value>]) -> io::Result<()> {
    let mut header: Vec<&str> = Vec::new();
    for name in objects.iter().flat_map(Map::keys) {
        if !header.contains(&name.as_str()) {
            header.push(name);
        }
    }
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let lines =
        objects.iter().map(|object| header.iter().map(|name| text(object.get(*name))).collect::<Vec<_>>());
    let names = header.iter().map(|&name| name.to_owned()).collect();
    for line in std::iter::once(names).chain(lines).filter(|line: &Vec<String>| !line.is_empty()) {
        sluice_detect::output::csv::line(out, line.iter().map(String::as_str))?;
    }
    Ok(())
}

/// A value of ours as an object.
pub(crate) fn object(value: impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}
