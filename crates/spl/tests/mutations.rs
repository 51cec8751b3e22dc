//! Queries that people wrote, and damaged copies of them: nothing panics, and what parses prints stably.
//!
//! The queries are those of the documentation and of the engine's cases, and with `SLUICE_CORPUS` set real
//! detections.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sluice_spl::{Macros, command, expand, lint, parse, print, to_ops};

/// Damaged copies of each query.
const COPIES: usize = 20;

/// What is put into a query: brackets, quotes and signs that open what nothing closes, keywords, wide characters.
const PIECES: [&str; 24] = [
    "|",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "'",
    "`",
    "```",
    "\\",
    "=",
    "!=",
    ",",
    "*",
    " ",
    "\n",
    "NOT ",
    " OR ",
    " by ",
    " AS ",
    "&quot;",
    "<<FIELD>>",
    "é",
    "\u{1F600}",
];

#[test]
fn queries_print_stably() {
    let samples = samples();
    assert!(samples.len() > 100, "{} samples", samples.len());
    samples.iter().for_each(|query| prints_stably(query));
}

#[test]
fn damaged_queries_do_not_panic_and_print_stably() {
    let mut random = Random(0x5eed);
    for query in samples() {
        for _ in 0..COPIES {
            prints_stably(&damaged(&query, &mut random));
        }
    }
}

fn samples() -> Vec<String> {
    let mut samples: Vec<String> = command::ALL.iter().map(|doc| doc.example.to_owned()).collect();
    samples.push(include_str!("seed.spl").to_owned());
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/tests/cases");
    files(&cases).iter().for_each(|file| samples.extend(queries(file, "query")));
    if let Some(root) = std::env::var_os("SLUICE_CORPUS").map(PathBuf::from) {
        samples.extend(queries(&root.join("corpus/escu/detections.jsonl"), "search"));
    }
    samples
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn queries(file: &Path, key: &str) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("the file is JSON lines"));
    lines.filter_map(|line| line[key].as_str().map(str::to_owned)).collect()
}

fn prints_stably(query: &str) {
    let _ = expand(query, &Macros::default());
    let parsed = parse(query);
    lint(&parsed.pipeline);
    let _ = to_ops(&parsed.pipeline);
    let printed = print(&parsed.pipeline);
    if parsed.diagnostics.iter().any(|found| found.is_error()) {
        return;
    }
    let again = parse(&printed);
    let error = again.diagnostics.iter().find(|found| found.is_error());
    assert!(error.is_none(), "{query}\nprints as\n{printed}\n{error:?}");
    assert_eq!(print(&again.pipeline), printed, "{query}");
}

/// A copy with one to three of: a part cut out, a part doubled, a piece put in, the end cut off.
fn damaged(query: &str, random: &mut Random) -> String {
    let mut text: Vec<char> = query.chars().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(text.len() + 1);
        let end = (at + 1 + random.below(12)).min(text.len());
        match random.below(4) {
            0 => drop(text.drain(at..end)),
            1 => {
                let part = text[at..end].to_vec();
                text.splice(at..at, part);
            }
            2 => drop(text.splice(at..at, PIECES[random.below(PIECES.len())].chars())),
            _ => text.truncate(at.max(text.len() / 2)),
        }
    }
    text.into_iter().collect()
}

/// Xorshift: the same numbers each time, so that a failure belongs to the change at hand.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}
