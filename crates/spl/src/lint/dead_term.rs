//! Terms that cannot matter: `a (b OR a)` is `a`, and `c=1 c=3` is nothing.

use crate::code;
use crate::diagnostic::Diagnostic;
use crate::printer::search::search as print;
use crate::tree::{CompareOp, Search, SearchKind, SearchValue, ValueForm};

/// Warnings about one conjunction, its parentheses flattened.
pub(crate) fn check(search: &Search) -> Vec<Diagnostic> {
    let mut conjuncts = Vec::new();
    flatten(search, &mut conjuncts);
    let mut warnings = contradictions(&conjuncts);
    for conjunct in &conjuncts {
        if let SearchKind::Or(alternatives) = &inner(conjunct).kind {
            warnings.extend(dead_alternatives(conjunct, alternatives, &conjuncts));
        }
    }
    warnings
}

/// The parts that must all hold.
fn flatten<'a>(search: &'a Search, conjuncts: &mut Vec<&'a Search>) {
    match &inner(search).kind {
        SearchKind::And(parts) => parts.iter().for_each(|part| flatten(part, conjuncts)),
        _ => conjuncts.push(search),
    }
}

/// What stands in the parentheses.
fn inner(search: &Search) -> &Search {
    match &search.kind {
        SearchKind::Group(group) => inner(group),
        _ => search,
    }
}

/// Pairs of conjuncts that no event can fulfil both; one warning for each later one.
fn contradictions(conjuncts: &[&Search]) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for (place, later) in conjuncts.iter().enumerate() {
        let earlier = conjuncts.iter().take(place).find(|earlier| contradict(earlier, later));
        warnings.extend(earlier.map(|earlier| no_event(earlier, later)));
    }
    warnings
}

/// Warnings about the alternatives of `disjunction`, given everything else that must hold.
fn dead_alternatives(
    disjunction: &Search,
    alternatives: &[Search],
    conjuncts: &[&Search],
) -> Vec<Diagnostic> {
    let others: Vec<&Search> =
        conjuncts.iter().copied().filter(|other| !std::ptr::eq(*other, disjunction)).collect();
    let implied = alternatives.iter().find(|alternative| is_implied(alternative, &others));
    if let Some(implied) = implied {
        let dead = alternatives.iter().filter(|other| !std::ptr::eq(*other, implied));
        return dead.map(|dead| no_matter(dead, implied)).collect();
    }
    let contradicted = alternatives.iter().filter_map(|alternative| {
        let other = others.iter().find(|other| contradict(other, alternative))?;
        Some(no_event(other, alternative))
    });
    contradicted.collect()
}

/// Whether all of `search` is among what must hold anyway.
fn is_implied(search: &Search, others: &[&Search]) -> bool {
    let mut parts = Vec::new();
    flatten(search, &mut parts);
    parts.iter().all(|part| others.iter().any(|other| same(part, other)))
}

fn same(left: &Search, right: &Search) -> bool {
    let (left, right) = (inner(left), inner(right));
    std::mem::discriminant(&left.kind) == std::mem::discriminant(&right.kind) && print(left) == print(right)
}

/// Whether two comparisons ask one field for two values.
fn contradict(left: &Search, right: &Search) -> bool {
    match (required(inner(left)), required(inner(right))) {
        (Some((field, value)), Some((other_field, other))) => {
            field == other_field && !value.text.eq_ignore_ascii_case(&other.text)
        }
        _ => false,
    }
}

/// The one value that a comparison asks of a field. Fields that often have several values are left out, and
/// so are patterns and networks.
fn required(search: &Search) -> Option<(&str, &SearchValue)> {
    let SearchKind::Compare(field, CompareOp::Equal, value) = &search.kind else { return None };
    let many = field == "tag" || field == "eventtype" || field.contains("::") || field.contains(['{', '*']);
    let pattern = value.text.contains(['*', '/']) || value.form != ValueForm::Plain;
    let modifier = matches!(field.as_str(), "earliest" | "latest");
    (!many && !pattern && !modifier).then_some((field.as_str(), value))
}

fn no_event(earlier: &Search, later: &Search) -> Diagnostic {
    let message =
        format!("no event can match both `{}` and `{}`", print(inner(earlier)), print(inner(later)));
    Diagnostic::warning(code::DEAD_TERM, later.span, message)
        .with_label("never true here")
        .with_help("unless the field has several values; put OR between them if either will do")
}

fn no_matter(dead: &Search, implied: &Search) -> Diagnostic {
    let (dead_text, implied) = (print(dead), print(implied));
    let message = format!("`{dead_text}` changes nothing: its alternative `{implied}` must hold anyway");
    Diagnostic::warning(code::DEAD_TERM, dead.span, message)
        .with_label("makes no difference")
        .with_help("remove it, or add the parentheses that were meant")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let warnings = crate::lint(&crate::parse(text).pipeline);
        let dead = warnings.into_iter().filter(|warning| warning.code == code::DEAD_TERM);
        dead.map(|warning| warning.message).collect()
    }

    #[test]
    fn an_alternative_that_must_hold_kills_the_others() {
        assert_eq!(
            read(r#"index=w (s="X" c=1 OR s="X" c=3)"#),
            [r#"`c=1` changes nothing: its alternative `s="X"` must hold anyway"#],
        );
    }

    #[test]
    fn no_event_has_two_values() {
        assert_eq!(read("c=1 (c=3)"), ["no event can match both `c=1` and `c=3`"]);
        assert_eq!(read("c=3 (c=1 OR d=2)"), ["no event can match both `c=3` and `c=1`"]);
    }

    #[test]
    fn what_may_match_is_let_be() {
        for text in [
            "tag=a tag=b",
            "c=1 OR c=3",
            "c=1* c=3",
            "a{}=1 a{}=2",
            "c=1 NOT c=3",
            "ip=10.0.0.0/8 ip=10.1.1.1",
        ] {
            assert_eq!(read(text), Vec::<String>::new(), "{text}");
        }
    }
}
