//! The third argument of `replace`.

use datafusion::common::{DataFusionError, Result};

use crate::pattern::Pattern;

/// What a match becomes: text and groups in turn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Replacement(Vec<Piece>);

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Group(usize),
}

impl Replacement {
    /// `\0` to `\9` are groups and `\\` is a backslash; all else stands for itself.
    pub(crate) fn parse(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            let group = match chars.peek() {
                Some(next) if char == '\\' => next.to_digit(10),
                _ => None,
            };
            if let Some(group) = group {
                chars.next();
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Group(group as usize));
                continue;
            }
            if char == '\\' {
                chars.next_if_eq(&'\\');
            }
            plain.push(char);
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Self(pieces)
    }

    /// The text with every match replaced; `None` if nothing matches.
    pub(crate) fn apply(&self, pattern: &Pattern, text: &str) -> Result<Option<String>> {
        let mut replaced = Replaced { text, result: String::new(), done: 0, any: false };
        match pattern {
            Pattern::Linear(regex) => {
                for found in regex.captures_iter(text) {
                    let group = |at| found.get(at).map(|group| group.range());
                    replaced.push(&self.0, group);
                }
            }
            Pattern::Backtracking(regex) => {
                for found in regex.captures_iter(text) {
                    let found = found.map_err(|why| DataFusionError::Execution(why.to_string()))?;
                    let group = |at| found.get(at).map(|group| group.range());
                    replaced.push(&self.0, group);
                }
            }
        }
        Ok(replaced.finish())
    }
}

struct Replaced<'a> {
    text: &'a str,
    result: String,
    done: usize,
    any: bool,
}

impl Replaced<'_> {
    fn push(&mut self, pieces: &[Piece], group: impl Fn(usize) -> Option<std::ops::Range<usize>>) {
        let Some(whole) = group(0) else { return };
        self.any = true;
        self.result.push_str(&self.text[self.done..whole.start]);
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.result.push_str(text),
                Piece::Group(at) => {
                    if let Some(range) = group(*at) {
                        self.result.push_str(&self.text[range]);
                    }
                }
            }
        }
        self.done = whole.end;
    }

    fn finish(mut self) -> Option<String> {
        self.result.push_str(&self.text[self.done..]);
        self.any.then_some(self.result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_and_backslashes_are_escapes() {
        let text = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(Replacement::parse("\\1-\\0").0, [Piece::Group(1), text("-"), Piece::Group(0)]);
        assert_eq!(Replacement::parse("\\").0, [text("\\")]);
        assert_eq!(Replacement::parse("\\\\1$1\\n").0, [text("\\1$1\\n")]);
    }
}
