//! Queries wherever they are kept: `.spl`, detections, `savedsearches.conf`, Splunk apps, JSON lines.

mod origin;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::error::Error;
use crate::place::Place;

use origin::{Origin, Style};

/// A query and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Its name: a detection's, a stanza's, or the file's stem.
    pub name: String,
    /// The file that holds it.
    pub file: String,
    /// Its text.
    pub search: String,
    /// The folder whose macros and lookups it uses.
    pub home: Place,
    /// Where in the file each part of the text stands.
    origin: Option<Origin>,
}

impl Query {
    /// A query of a file, of which nobody knows where in it.
    pub fn new(name: String, file: String, search: String, home: Place) -> Self {
        Self { name, file, search, home, origin: None }
    }

    /// Line and column in the file, from 1, of a byte of the text.
    pub fn place(&self, at: usize) -> Option<(usize, usize)> {
        self.origin.as_ref().map(|origin| origin.place(&self.search, at))
    }
}

/// What was found under paths.
#[derive(Debug, Default)]
pub struct Found {
    /// The queries, in walk order.
    pub queries: Vec<Query>,
    /// The Splunk apps that were met.
    pub apps: Vec<PathBuf>,
    /// What could not be read, in whole or in part.
    pub problems: Vec<Error>,
}

impl Found {
    /// Adds the queries under a path. What is wrong with one file does not keep the others from being read.
    ///
    /// # Errors
    /// When the path cannot be read, or a file that was named holds no query.
    pub fn add(&mut self, path: &Path) -> Result<(), Error> {
        if path.is_dir() {
            return self.walk(path);
        }
        let (queries, problems) = (self.queries.len(), self.problems.len());
        self.file(path)?;
        if (self.queries.len(), self.problems.len()) == (queries, problems) {
            let message =
                "no query: expected `.spl`, YAML or JSON lines with `search`, or `savedsearches.conf`";
            return Err(malformed(path, message));
        }
        Ok(())
    }

    fn walk(&mut self, folder: &Path) -> Result<(), Error> {
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
            self.apps.push(folder.to_owned());
        }
        for path in entries {
            if path.is_dir() {
                self.walk(&path)?;
            } else if is_content(&path) {
                self.file(&path)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> Result<(), Error> {
        let bytes = std::fs::read(path).map_err(|error| Error::Read { file: shown(path), error })?;
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}'),
            Err(error) => {
                self.problems.push(not_utf8(path, &bytes, error.valid_up_to()));
                return Ok(());
            }
        };
        match path.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
            "spl" => self.queries.push(of_spl(path, text)),
            "yml" | "yaml" => self.yaml(path, text),
            "conf" => self.queries.extend(of_conf(path, text)),
            _ => self.json_lines(path, text),
        }
        Ok(())
    }

    fn yaml(&mut self, path: &Path, text: &str) {
        match serde_norway::from_str::<Written>(text) {
            Ok(Written { name, search: Some(search) }) => {
                let search = search.trim().to_owned();
                let name = Some(name).filter(|name| !name.is_empty()).unwrap_or_else(|| stem(path));
                let origin = origin::of_yaml(text, &search);
                self.queries.push(Query { origin, ..query(path, name, search) });
            }
            Err(error) if text.lines().any(|line| line.starts_with("search:")) => {
                self.problems.push(malformed(path, error.to_string()));
            }
            // YAML of another kind (tests, stories, settings): not a detection.
            Ok(_) | Err(_) => {}
        }
    }

    fn json_lines(&mut self, path: &Path, text: &str) {
        let mut broken = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(value) => self.queries.extend(of_json(path, text, line, &value)),
                Err(error) => broken.push((at + 1, error)),
            }
        }
        if let Some((line, error)) = broken.first() {
            let count = if broken.len() == 1 {
                "a line is".to_owned()
            } else {
                format!("{} lines are", broken.len())
            };
            let message = format!("{count} no JSON, first line {line}, column {}: {error}", error.column());
            self.problems.push(malformed(path, message));
        }
    }
}

/// The keys of a detection's YAML that matter here.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    name: String,
    search: Option<String>,
}

fn malformed(path: &Path, message: impl Into<String>) -> Error {
    Error::Malformed { file: shown(path), message: message.into() }
}

fn not_utf8(path: &Path, bytes: &[u8], at: usize) -> Error {
    let line = bytes.iter().take(at).filter(|&&byte| byte == b'\n').count() + 1;
    malformed(path, format!("not UTF-8: line {line} holds bytes of another encoding; convert the file"))
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

fn of_spl(path: &Path, text: &str) -> Query {
    let search = text.trim().to_owned();
    let origin = Origin::find(text, 0, &search, Style::Plain);
    Query { origin, ..query(path, stem(path), search) }
}

fn of_conf(path: &Path, text: &str) -> Vec<Query> {
    let mut queries = Vec::new();
    let mut stanza = String::new();
    let mut at = 0;
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let start = at;
        at += line.len();
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
            let next = lines.next().unwrap_or_default();
            at += next.len();
            value.push_str(next.trim_end());
        }
        if key.trim() == "search" && !value.trim().is_empty() {
            let origin = Origin::find(text, start + key.len() + 1, &value, Style::Conf);
            queries.push(Query { origin, ..query(path, stanza.clone(), value) });
        }
    }
    queries
}

/// The query of one of the file's lines, if it holds one.
fn of_json(path: &Path, text: &str, line: &str, value: &Value) -> Option<Query> {
    let text_of = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let search = text_of("search")?;
    let start = line.as_ptr() as usize - text.as_ptr() as usize;
    let origin = origin::of_json(text, start..start + line.len(), &search);
    Some(Query { origin, ..query(path, text_of("name").unwrap_or_else(|| stem(path)), search) })
}

fn query(path: &Path, name: String, search: String) -> Query {
    let home = Place::Disk(path.parent().unwrap_or(Path::new("")).to_owned());
    Query::new(name, shown(path), search, home)
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

    fn read(name: &str, bytes: &[u8]) -> Found {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let mut found = Found::default();
        found.add(&path).unwrap();
        found
    }

    #[test]
    fn a_saved_search_goes_on_after_a_backslash() {
        let conf =
            "[A b]\ndisabled = 0\nsearch = index=main \\\n| stats count\n# search = x\n[c]\nsearch=*\n";
        let queries = of_conf(Path::new("savedsearches.conf"), conf);
        assert_eq!(queries[0].search, "index=main \n| stats count");
        assert_eq!((queries[0].name.as_str(), queries[1].name.as_str()), ("A b", "c"));
        assert_eq!(queries[0].place(0), Some((3, 10)));
        assert_eq!(queries[0].place(queries[0].search.find("stats").unwrap()), Some((4, 3)));
        assert_eq!(queries[1].place(0), Some((7, 8)));
    }

    #[test]
    fn json_lines_without_a_search_are_passed_over_and_broken_ones_told() {
        let found = read("x.jsonl", b"{\"name\":\"a\",\"search\":\"*\"}\n{\"name\":\"b\"}\nnot json\n\n{\n");
        assert_eq!(found.queries.len(), 1);
        let problem = found.problems[0].to_string();
        assert!(problem.contains("2 lines are no JSON, first line 3, column 2"), "{problem}");
    }

    #[test]
    fn a_file_of_another_encoding_is_refused() {
        let found = read("x.spl", b"index=main\n| eval a=\"\xe4\"");
        assert!(found.queries.is_empty());
        assert!(found.problems[0].to_string().contains("not UTF-8: line 2"), "{:?}", found.problems);
    }

    #[test]
    fn a_detection_that_is_no_yaml_is_told_and_other_yaml_passed_over() {
        assert!(read("x.yml", b"name: a\nsearch: b\n  c: d: e\n").problems.len() == 1);
        let mut found = Found::default();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("story.yml"), "narrative: [a, b\n").unwrap();
        found.add(folder.path()).unwrap();
        assert!(found.problems.is_empty() && found.queries.is_empty());
    }

    #[test]
    fn queries_of_a_package_have_their_place() {
        let mut found = Found::default();
        found.add(Path::new("../../packages/T1048.003")).unwrap();
        let names: Vec<_> = found.queries.iter().map(|query| query.name.as_str()).collect();
        assert!(names.contains(&"seed") && names.contains(&"Upload By Arguments Of curl Or wget"));
        assert!(found.queries.iter().all(|query| query.place(0).is_some()));
    }
}
