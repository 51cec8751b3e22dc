//! `like`: `%` for any run of characters, `_` for one. A backslash is a backslash: paths are what
//! patterns are written for.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};

/// `like(TEXT, PATTERN)`
pub const LIKE: Function = Function {
    name: "like",
    arguments: (2, Some(2)),
    syntax: "like(TEXT, PATTERN)",
    summary: "True if the pattern covers the whole text, with case: `%` is any run of characters, `_` one; null for null.",
    examples: &[
        ("if(like(\"foobar\", \"foo%\"), 1, 0)", "1"),
        ("if(like(\"Foobar\", \"foo%\"), 1, 0)", "0"),
        ("if(like(\"fö\", \"f_\"), 1, 0)", "1"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    Ok(call.kernel(DataType::Boolean, run))
}

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text, pattern] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    let shared = pattern.constant();
    let shared = shared.as_ref().and_then(|cell| cell.text());
    let shared = shared.as_deref().map(Pattern::new);
    Ok(kernel::conditions(rows, |row| {
        let cell = text.cell(row);
        if let Some(pattern) = &shared {
            return matches_any(&cell, pattern);
        }
        matches_any(&cell, &Pattern::new(&pattern.text(row)?))
    }))
}

fn matches_any(cell: &crate::value::Cell<'_>, pattern: &Pattern<'_>) -> Option<bool> {
    match cell {
        crate::value::Cell::Text(text) => Some(pattern.covers(text)),
        cell if cell.is_null() => None,
        cell => Some(cell.texts().iter().any(|text| pattern.covers(text))),
    }
}

/// Whether a pattern covers a text.
pub(crate) fn covers(pattern: &str, text: &str) -> bool {
    Pattern::new(pattern).covers(text)
}

/// The parts of a pattern between its `%`.
struct Pattern<'a> {
    parts: Vec<Part<'a>>,
}

/// Characters, among which `_` stands for any one.
struct Part<'a> {
    text: &'a str,
    exact: bool,
}

impl<'a> Pattern<'a> {
    fn new(text: &'a str) -> Self {
        Self { parts: text.split('%').map(|text| Part { text, exact: !text.contains('_') }).collect() }
    }

    /// The first part starts the text, the last ends it, the others follow one another in between.
    fn covers(&self, text: &str) -> bool {
        let Some((first, others)) = self.parts.split_first() else { return text.is_empty() };
        let Some(mut rest) = first.start(text) else { return false };
        let Some((last, middle)) = others.split_last() else { return rest.is_empty() };
        for part in middle {
            match part.find(rest) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        last.ends(rest)
    }
}

impl Part<'_> {
    /// The text after this part at its start.
    fn start<'t>(&self, text: &'t str) -> Option<&'t str> {
        if self.exact {
            return text.strip_prefix(self.text);
        }
        let mut rest = text.chars();
        for wanted in self.text.chars() {
            let found = rest.next()?;
            if wanted != '_' && wanted != found {
                return None;
            }
        }
        Some(rest.as_str())
    }

    /// The text after the first place where this part is.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        if self.exact {
            return text.find(self.text).map(|at| &text[at + self.text.len()..]);
        }
        text.char_indices().find_map(|(at, _)| self.start(&text[at..]))
    }

    /// Whether the text ends with this part.
    fn ends(&self, text: &str) -> bool {
        if self.exact {
            return text.ends_with(self.text);
        }
        let Some(back) = self.text.chars().count().checked_sub(1) else { return true };
        text.char_indices().nth_back(back).is_some_and(|(at, _)| self.start(&text[at..]).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_whole_texts() {
        for (pattern, text, covers) in [
            ("a%c", "abc", true),
            ("a%c", "ac", true),
            ("aa%aa", "aaa", false),
            ("%\\temp\\%", "C:\\temp\\x", true),
            ("%b_d%", "abcabxd", true),
            ("%_d", "d", false),
            ("%", "", true),
            ("", "a", false),
            ("a.c", "abc", false),
            ("%ab%ab%", "xabyab", true),
            ("%ab%ab", "xab", false),
        ] {
            assert_eq!(Pattern::new(pattern).covers(text), covers, "{pattern} {text}");
        }
    }
}
