//! `rename`: fields under other names, by name or by pattern.

use std::collections::{BTreeMap, BTreeSet};

use sluice_spl::ops::{Name, Rename};

use crate::error::Result;
use crate::kernel::null_literal;
use crate::plan::{Rel, column, is_hidden};
use crate::wildcard;

pub(crate) fn lower(rename: &Rename, rel: Rel) -> Result<Rel> {
    if are_independent(&rename.pairs) {
        return all_at_once(&rename.pairs, rel);
    }
    rename.pairs.iter().try_fold(rel, |rel, (from, to)| {
        if from.is_pattern() {
            by_pattern(&from.text, &to.text, rel)
        } else {
            by_name(&from.text, &to.text, rel)
        }
    })
}

/// Whether each field is named once, so that the order of the pairs does not matter.
fn are_independent(pairs: &[(Name, Name)]) -> bool {
    let names: BTreeSet<&str> =
        pairs.iter().flat_map(|(from, to)| [from, to]).map(|name| &*name.text).collect();
    names.len() == 2 * pairs.len() && !names.iter().any(|name| name.contains('*'))
}

/// One step for all: a model's dataset renames dozens of fields.
fn all_at_once(pairs: &[(Name, Name)], rel: Rel) -> Result<Rel> {
    let targets: BTreeMap<&str, &str> = pairs.iter().map(|(from, to)| (&*from.text, &*to.text)).collect();
    let sources: BTreeMap<&str, &str> = pairs.iter().map(|(from, to)| (&*to.text, &*from.text)).collect();
    let columns = rel
        .columns()
        .filter_map(|(name, _)| match (targets.get(name), sources.get(name)) {
            (Some(to), _) => Some((column(name), (*to).to_owned())),
            (None, None) => Some((column(name), name.to_owned())),
            // A missing field renamed onto an existing one empties it.
            (None, Some(from)) if rel.kind(from).is_none() => Some((null_literal(), name.to_owned())),
            (None, Some(_)) => None,
        })
        .collect();
    rel.select(columns)
}

/// A missing field renamed onto an existing one empties it.
fn by_name(from: &str, to: &str, rel: Rel) -> Result<Rel> {
    if from == to {
        return Ok(rel);
    }
    if rel.kind(from).is_none() {
        return match rel.kind(to) {
            Some(_) => rel.extend(vec![(to.to_owned(), null_literal())]),
            None => Ok(rel),
        };
    }
    let columns = rel
        .columns()
        .filter(|(name, _)| *name != to)
        .map(|(name, _)| (column(name), if name == from { to } else { name }.to_owned()))
        .collect();
    rel.select(columns)
}

fn by_pattern(from: &str, to: &str, rel: Rel) -> Result<Rel> {
    let pairs: Vec<(String, String)> = rel
        .fields()
        .filter(|(name, _)| !is_hidden(name))
        .filter_map(|(name, _)| Some((name.to_owned(), filled(to, &wildcard::captures(from, name)?))))
        .collect();
    pairs.into_iter().try_fold(rel, |rel, (from, to)| by_name(&from, &to, rel))
}

/// The pattern with each star replaced in turn.
pub(crate) fn filled(pattern: &str, parts: &[&str]) -> String {
    let mut parts = parts.iter();
    let mut name = String::new();
    for (at, piece) in pattern.split('*').enumerate() {
        if at > 0 {
            name.push_str(parts.next().unwrap_or(&"*"));
        }
        name.push_str(piece);
    }
    name
}
