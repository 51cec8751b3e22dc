//! Queries wherever they are kept: `.spl`, detections, `savedsearches.conf`, Splunk apps, JSON lines.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::Error;
use crate::package;
use crate::place::Place;

/// A query and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Its name: a detection's, a stanza's, or the file's stem.
    pub name: String,
    /// The file that holds it.
    pub file: String,
    /// Its text.
    pub search: String,
}

/// The queries under a path, in walk order. Also notes the Splunk apps that it meets.
///
/// # Errors
/// When a file cannot be read, or one that was named holds no query.
pub fn queries(path: &Path, apps: &mut Vec<PathBuf>) -> Result<Vec<Query>, Error> {
    if path.is_dir() {
        let mut queries = Vec::new();
        walk(path, apps, &mut queries)?;
        return Ok(queries);
    }
    let queries = of_file(path)?;
    if queries.is_empty() {
        let message = "no query: expected `.spl`, YAML or JSON lines with `search`, or `savedsearches.conf`";
        return Err(Error::Malformed { file: shown(path), message: message.to_owned() });
    }
    Ok(queries)
}

fn walk(folder: &Path, apps: &mut Vec<PathBuf>, queries: &mut Vec<Query>) -> Result<(), Error> {
    let read = |error| Error::Read { file: shown(folder), error };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let entry = entry.map_err(read)?;
        // A link out of the folder, or in a circle, is not followed.
        if !entry.file_type().map_err(read)?.is_symlink() {
            entries.push(entry.path());
        }
    }
    entries.sort();
    if folder.join("default").is_dir() && is_app(folder) {
        apps.push(folder.to_owned());
    }
    for path in entries {
        if path.is_dir() {
            walk(&path, apps, queries)?;
        } else if is_content(&path) {
            queries.extend(of_file(&path)?);
        }
    }
    Ok(())
}

fn is_app(folder: &Path) -> bool {
    ["app.conf", "macros.conf", "savedsearches.conf", "transforms.conf", "props.conf"]
        .iter()
        .any(|name| folder.join("default").join(name).is_file())
}

fn is_content(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    matches!(ending, "spl" | "yml" | "yaml" | "jsonl" | "ndjson") || is_saved_searches(path)
}

fn is_saved_searches(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "savedsearches.conf")
}

fn of_file(path: &Path) -> Result<Vec<Query>, Error> {
    let bytes = std::fs::read(path).map_err(|error| Error::Read { file: shown(path), error })?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending {
        "spl" => Ok(vec![query(path, stem(path), text.trim().to_owned())]),
        "yml" | "yaml" => of_yaml(path),
        "conf" => Ok(of_conf(path, text)),
        _ => Ok(of_json_lines(path, text)),
    }
}

fn of_yaml(path: &Path) -> Result<Vec<Query>, Error> {
    let place = Place::Disk(path.parent().unwrap_or(Path::new("")).to_owned());
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match package::read_file(&place, &name, "") {
        Ok(found) => Ok(found.into_iter().map(|found| query(path, found.name, found.search)).collect()),
        // YAML of another kind (tests, stories, settings): not a detection.
        Err(Error::Malformed { .. }) => Ok(Vec::new()),
        Err(other) => Err(other),
    }
}

fn of_conf(path: &Path, text: &str) -> Vec<Query> {
    let mut queries = Vec::new();
    let mut stanza = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut stanza);
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        if trimmed.starts_with('#') {
            continue;
        }
        let mut value = value.trim().to_owned();
        // A value goes on in the next line after a backslash.
        while value.ends_with('\\') {
            value.pop();
            value.push('\n');
            value.push_str(lines.next().unwrap_or_default().trim_end());
        }
        if key.trim() == "search" && !value.trim().is_empty() {
            queries.push(query(path, stanza.clone(), value));
        }
    }
    queries
}

fn of_json_lines(path: &Path, text: &str) -> Vec<Query> {
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let text_of = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    lines
        .filter_map(|value| {
            let name = text_of(&value, "name").unwrap_or_else(|| stem(path));
            Some(query(path, name, text_of(&value, "search")?))
        })
        .collect()
}

fn query(path: &Path, name: String, search: String) -> Query {
    Query { name, file: shown(path), search }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_search_goes_on_after_a_backslash() {
        let conf =
            "[A b]\ndisabled = 0\nsearch = index=main \\\n| stats count\n# search = x\n[c]\nsearch=*\n";
        let queries = of_conf(Path::new("savedsearches.conf"), conf);
        assert_eq!(queries[0].search, "index=main \n| stats count");
        assert_eq!((queries[0].name.as_str(), queries[1].name.as_str()), ("A b", "c"));
    }

    #[test]
    fn json_lines_without_a_search_are_passed_over() {
        let text = "{\"name\":\"a\",\"search\":\"*\"}\n{\"name\":\"b\"}\nnot json\n";
        assert_eq!(of_json_lines(Path::new("x.jsonl"), text).len(), 1);
    }

    #[test]
    fn the_package_folder_holds_two_queries() {
        let queries = queries(Path::new("../../packages/T1048.003"), &mut Vec::new()).unwrap();
        assert_eq!(queries.len(), 2);
    }
}
