//! What matches are replaced by.

use super::Captures;

/// What stands in place of a match: text and groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replacement(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Group(usize),
}

impl Replacement {
    /// As the eval function `replace` reads it: `\0` to `\9` are groups, `\\` is a backslash.
    pub(crate) fn eval(text: &str) -> Self {
        Self::parse(text, false)
    }

    /// As sed reads it: also `&` for the whole match, `\n` and `\t`; another escaped character is
    /// itself.
    pub(crate) fn sed(text: &str) -> Self {
        Self::parse(text, true)
    }

    fn parse(text: &str, sed: bool) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let group = match c {
                '&' if sed => Some(0),
                '\\' => match chars.next() {
                    Some(digit) if digit.is_ascii_digit() => digit.to_digit(10).map(|digit| digit as usize),
                    Some('n') if sed => push(&mut literal, "\n"),
                    Some('t') if sed => push(&mut literal, "\t"),
                    Some('\\') | None => push(&mut literal, "\\"),
                    Some(other) if sed => push(&mut literal, other.encode_utf8(&mut [0; 4])),
                    Some(other) => {
                        literal.push('\\');
                        push(&mut literal, other.encode_utf8(&mut [0; 4]))
                    }
                },
                other => push(&mut literal, other.encode_utf8(&mut [0; 4])),
            };
            if let Some(group) = group {
                if !literal.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                }
                parts.push(Part::Group(group));
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Self(parts)
    }

    /// Writes it for a match in a text.
    pub(super) fn write(&self, found: &Captures, text: &str, out: &mut String) {
        for part in &self.0 {
            match part {
                Part::Text(literal) => out.push_str(literal),
                Part::Group(group) => {
                    let group = found.get(*group).and_then(|range| text.get(range));
                    out.push_str(group.unwrap_or_default());
                }
            }
        }
    }
}

fn push(literal: &mut String, text: &str) -> Option<usize> {
    literal.push_str(text);
    None
}
