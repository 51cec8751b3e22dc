//! Search predicates as text. Parentheses are part of the tree, so none are added.

use super::name::quote;
use super::subsearch;
use crate::predicate::{ends_field, sign};
use crate::tree::{Search, SearchKind, SearchValue, ValueForm};

/// A predicate.
pub(crate) fn search(search: &Search) -> String {
    Printer { braces: false }.print(search)
}

/// The same with braces round every operator's operands, for tests.
#[cfg(test)]
pub(crate) fn grouped(search: &Search) -> String {
    Printer { braces: true }.print(search)
}

struct Printer {
    braces: bool,
}

impl Printer {
    fn print(&self, search: &Search) -> String {
        match &search.kind {
            SearchKind::All => "*".to_owned(),
            SearchKind::And(parts) => self.several(parts, if self.braces { " AND " } else { " " }),
            SearchKind::Or(parts) => self.several(parts, " OR "),
            SearchKind::Not(inner) => self.brace(format!("NOT {}", self.print(inner))),
            SearchKind::Group(inner) => format!("({})", self.print(inner)),
            SearchKind::Term(value) => self::value(value),
            SearchKind::Compare(field, op, value) => {
                // `a= =b` compares with `=b`, `a< >b` with `>b`; without the space the signs would join.
                let gap = if !value.quoted && value.text.starts_with(['=', '>']) { " " } else { "" };
                format!("{}{}{gap}{}", self::field(field), sign(*op), self::value(value))
            }
            SearchKind::CompareSubsearch(field, op, pipeline) => {
                format!("{}{}{}", self::field(field), sign(*op), subsearch(pipeline))
            }
            SearchKind::In(field, values) => format!("{} IN ({})", self::field(field), list(values)),
            SearchKind::Subsearch(pipeline) => subsearch(pipeline),
        }
    }

    fn several(&self, parts: &[Search], separator: &str) -> String {
        self.brace(parts.iter().map(|part| self.print(part)).collect::<Vec<_>>().join(separator))
    }

    fn brace(&self, text: String) -> String {
        if self.braces { format!("{{{text}}}") } else { text }
    }
}

fn list(values: &[SearchValue]) -> String {
    values.iter().map(value).collect::<Vec<_>>().join(", ")
}

fn value(value: &SearchValue) -> String {
    let text = if value.quoted { quote(&value.text) } else { bare(&value.text) };
    match value.form {
        ValueForm::Plain | ValueForm::Time => text,
        ValueForm::Case => format!("CASE({text})"),
        ValueForm::Term => format!("TERM({text})"),
    }
}

/// A bare word: `"` and `|` are escaped, and each backslash that would else be read as an escape.
fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let pairs = |next: &char| matches!(next, '\\' | '"' | '|');
        if matches!(c, '"' | '|') || (c == '\\' && chars.peek().is_none_or(pairs)) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A field's name on the left of a comparison.
pub(crate) fn field(name: &str) -> String {
    let keyword = ["AND", "OR", "NOT", "CASE", "TERM"].contains(&name);
    let ends = name.contains(|c| ends_field(c) || matches!(c, '\\' | ','));
    let quoted = name.is_empty() || keyword || ends || name.starts_with('\'');
    if quoted { quote(name) } else { name.to_owned() }
}
