//! `rename`: fields under other names, by name or by pattern.

use sluice_spl::ops::Rename;

use crate::error::Result;
use crate::kernel::null_literal;
use crate::plan::{Rel, column, is_hidden};
use crate::wildcard;

pub(crate) fn lower(rename: &Rename, rel: Rel) -> Result<Rel> {
    rename.pairs.iter().try_fold(rel, |rel, (from, to)| {
        if from.is_pattern() {
            by_pattern(&from.text, &to.text, rel)
        } else {
            by_name(&from.text, &to.text, rel)
        }
    })
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
