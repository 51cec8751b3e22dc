//! Predicates of `search` and `where` beside a second, plain interpreter of them. It is written from the rules in
//! `docs/src/spl.md` and shares no code with the engine: random predicates over random rows must keep the same rows.
//!
//! 200 predicates over 10,000 rows; with `SLUICE_THOROUGH` set 1,000 over 100,000.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod condition;
mod data;
mod random;
mod search;
mod value;

use std::collections::BTreeSet;

use sluice_engine::{Engine, Given, Knowledge, Settings};

use data::Row;
use random::Random;

#[test]
fn search_keeps_the_same_rows() {
    let mut random = Random::new(1);
    check(&mut random, 2, |random| {
        let predicate = search::predicate(random, 3);
        let text = search::written(&predicate, random);
        // First in a query it is asked of events, later of rows.
        let query = if random.chance(50) { format!("search {text}") } else { format!("| search {text}") };
        (query, Box::new(move |row| search::holds(&predicate, row)))
    });
}

#[test]
fn where_keeps_the_same_rows() {
    let mut random = Random::new(2);
    check(&mut random, 3, |random| {
        let condition = condition::condition(random, 3);
        let query = format!("| where {}", condition::written(&condition, random));
        (query, Box::new(move |row| condition::truth(&condition, row) == Some(true)))
    });
}

#[test]
fn a_condition_in_a_field_is_true_false_or_null() {
    let mut random = Random::new(3);
    check(&mut random, 6, |random| {
        let condition = condition::condition(random, 2);
        let text = condition::written(&condition, random);
        let query =
            format!("| eval r=case({text}, \"t\", NOT ({text}), \"f\", true(), \"n\") | where r=\"n\"");
        (query, Box::new(move |row| condition::truth(&condition, row).is_none()))
    });
}

/// A query that keeps rows, and whether it must keep a row.
type Case = (String, Box<dyn Fn(&Row) -> bool>);

/// Checks one of `share` of the predicates.
fn check(random: &mut Random, share: usize, case: impl Fn(&mut Random) -> Case) {
    let thorough = std::env::var_os("SLUICE_THOROUGH").is_some();
    let (rows, predicates) = if thorough { (100_000, 1000) } else { (10_000, 200) };
    let rows = data::rows(rows, random);
    let given =
        Given::from_json(&rows.iter().enumerate().map(|(id, row)| data::object(id, row)).collect::<Vec<_>>());
    let given = given.unwrap();
    let engine = Engine::new(Settings { threads: 1, ..Settings::default() }, Knowledge::default());
    let mut differ = Vec::new();
    let predicates = predicates / share;
    for _ in 0..predicates {
        let (query, keeps) = case(random);
        let answer = engine.run_on(&format!("{query} | table id"), &given);
        let answer = answer.unwrap_or_else(|error| panic!("{query}: {error}"));
        let ids = answer.rows.iter().filter_map(|row| row.unwrap().get("id")?.text()?.parse().ok());
        let found: BTreeSet<usize> = ids.collect();
        let wanted = |(id, row): &(usize, &Row)| keeps(row) != found.contains(id);
        if let Some((id, row)) = rows.iter().enumerate().find(wanted) {
            let kept = if found.contains(&id) { "is kept" } else { "is not kept" };
            differ.push(format!("{query}\n  {kept}: {row:?}"));
        }
    }
    assert!(differ.is_empty(), "{} of {predicates} differ\n{}", differ.len(), differ.join("\n"));
}
