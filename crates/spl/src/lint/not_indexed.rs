//! `tstats` without `from` that asks for a field of the events: it knows only what is known before they are
//! read.

use crate::code;
use crate::command::tstats::{INDEXED, TStats};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::{ExprKind, Search, SearchKind};

/// A warning for each such field.
pub(crate) fn check(tstats: &TStats) -> Vec<Diagnostic> {
    if tstats.from.is_some() {
        return Vec::new();
    }
    let mut names: Vec<(&str, Span)> = tstats.by.iter().map(|name| (name.text.as_str(), name.span)).collect();
    for argument in tstats.calls.iter().filter_map(|call| call.argument.as_ref()) {
        if let ExprKind::Field(name) = &argument.kind {
            names.push((name, argument.span));
        }
    }
    searched(&tstats.predicate, &mut names);
    names.retain(|(name, _)| !INDEXED.contains(name) && !matches!(*name, "earliest" | "latest"));
    names.into_iter().map(|(name, span)| warning(name, span)).collect()
}

fn searched<'a>(search: &'a Search, names: &mut Vec<(&'a str, Span)>) {
    match &search.kind {
        SearchKind::And(parts) | SearchKind::Or(parts) => parts.iter().for_each(|part| searched(part, names)),
        SearchKind::Not(inner) | SearchKind::Group(inner) => searched(inner, names),
        SearchKind::Compare(name, ..) | SearchKind::In(name, _) => names.push((name, search.span)),
        SearchKind::All
        | SearchKind::Term(_)
        | SearchKind::Subsearch(_)
        | SearchKind::CompareSubsearch(..) => {}
    }
}

fn warning(name: &str, span: Span) -> Diagnostic {
    let message = format!("`tstats` without `from` does not read events, so `{name}` has no value");
    Diagnostic::warning(code::NOT_INDEXED, span, message)
        .with_label("a field of the event")
        .with_help("use `search … | stats …`, or name a data model with `from datamodel=`")
}

#[cfg(test)]
mod tests {
    #[test]
    fn fields_of_events_are_named() {
        let found = |text: &str| crate::lint(&crate::parse(text).pipeline).len();
        assert_eq!(found("| tstats count where index=* sourcetype=x by host _time span=1h"), 0);
        assert_eq!(found("| tstats dc(user) where index=* EventCode=1 by Image"), 3);
        assert_eq!(found("| tstats dc(D.user) from datamodel=M.D where D.x=1 by D.y"), 0);
    }
}
