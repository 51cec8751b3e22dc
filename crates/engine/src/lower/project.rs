//! `table` and `fields`: which fields stay.

use std::collections::BTreeSet;

use sluice_events::field;
use sluice_spl::ops::{Project, ProjectMode};

use crate::error::Result;
use crate::kernel::null_literal;
use crate::needed::matches;
use crate::plan::{Rel, column, is_hidden};
use crate::wildcard;

/// Provenance rides along with the rows, like hidden columns.
pub(super) const PROVENANCE: [&str; 3] = [field::FILE, field::RECORD, field::OFFSET];

pub(crate) fn lower(project: &Project, rel: Rel, provenance: bool) -> Result<Rel> {
    let carried =
        |name: &str| is_hidden(name) && name != field::REST || provenance && PROVENANCE.contains(&name);
    match project.mode {
        ProjectMode::Drop => rel.retain(|name| {
            carried(name)
                || name == field::REST
                || !project.fields.iter().any(|field| drops(&field.text, name))
        }),
        ProjectMode::Keep => {
            let mut names = chosen(project, &rel, false);
            for internal in [field::TIME, field::RAW] {
                if rel.kind(internal).is_some() && !names.iter().any(|name| name == internal) {
                    names.push(internal.to_owned());
                }
            }
            select(names, rel, carried)
        }
        ProjectMode::Table => {
            let names = chosen(project, &rel, true);
            select(names, rel, carried)
        }
    }
}

/// `fields - *` leaves the internal fields, whose names start with an underscore, alone.
fn drops(pattern: &str, name: &str) -> bool {
    if pattern.contains('*') {
        wildcard::matches(pattern, name) && (!name.starts_with('_') || pattern.starts_with('_'))
    } else {
        pattern == name
    }
}

/// The fields that names and patterns choose, each once, in order of the arguments. `missing`: a name
/// that is no field becomes a column without values.
fn chosen(project: &Project, rel: &Rel, missing: bool) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    for wanted in &project.fields {
        let found: Vec<String> = if wanted.is_pattern() {
            rel.fields()
                .map(|(name, _)| name)
                .filter(|name| matches(wanted, name) && drops(&wanted.text, name))
                .map(str::to_owned)
                .collect()
        } else if missing || rel.kind(&wanted.text).is_some() {
            vec![wanted.text.clone()]
        } else {
            Vec::new()
        };
        names.extend(found.into_iter().filter(|name| seen.insert(name.clone())));
    }
    names
}

fn select(names: Vec<String>, rel: Rel, carried: impl Fn(&str) -> bool) -> Result<Rel> {
    let mut columns: Vec<_> = names
        .into_iter()
        .map(|name| (if rel.kind(&name).is_some() { column(&name) } else { null_literal() }, name))
        .collect();
    for (name, _) in rel.columns() {
        if carried(name) && !columns.iter().any(|(_, column)| column == name) {
            columns.push((column(name), name.to_owned()));
        }
    }
    rel.select(columns)
}
