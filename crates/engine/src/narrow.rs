//! Which side of a `join` is run first: the one whose words say that it has few rows. Where it has none, the other one
//! need not be run.

use sluice_events::field;
use sluice_spl::ops::{Filter, Join, Op};
use sluice_spl::tree::{CompareOp, Search, SearchKind, SearchValue};

use crate::lower::join::is_before;

/// Fields that say what kind an event is, not which one: many have the same.
const KINDS: [&str; 8] = [
    field::HOST,
    field::SOURCE,
    field::SOURCETYPE,
    field::INDEX,
    "EventCode",
    "EventID",
    "event_id",
    "eventtype",
];

/// The first join of a query, if the rows before it are to be had first. The ops are those that the query is written
/// with: what a data model asks of its events says nothing of how many there are.
pub(crate) fn behind_few_rows(ops: &[Op]) -> Option<&Join> {
    let (at, join) = ops.iter().enumerate().find_map(|(at, op)| match op {
        Op::Join(join) => Some((at, join)),
        _ => None,
    })?;
    let reads_events = |ops: &[Op]| matches!(ops.first(), Some(Op::Scan(_) | Op::Dataset(_)));
    let is_first = reads_events(ops)
        && reads_events(&join.ops)
        && is_narrow(&ops[..at])
        && !is_narrow(&join.ops)
        && join.ops.iter().all(only_gives_rows);
    is_first.then_some(join)
}

/// Whether an op does nothing but to give rows.
fn only_gives_rows(op: &Op) -> bool {
    matches!(op, Op::Scan(_) | Op::Dataset(_) | Op::Dedup(_)) || is_before(op)
}

fn is_narrow(ops: &[Op]) -> bool {
    ops.iter().any(|op| match op {
        Op::Scan(scan) => asks_for_few(&scan.predicate),
        Op::Filter(Filter::Search(search)) => asks_for_few(search),
        _ => false,
    })
}

/// Whether few events are found, as far as words tell: those with some value of a field.
// Recursion is bounded by the parser's limit on nesting.
fn asks_for_few(search: &Search) -> bool {
    match &search.kind {
        SearchKind::And(parts) => parts.iter().any(asks_for_few),
        SearchKind::Or(parts) => parts.iter().all(asks_for_few),
        SearchKind::Group(inner) => asks_for_few(inner),
        SearchKind::Compare(name, CompareOp::Equal, value) => !is_kind(name) && says_something(value),
        SearchKind::In(name, values) => !is_kind(name) && values.iter().all(says_something),
        _ => false,
    }
}

fn is_kind(name: &str) -> bool {
    KINDS.contains(&name)
}

fn says_something(value: &SearchValue) -> bool {
    value.text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_first(text: &str) -> bool {
        let ops = sluice_spl::to_ops(&sluice_spl::parse(text).pipeline).unwrap();
        behind_few_rows(&ops).is_some()
    }

    #[test]
    fn rows_that_are_searched_for_by_a_value_come_first() {
        let all = "| tstats count from datamodel=Endpoint.Processes by Processes.process_guid";
        let few = "| tstats count from datamodel=Endpoint.Registry where Registry.registry_path=*\\\\Lsa* \
                   by Registry.process_guid";
        assert!(is_first(&format!("{few} | join process_guid [{all}]")));
        assert!(!is_first(&format!("{all} | join process_guid [{few}]")));
        assert!(!is_first(&format!("{few} | join process_guid [{few}]")));
        assert!(is_first(
            "EventCode=11 (TargetFilename=*.jsp OR Image=*java*) | join x [search EventCode=1]"
        ));
        assert!(!is_first("EventCode=11 (TargetFilename=*.jsp OR Image=*) | join x [search EventCode=1]"));
        assert!(!is_first("EventCode=11 NOT Image=*java* | join x [search EventCode=1]"));
    }

    #[test]
    fn a_query_that_does_more_than_to_give_rows_is_run() {
        assert!(!is_first("Image=*java* | join x [search EventCode=1 | outputlookup seen.csv]"));
    }
}
