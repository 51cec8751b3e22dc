//! Lookup tables: rows of a CSV file, and how a definition in `transforms.conf` matches them
//! (Splunk Knowledge Manager Manual, "Configure CSV lookups").

pub(crate) mod folder;

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use ipnet::IpNet;
use sluice_events::field;

use crate::conf::is_true;
use crate::wildcard::Matcher;

pub use folder::Written;

/// A table of text; an empty cell is no value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows, one entry a column.
    pub rows: Vec<Vec<String>>,
}

/// How a lookup is matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The table's file.
    pub file: PathBuf,
    /// Columns matched otherwise than by equality.
    pub match_types: BTreeMap<String, MatchType>,
    /// Keys compare with case. Splunk's default for CSV lookups is true.
    pub case_sensitive: bool,
    /// Fewest matches; below it the default value is given.
    pub min_matches: usize,
    /// Most matches; more than one makes multivalue outputs.
    pub max_matches: usize,
    /// Given for each output when there are fewer than `min_matches`.
    pub default_match: Option<String>,
}

/// How a column's cells match an event's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchType {
    /// Cells are patterns with `*`.
    Wildcard,
    /// Cells are networks.
    Cidr,
}

impl Definition {
    /// A lookup named by its file: equality with case, all matches.
    pub fn of_file(file: PathBuf) -> Self {
        Self {
            file,
            match_types: BTreeMap::new(),
            case_sensitive: true,
            min_matches: 0,
            max_matches: 1_000,
            default_match: None,
        }
    }

    /// What stands for those that are missing of so many matches.
    pub(crate) fn given_for(&self, matches: usize) -> Option<&str> {
        self.default_match.as_deref().filter(|_| matches < self.min_matches)
    }

    /// A definition from the settings of a `transforms.conf` stanza.
    pub fn of_settings(file: PathBuf, settings: &BTreeMap<String, String>) -> Self {
        let number = |key: &str| settings.get(key).and_then(|value| value.trim().parse().ok());
        let match_types: BTreeMap<_, _> =
            settings.get("match_type").map(|text| match_types(text)).unwrap_or_default();
        let time_based = settings.contains_key("time_field");
        Self {
            file,
            match_types,
            case_sensitive: settings.get("case_sensitive_match").is_none_or(|value| is_true(value)),
            min_matches: number("min_matches").unwrap_or(0),
            max_matches: number("max_matches").unwrap_or(if time_based { 1 } else { 1_000 }).clamp(1, 1_000),
            default_match: settings.get("default_match").cloned(),
        }
    }
}

/// `WILDCARD(process), CIDR(ip)`
fn match_types(text: &str) -> BTreeMap<String, MatchType> {
    text.split(')')
        .filter_map(|part| part.trim().trim_start_matches(',').split_once('('))
        .filter_map(|(kind, column)| {
            let kind = match kind.trim().to_ascii_uppercase().as_str() {
                "WILDCARD" => MatchType::Wildcard,
                "CIDR" => MatchType::Cidr,
                _ => return None,
            };
            Some((column.trim().to_owned(), kind))
        })
        .collect()
}

impl Table {
    /// Reads a CSV file with a header line.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(path: &Path) -> Result<Self, String> {
        let about = |error: String| format!("{}: {error}", path.display());
        let bytes = std::fs::read(path).map_err(|error| about(error.to_string()))?;
        Self::parse(&bytes).map_err(about)
    }

    /// Reads CSV with a header line.
    ///
    /// # Errors
    /// When it is not CSV.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let text = |record: &csv::ByteRecord| {
            record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect::<Vec<_>>()
        };
        let mut columns = text(reader.byte_headers().map_err(|error| error.to_string())?);
        // People write a space behind the comma, and name the column without it.
        for column in &mut columns {
            column.truncate(column.trim_end().len());
            column.drain(..column.len() - column.trim_start().len());
            *column = field::visible(std::mem::take(column).into()).into_owned();
        }
        let mut rows = Vec::new();
        for record in reader.byte_records() {
            rows.push(text(&record.map_err(|error| error.to_string())?));
        }
        Ok(Self { columns, rows })
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// A cell; empty is none.
    pub fn cell(&self, row: usize, column: usize) -> Option<&str> {
        self.rows.get(row)?.get(column).map(String::as_str).filter(|text| !text.is_empty())
    }
}

/// A table prepared for lookups by some of its columns.
#[derive(Debug)]
pub(crate) struct Index {
    exact_columns: Vec<usize>,
    exact: HashMap<Vec<String>, Vec<usize>>,
    patterns: Vec<(usize, Pattern)>,
    case_sensitive: bool,
}

#[derive(Debug)]
enum Pattern {
    Wildcard(Wildcards),
    Cidr(Vec<Option<IpNet>>),
}

/// Patterns with `*`, one a row.
#[derive(Debug)]
struct Wildcards {
    matchers: Vec<Option<Matcher>>,
    /// Which rows a text may match, if it pays to find out.
    search: OnceLock<Option<Candidates>>,
    case_sensitive: bool,
}

/// Rows by what stands between the stars of their patterns.
#[derive(Debug)]
struct Candidates {
    search: AhoCorasick,
    /// The row of each text that is searched for.
    rows: Vec<usize>,
    /// Rows of patterns with nothing to search for.
    always: Vec<usize>,
}

/// So many patterns are compared one by one.
const FEW_PATTERNS: usize = 8;

impl Wildcards {
    fn new<'c>(cells: impl Iterator<Item = Option<&'c str>>, case_sensitive: bool) -> Self {
        let matchers = cells.map(|cell| Some(Matcher::new(cell?, case_sensitive))).collect();
        Self { matchers, search: OnceLock::new(), case_sensitive }
    }

    /// Rows in order, among them all that a text matches; `None`: any may be.
    fn candidates(&self, text: &str) -> Option<Vec<usize>> {
        // Letters beyond ASCII may be the same in another case.
        if !self.case_sensitive && !text.is_ascii() {
            return None;
        }
        let Candidates { search, rows, always } =
            self.search.get_or_init(|| Candidates::new(&self.matchers, self.case_sensitive)).as_ref()?;
        let found =
            search.find_overlapping_iter(text).filter_map(|found| rows.get(found.pattern().as_usize()));
        let mut all: Vec<usize> = found.chain(always).copied().collect();
        all.sort_unstable();
        all.dedup();
        Some(all)
    }
}

impl Candidates {
    fn new(matchers: &[Option<Matcher>], case_sensitive: bool) -> Option<Self> {
        if matchers.len() <= FEW_PATTERNS {
            return None;
        }
        let (mut texts, mut rows, mut always) = (Vec::new(), Vec::new(), Vec::new());
        for (row, matcher) in matchers.iter().enumerate() {
            let Some(matcher) = matcher else { continue };
            let longest = matcher.pattern().split('*').max_by_key(|part| part.len()).unwrap_or_default();
            if longest.is_empty() {
                always.push(row);
            } else {
                texts.push(longest);
                rows.push(row);
            }
        }
        let search = AhoCorasickBuilder::new().ascii_case_insensitive(!case_sensitive).build(texts).ok()?;
        Some(Self { search, rows, always })
    }
}

impl Index {
    /// An index of `table` by the columns at these places.
    pub(crate) fn new(table: &Table, keys: &[usize], definition: &Definition) -> Self {
        let mut exact_columns = Vec::new();
        let mut patterns = Vec::new();
        for (at, &key) in keys.iter().enumerate() {
            let name = table.columns.get(key).map_or("", String::as_str);
            match definition.match_types.get(name) {
                None => exact_columns.push(at),
                Some(MatchType::Wildcard) => {
                    let cells = (0..table.rows.len()).map(|row| table.cell(row, key));
                    let wildcards = Wildcards::new(cells, definition.case_sensitive);
                    patterns.push((at, Pattern::Wildcard(wildcards)));
                }
                Some(MatchType::Cidr) => {
                    let network = |row| table.cell(row, key).and_then(parse_network);
                    patterns.push((at, Pattern::Cidr((0..table.rows.len()).map(network).collect())));
                }
            }
        }
        let mut index = Self {
            exact_columns,
            exact: HashMap::new(),
            patterns,
            case_sensitive: definition.case_sensitive,
        };
        for row in 0..table.rows.len() {
            let cells: Option<Vec<String>> = index
                .exact_columns
                .iter()
                .map(|&at| table.cell(row, *keys.get(at)?).map(|text| index.folded(text)))
                .collect();
            if let Some(cells) = cells {
                index.exact.entry(cells).or_default().push(row);
            }
        }
        index
    }

    fn folded(&self, text: &str) -> String {
        if self.case_sensitive { text.to_owned() } else { text.to_lowercase() }
    }

    /// Whether one key may match several rows.
    pub(crate) fn has_repeats(&self) -> bool {
        !self.patterns.is_empty() || self.exact.values().any(|rows| rows.len() > 1)
    }

    /// The table's rows that match values for all keys, in table order, at most `max`.
    pub(crate) fn find(&self, values: &[&str], max: usize) -> Vec<usize> {
        let key: Vec<String> = self
            .exact_columns
            .iter()
            .filter_map(|&at| values.get(at))
            .map(|text| self.folded(text))
            .collect();
        let Some(rows) = self.exact.get(&key) else { return Vec::new() };
        let wanted: Option<Vec<Wanted<'_>>> = self
            .patterns
            .iter()
            .map(|(at, pattern)| {
                let value = *values.get(*at)?;
                Some(match pattern {
                    Pattern::Wildcard(wildcards) => Wanted::Text(value, &wildcards.matchers),
                    Pattern::Cidr(networks) => Wanted::Address(value.parse().ok()?, networks),
                })
            })
            .collect();
        let Some(wanted) = wanted else { return Vec::new() };
        let is_found = |row: &usize| wanted.iter().all(|wanted| wanted.is_in(*row));
        let candidates = match self.patterns.as_slice() {
            // By it alone rows are chosen.
            [(at, Pattern::Wildcard(wildcards))] if self.exact_columns.is_empty() => {
                values.get(*at).and_then(|value| wildcards.candidates(value))
            }
            _ => None,
        };
        let rows = candidates.as_ref().unwrap_or(rows);
        rows.iter().copied().filter(is_found).take(max).collect()
    }
}

/// A value that a pattern of each row is compared with.
enum Wanted<'a> {
    Text(&'a str, &'a [Option<Matcher>]),
    Address(IpAddr, &'a [Option<IpNet>]),
}

impl Wanted<'_> {
    fn is_in(&self, row: usize) -> bool {
        match self {
            Self::Text(value, matchers) => matchers
                .get(row)
                .is_some_and(|matcher| matcher.as_ref().is_some_and(|one| one.matches(value))),
            Self::Address(address, networks) => {
                networks.get(row).is_some_and(|network| network.is_some_and(|one| one.contains(address)))
            }
        }
    }
}

/// A network, or a single address as the network of itself.
fn parse_network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &[&[&str]]) -> Table {
        let mut rows: Vec<Vec<String>> =
            text.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
        Table { columns: rows.remove(0), rows }
    }

    proptest::proptest! {
        #[test]
        fn many_wildcards_match_as_each_does(
            cells in proptest::collection::vec("[aBk*é]{0,4}", 9..20),
            text in "[abKké\u{212a}]{0,6}",
            case_sensitive: bool,
        ) {
            let rows = std::iter::once(vec!["name".to_owned()]).chain(cells.iter().map(|cell| vec![cell.clone()]));
            let mut rows: Vec<Vec<String>> = rows.collect();
            let table = Table { columns: rows.remove(0), rows };
            let match_types = BTreeMap::from([("name".to_owned(), MatchType::Wildcard)]);
            let definition = Definition { match_types, case_sensitive, ..Definition::of_file(PathBuf::new()) };
            let found = Index::new(&table, &[0], &definition).find(&[&text], usize::MAX);
            let matches = |cell: &str| !cell.is_empty() && Matcher::new(cell, case_sensitive).matches(&text);
            let expected: Vec<usize> = (0..).zip(&cells).filter(|(_, cell)| matches(cell)).map(|(row, _)| row).collect();
            proptest::prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn wildcards_and_networks_match() {
        let table = table(&[&["process", "net"], &["*curl*", "10.0.0.0/8"], &["ftp.exe", "::1"]]);
        let settings = BTreeMap::from([
            ("match_type".to_owned(), "WILDCARD(process), CIDR(net)".to_owned()),
            ("case_sensitive_match".to_owned(), "false".to_owned()),
        ]);
        let definition = Definition::of_settings(PathBuf::new(), &settings);
        let index = Index::new(&table, &[0, 1], &definition);
        assert_eq!(index.find(&["C:\\CURL.exe", "10.1.2.3"], 10), vec![0]);
        assert_eq!(index.find(&["FTP.EXE", "::1"], 10), vec![1]);
        assert!(index.find(&["ftp.exe", "10.1.2.3"], 10).is_empty());
    }
}
