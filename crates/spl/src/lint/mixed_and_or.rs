//! OR beside AND without parentheses: `a b OR c d` reads as `a (b OR c) d`.

use crate::code;
use crate::diagnostic::Diagnostic;
use crate::printer::search::search as print;
use crate::tree::{Search, SearchKind};

/// A warning if `search` mixes both at one level.
pub(crate) fn check(search: &Search) -> Option<Diagnostic> {
    let SearchKind::And(parts) = &search.kind else { return None };
    if !parts.iter().any(|part| matches!(part.kind, SearchKind::Or(_))) {
        return None;
    }
    let reading = reading(parts);
    let message = format!("OR and AND at one level; OR binds tighter, so this reads as `{reading}`");
    let help = if parts.iter().all(one_field) {
        format!("write the parentheses: `{reading}`")
    } else {
        format!("if AND should bind tighter, write `{}`", and_first(parts))
    };
    Some(
        Diagnostic::warning(code::MIXED_AND_OR, search.span, message)
            .with_label("OR beside AND")
            .with_help(help),
    )
}

/// How Splunk reads it.
fn reading(parts: &[Search]) -> String {
    let part = |part: &Search| match part.kind {
        SearchKind::Or(_) => format!("({})", print(part)),
        _ => print(part),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(" ")
}

/// Whether all alternatives compare the same field, so that Splunk's reading is what was meant.
fn one_field(part: &Search) -> bool {
    let SearchKind::Or(parts) = &part.kind else { return true };
    let mut fields = parts.iter().map(|part| match &part.kind {
        SearchKind::Compare(field, ..) | SearchKind::In(field, _) => Some(field),
        _ => None,
    });
    let first = fields.next().flatten();
    first.is_some() && fields.all(|field| field == first)
}

/// The same words with AND binding tighter: the runs between ORs, each in parentheses.
fn and_first(parts: &[Search]) -> String {
    let mut runs: Vec<Vec<String>> = vec![Vec::new()];
    for part in parts {
        let alternatives = match &part.kind {
            SearchKind::Or(alternatives) => alternatives.as_slice(),
            _ => std::slice::from_ref(part),
        };
        for (place, alternative) in alternatives.iter().enumerate() {
            if place > 0 {
                runs.push(Vec::new());
            }
            runs.last_mut().into_iter().for_each(|run| run.push(print(alternative)));
        }
    }
    let run = |run: &Vec<String>| match run.as_slice() {
        [one] => one.clone(),
        several => format!("({})", several.join(" ")),
    };
    runs.iter().map(run).collect::<Vec<_>>().join(" OR ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let warnings = crate::lint(&crate::parse(text).pipeline);
        let mixed = warnings.into_iter().filter(|warning| warning.code == code::MIXED_AND_OR);
        mixed.map(|warning| (warning.span.text(text).to_owned(), warning.help.unwrap_or_default())).collect()
    }

    #[test]
    fn the_parentheses_surely_meant_are_shown() {
        let found = read(r#"index=w (s="X" c=1 OR s="X" c=3)"#);
        assert_eq!(
            found,
            [(
                r#"s="X" c=1 OR s="X" c=3"#.to_owned(),
                r#"if AND should bind tighter, write `(s="X" c=1) OR (s="X" c=3)`"#.to_owned(),
            )]
        );
        assert_eq!(read("a OR b c OR d")[0].1, "if AND should bind tighter, write `a OR (b c) OR d`");
    }

    #[test]
    fn alternatives_of_one_field_are_meant_as_they_read() {
        assert_eq!(read("index=w c=1 OR c=3")[0].1, "write the parentheses: `index=w (c=1 OR c=3)`");
    }

    #[test]
    fn parentheses_and_where_are_no_reason_to_warn() {
        assert_eq!(read("a (b OR c) | where a=1 AND b=2 OR c=3 | search d OR e"), []);
        assert_eq!(read("a | append [search b c OR d]").len(), 1);
    }
}
