//! Warnings about searches that are legal but surely not meant.

pub(crate) mod dead_term;
pub(crate) mod missing_pipe;
pub(crate) mod mixed_and_or;
pub(crate) mod not_indexed;

use crate::command::Command;
use crate::diagnostic::Diagnostic;
use crate::tree::{Pipeline, Search, SearchKind};

/// All warnings about a query and its subsearches, in the order of the text.
pub(crate) fn lint(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    warnings.extend(missing_pipe::check(pipeline));
    lint_pipeline(pipeline, &mut warnings);
    warnings.sort_by_key(|warning| warning.span);
    warnings
}

fn lint_pipeline(pipeline: &Pipeline, warnings: &mut Vec<Diagnostic>) {
    for call in &pipeline.commands {
        match &call.command {
            Command::Search(predicate) => lint_search(predicate, true, warnings),
            Command::TStats(tstats) => {
                lint_search(&tstats.predicate, true, warnings);
                warnings.extend(not_indexed::check(tstats));
            }
            _ => {}
        }
        call.command.subsearches().iter().for_each(|subsearch| lint_pipeline(subsearch, warnings));
    }
}

/// Lints a predicate and its parts. `whole` conjunctions are not part of a larger one.
fn lint_search(search: &Search, whole: bool, warnings: &mut Vec<Diagnostic>) {
    warnings.extend(mixed_and_or::check(search));
    if whole {
        warnings.extend(dead_term::check(search));
    }
    match &search.kind {
        SearchKind::And(parts) => parts.iter().for_each(|part| lint_search(part, false, warnings)),
        SearchKind::Or(parts) => parts.iter().for_each(|part| lint_search(part, true, warnings)),
        SearchKind::Group(inner) => lint_search(inner, whole, warnings),
        SearchKind::Not(inner) => lint_search(inner, true, warnings),
        _ => {}
    }
}
