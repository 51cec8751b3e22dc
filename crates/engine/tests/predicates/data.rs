//! Rows with what goes wrong: no value, several values, numbers as text, text in several cases, addresses.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// Fields that may have several values in a row.
pub(crate) const FIELDS: [&str; 5] = ["a", "b", "ip", "t", "u"];
/// Fields that have one value or none in every row.
pub(crate) const SINGLE: [&str; 3] = ["a", "b", "ip"];

pub(crate) const VALUES: [&str; 26] = [
    "1",
    "1.0",
    "01",
    "-1",
    "9",
    "10",
    "1e1",
    ".5",
    "100",
    "abc",
    "ABC",
    "Abd",
    "",
    "a b",
    "a*b",
    "true",
    "null",
    "é",
    "É",
    "C:\\Temp\\x.exe",
    "c:\\temp\\X.EXE",
    "say \"hi\"",
    "10%",
    "a_b",
    "10x",
    "axb",
];
const ADDRESSES: [&str; 8] = [
    "10.0.0.1",
    "10.0.0.200",
    "10.1.2.3",
    "192.168.0.1",
    "2001:db8::1",
    "2001:db9::1",
    "10.0.0.0/8",
    "nowhere",
];

/// The values of each of [`FIELDS`]; none is no value.
pub(crate) type Row = Vec<Vec<&'static str>>;

pub(crate) fn values<'a>(row: &'a Row, field: &str) -> &'a [&'static str] {
    &row[FIELDS.iter().position(|name| *name == field).unwrap()]
}

pub(crate) fn rows(count: usize, random: &mut Random) -> Vec<Row> {
    (0..count).map(|_| FIELDS.iter().map(|field| cell(field, random)).collect()).collect()
}

fn cell(field: &str, random: &mut Random) -> Vec<&'static str> {
    if random.chance(25) {
        return Vec::new();
    }
    let several = !SINGLE.contains(&field) && random.chance(40);
    let count = if several { 2 + random.below(2) } else { 1 };
    let pool: &[&str] = if field == "ip" { &ADDRESSES } else { &VALUES };
    (0..count).map(|_| random.of(pool)).collect()
}

pub(crate) fn object(id: usize, row: &Row) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("id".to_owned(), json!(id));
    for (field, values) in FIELDS.iter().zip(row) {
        match values.as_slice() {
            [] => {}
            [one] => drop(object.insert((*field).to_owned(), json!(one))),
            several => drop(object.insert((*field).to_owned(), json!(several))),
        }
    }
    object
}
