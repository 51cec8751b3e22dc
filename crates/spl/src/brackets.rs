//! Brackets: what stands between an opener and its closer, and where it goes wrong.

use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::Name;
use crate::span::Span;

impl Cursor<'_> {
    /// Takes the opener that the cursor stands at, `inside`, and the closer.
    pub(crate) fn bracketed<T>(&mut self, inside: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        let start = self.place();
        let (opener, closer) = if self.bump() == Some('[') { ('[', ']') } else { ('(', ')') };
        let span = self.span_from(start);
        self.enter()?;
        let value = inside(self);
        self.leave();
        let value = value?;
        if self.eat_after_space(closer) {
            return Ok(value);
        }
        self.skip_space();
        match self.peek() {
            None | Some('|' | ']' | ')') => Err(unclosed(span, opener, closer)),
            Some(_) => Err(self.expected(&format!("`{closer}`"))),
        }
    }

    /// The text in the brackets that the cursor stands at, entities resolved, brackets and quotes in it whole.
    pub(crate) fn bracketed_text(&mut self) -> Parse<Name> {
        let start = self.place();
        self.bump();
        let opener = self.span_from(start);
        let (mut text, mut open, mut quoted) = (String::new(), 0_usize, false);
        while let Some(c) = self.peek() {
            match c {
                ']' if open == 0 && !quoted => {
                    self.bump();
                    return Ok(Name::new(text.trim(), self.span_from(start)));
                }
                '\\' => text.extend(self.bump()),
                '"' => quoted = !quoted,
                '[' if !quoted => open += 1,
                ']' if !quoted => open -= 1,
                _ => {}
            }
            text.extend(self.bump());
        }
        Err(unclosed(opener, '[', ']'))
    }

    /// Whether the arguments of a command end here: end of query, `|` or `]`.
    pub(crate) fn at_command_end(&mut self) -> bool {
        self.skip_space();
        matches!(self.peek(), None | Some('|' | ']'))
    }

    /// Moves to the next `|` of this pipeline, or to the `]` that ends it.
    pub(crate) fn skip_command(&mut self) {
        let mut open = 0_usize;
        while let Some(c) = self.peek() {
            match c {
                '|' if open == 0 => return,
                ']' if open == 0 => return,
                '[' => open += 1,
                ']' => open -= 1,
                '"' if self.quoted().is_ok() => continue,
                '\\' => _ = self.bump(),
                _ => {}
            }
            self.bump();
        }
    }

    /// An error for a character that does not fit between two commands.
    pub(crate) fn stray(&self) -> Diagnostic {
        match self.peek() {
            Some(c @ (')' | ']')) => self.unopened(c),
            _ => self.expected("`|` or end of query"),
        }
    }

    fn unopened(&self, closer: char) -> Diagnostic {
        let at = self.span_from(self.place());
        let opener = if closer == ')' { '(' } else { '[' };
        let message = format!("no opening `{opener}` for this `{closer}`");
        Diagnostic::error(code::UNBALANCED_BRACKET, Span::new(at.start, at.start + 1), message)
            .with_label("closes nothing")
    }
}

fn unclosed(opener_span: Span, opener: char, closer: char) -> Diagnostic {
    Diagnostic::error(
        code::UNBALANCED_BRACKET,
        opener_span,
        format!("no closing `{closer}` for this `{opener}`"),
    )
    .with_label("opened here")
    .with_help(format!("write `{closer}` where it ends; inside quotes brackets do not count"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unclosed_bracket_is_reported_at_its_opener() {
        let error = crate::parse("search (a OR b | table a").diagnostics.remove(0);
        assert_eq!((error.code, error.span), (code::UNBALANCED_BRACKET, Span::new(7, 8)));
        let error = crate::parse("search a) | table a").diagnostics.remove(0);
        assert_eq!((error.code, error.span), (code::UNBALANCED_BRACKET, Span::new(8, 9)));
    }
}
