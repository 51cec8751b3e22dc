//! Which queries begin alike: a tree of what they share.

use sluice_spl::ops::Op;

use crate::query::{Engine, Parsed};
use crate::subsearch;

/// A query, or several from where they begin alike.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Branch {
    /// The query at this place goes on by itself.
    Query(usize),
    /// What several have in common: so many ops of the query at a place.
    Stem { query: usize, ops: usize, branches: Vec<Branch> },
}

impl Branch {
    /// The places of its queries.
    pub(crate) fn queries(&self) -> Vec<usize> {
        match self {
            Self::Query(at) => vec![*at],
            Self::Stem { branches, .. } => branches.iter().flat_map(Self::queries).collect(),
        }
    }
}

/// The trees of queries, each given with its place.
///
/// A tree's stem reaches at least to a command behind which nothing is asked of readers, so what they are asked
/// for is the same as for each query alone.
pub(crate) fn branches(queries: &[(usize, &Engine, &Parsed)]) -> Vec<Branch> {
    let queries: Vec<_> =
        queries.iter().map(|(at, engine, parsed)| Candidate::new(*at, engine, parsed)).collect();
    grown(&queries.iter().collect::<Vec<_>>(), 0)
}

/// A query that others may begin alike.
struct Candidate<'a> {
    at: usize,
    engine: &'a Engine,
    parsed: &'a Parsed,
    /// Its commands in canonical form.
    commands: Vec<String>,
    /// Commands from the first that may be run for several queries.
    sharable: usize,
}

impl<'a> Candidate<'a> {
    fn new(at: usize, engine: &'a Engine, parsed: &'a Parsed) -> Self {
        let reads_once = parsed.ops.iter().all(is_alone);
        let begins = matches!(parsed.ops.first(), Some(Op::Scan(_)));
        let ops = parsed.ops.iter().take_while(|op| reads_once && begins && is_sharable(op)).count();
        let sharable = parsed.ends.iter().take_while(|end| **end <= ops).count();
        let commands = parsed.pipeline.commands.iter().take(sharable);
        Self { at, engine, parsed, commands: commands.map(sluice_spl::print_command).collect(), sharable }
    }

    /// Whether it has the command at a place in common with another.
    fn shares(&self, other: &Self, place: usize) -> bool {
        place < self.sharable.min(other.sharable)
            && std::ptr::eq(self.engine, other.engine)
            && self.commands.get(place) == other.commands.get(place)
    }

    fn end(&self, commands: usize) -> usize {
        commands.checked_sub(1).map_or(0, |last| self.parsed.ends[last])
    }
}

/// The branches of queries that have so many commands in common.
fn grown(queries: &[&Candidate<'_>], alike: usize) -> Vec<Branch> {
    let mut parts: Vec<Vec<&Candidate<'_>>> = Vec::new();
    for query in queries {
        match parts.iter_mut().find(|part| part[0].shares(query, alike)) {
            Some(part) => part.push(query),
            None => parts.push(vec![query]),
        }
    }
    let branch = |part: Vec<&Candidate<'_>>| {
        let [first, others @ ..] = part.as_slice() else { return Vec::new() };
        if others.is_empty() {
            return vec![Branch::Query(first.at)];
        }
        let mut common = alike + 1;
        while others.iter().all(|other| first.shares(other, common)) {
            common += 1;
        }
        let ops = first.end(common);
        if !first.parsed.ops[..ops].iter().any(|op| matches!(op, Op::Aggregate(_))) {
            return grown(&part, common);
        }
        let branches = grown(&part, common);
        vec![Branch::Stem { query: first.at, ops, branches }]
    };
    parts.into_iter().flat_map(branch).collect()
}

/// Whether an op reads no other events than those that come to it.
fn is_alone(op: &Op) -> bool {
    match op {
        Op::Scan(_) | Op::Filter(_) | Op::Extend(_) => !subsearch::is_in(op),
        Op::Dataset(_)
        | Op::SavedSearch(_)
        | Op::Set(_)
        | Op::Union(_)
        | Op::AppendPipe(_)
        | Op::AppendCols(_)
        | Op::Join(_)
        | Op::SelfJoin(_)
        | Op::Map(_)
        | Op::ForEach(_) => false,
        _ => true,
    }
}

/// Whether what an op does to rows depends on nothing but itself and them.
fn is_sharable(op: &Op) -> bool {
    matches!(
        op,
        Op::Scan(_)
            | Op::Filter(_)
            | Op::Extend(_)
            | Op::Project(_)
            | Op::Rename(_)
            | Op::Aggregate(_)
            | Op::Window(_)
            | Op::Sort(_)
            | Op::Limit(_)
            | Op::Dedup(_)
            | Op::Rex(_)
            | Op::Sed(_)
            | Op::FillNull(_)
            | Op::Lookup(_)
            | Op::Split(_)
            | Op::Expand(_)
            | Op::Single(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Knowledge;
    use crate::settings::Settings;

    /// The trees of queries: each stem with the ops that it runs, each query with its place.
    fn trees(queries: &[&str]) -> String {
        let engine = Engine::new(Settings::default(), Knowledge::default());
        let parsed: Vec<Parsed> = queries.iter().map(|text| engine.parse(text).ok().unwrap()).collect();
        let queries: Vec<_> = parsed.iter().enumerate().map(|(at, parsed)| (at, &engine, parsed)).collect();
        branches(&queries).iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    fn shown(branch: &Branch) -> String {
        match branch {
            Branch::Query(at) => at.to_string(),
            Branch::Stem { ops, branches, .. } => {
                let branches: Vec<_> = branches.iter().map(shown).collect();
                format!("{ops}({})", branches.join(" "))
            }
        }
    }

    #[test]
    fn what_follows_a_common_command_that_gathers_rows_is_a_branch() {
        let start = "a=1 | stats count BY b";
        assert_eq!(
            trees(&[start, &format!("{start} | where count>1"), "a=2 | stats count BY b"]),
            "2(0 1) 2"
        );
        let longer = [" | eval c=1 | where b=1", " |eval c=1|where b=2", " | eval d=1"];
        let queries = longer.map(|rest| format!("{start}{rest}"));
        assert_eq!(trees(&queries.each_ref().map(String::as_str)), "2(3(0 1) 2)");
    }

    #[test]
    fn queries_that_are_the_same_share_all() {
        assert_eq!(trees(&["a=1 | stats count", "a=1 | stats count"]), "2(0 1)");
    }

    #[test]
    fn before_rows_are_gathered_nothing_is_shared() {
        assert_eq!(trees(&["a=1 | eval b=2 | stats count", "a=1 | eval b=2 | stats dc(c)"]), "0 1");
    }

    #[test]
    fn what_reads_other_events_runs_by_itself() {
        let start = "a=1 | stats count BY b";
        let queries = [format!("{start} | join b [search c=1]"), format!("{start} | append [search c=1]")];
        assert_eq!(trees(&queries.each_ref().map(String::as_str)), "0 1");
        let found = "a=1 [search c=1 | return d] | stats count BY b";
        assert_eq!(trees(&[found, found]), "0 1");
    }
}
