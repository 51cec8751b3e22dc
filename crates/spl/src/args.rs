//! Arguments of commands: field names, words, keywords, `option=value`.

use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::ops::Name;
use crate::span::Span;

/// `name=value` as written.
pub(crate) struct OptionArg {
    /// The option's name in lower case.
    pub(crate) name: Name,
    /// Its value, without quotes.
    pub(crate) value: Name,
}

impl Cursor<'_> {
    /// A bare word: a field name, a number, a keyword.
    pub(crate) fn word(&mut self) -> Option<Name> {
        self.skip_space();
        let start = self.place();
        let text = self.take_until(ends_word);
        (!text.is_empty()).then(|| Name::new(text, self.span_from(start)))
    }

    /// A field name: bare, as `stats` makes them (`sum(bytes)`), or in either kind of quotes.
    pub(crate) fn field(&mut self) -> Parse<Name> {
        self.skip_space();
        let start = self.place();
        if matches!(self.peek(), Some('"' | '\'')) {
            return self.quoted();
        }
        let mut name = self.word().ok_or_else(|| self.expected("a field"))?;
        if self.peek() == Some('(') {
            name.text += &self.parentheses()?;
            name.span = self.span_from(start);
        }
        Ok(name)
    }

    /// `(…)` as written.
    fn parentheses(&mut self) -> Parse<String> {
        let inside = self.bracketed(|cursor| {
            let mut text = String::new();
            loop {
                text += &cursor.take_until(|c| matches!(c, '(' | ')' | '|' | '"'));
                match cursor.peek() {
                    Some('(') => text += &cursor.parentheses()?,
                    Some('"') => text += &format!("\"{}\"", cursor.quoted()?.text),
                    _ => return Ok(text),
                }
            }
        })?;
        Ok(format!("({inside})"))
    }

    /// A name or value: bare, or in quotes.
    pub(crate) fn value(&mut self, what: &str) -> Parse<Name> {
        self.skip_space();
        match self.peek() {
            Some('"') => self.quoted(),
            _ => self.word().ok_or_else(|| self.expected(what)),
        }
    }

    /// Whether a bare word `keyword` (in lower case) comes next, in any case.
    pub(crate) fn at_keyword(&mut self, keyword: &str) -> bool {
        let place = self.place();
        let found = self.word().is_some_and(|word| word.text.eq_ignore_ascii_case(keyword));
        self.back_to(place);
        found
    }

    /// Takes `keyword` if it comes next.
    pub(crate) fn keyword(&mut self, keyword: &str) -> bool {
        let found = self.at_keyword(keyword);
        if found {
            self.word();
        }
        found
    }

    /// `AS name`, if it comes next.
    pub(crate) fn alias(&mut self) -> Parse<Option<Name>> {
        if self.keyword("as") { self.field().map(Some) } else { Ok(None) }
    }

    /// A whole number standing alone, if it comes next.
    pub(crate) fn count(&mut self) -> Option<u64> {
        let place = self.place();
        let count = self.word().and_then(|word| word.text.parse().ok());
        let alone = count.is_some() && !self.eat_after_space('=');
        if alone {
            return count;
        }
        self.back_to(place);
        None
    }

    /// `name=value`, if it comes next.
    pub(crate) fn option(&mut self) -> Parse<Option<OptionArg>> {
        let place = self.place();
        let Some(name) = self.option_name() else {
            self.back_to(place);
            return Ok(None);
        };
        self.skip_space();
        let value =
            if matches!(self.peek(), Some('"' | '\'')) { self.quoted()? } else { self.option_value()? };
        Ok(Some(OptionArg { name, value }))
    }

    /// The name of an option whose `=` has been taken too.
    pub(crate) fn option_name(&mut self) -> Option<Name> {
        let word = self.word()?;
        let simple = word.text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let assigned = simple && self.eat_after_space('=') && self.peek() != Some('=');
        assigned.then(|| Name::new(word.text.to_ascii_lowercase(), word.span))
    }

    fn option_value(&mut self) -> Parse<Name> {
        let start = self.place();
        let text = self.take_until(|c| ends_word(c) && c != '=');
        if text.is_empty() {
            Err(self.expected("a value"))
        } else {
            Ok(Name::new(text, self.span_from(start)))
        }
    }

    /// Field names separated by commas or spaces, up to one of `stops`, an option or the command's end.
    pub(crate) fn fields(&mut self, stops: &[&str]) -> Parse<Vec<Name>> {
        let mut fields = Vec::new();
        while !self.at_fields_end(stops) {
            fields.push(self.field()?);
            self.commas();
        }
        if fields.is_empty() { Err(self.expected("a field")) } else { Ok(fields) }
    }

    /// Takes the comma between two elements, if there is one. Further commas make empty elements, which
    /// Splunk skips.
    pub(crate) fn commas(&mut self) {
        if !self.eat_after_space(',') {
            return;
        }
        self.skip_space();
        while self.peek() == Some(',') {
            self.empty_element();
            self.skip_space();
        }
    }

    /// Takes a comma with no element before it, with a warning.
    pub(crate) fn empty_element(&mut self) {
        let place = self.place();
        self.bump();
        let warning =
            Diagnostic::warning(code::EMPTY_LIST_ELEMENT, self.span_from(place), "empty element in a list")
                .with_label("nothing before this comma")
                .with_help("remove the comma");
        self.diagnostics.push(warning);
    }

    fn at_fields_end(&mut self, stops: &[&str]) -> bool {
        self.at_command_end()
            || self.peek() == Some(')')
            || stops.iter().any(|stop| self.at_keyword(stop))
            || self.at_option()
    }

    /// Whether `name=` comes next.
    pub(crate) fn at_option(&mut self) -> bool {
        let place = self.place();
        let found = self.option_name().is_some();
        self.back_to(place);
        found
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '|' | ',' | '(' | ')' | '[' | ']' | '"' | '=' | '`')
}

impl OptionArg {
    /// Its value as a Boolean: `t`, `true`, `1`, `f`, `false`, `0`.
    pub(crate) fn boolean(&self) -> Parse<bool> {
        match self.value.text.to_ascii_lowercase().as_str() {
            "t" | "true" | "1" => Ok(true),
            "f" | "false" | "0" => Ok(false),
            _ => Err(self.bad("true or false")),
        }
    }

    /// Its value as a whole number.
    pub(crate) fn integer(&self) -> Parse<u64> {
        self.value.text.parse().map_err(|_| self.bad("a whole number"))
    }

    /// Its value as a number.
    pub(crate) fn number(&self) -> Parse<f64> {
        let number = self.value.text.parse().ok().filter(|n: &f64| n.is_finite());
        number.ok_or_else(|| self.bad("a number"))
    }

    /// The value is not `expected`.
    pub(crate) fn bad(&self, expected: &str) -> Diagnostic {
        let message = format!("`{}` expected {expected}, found `{}`", self.name.text, self.value.text);
        Diagnostic::error(code::BAD_OPTION, self.value.span, message).with_label(format!("not {expected}"))
    }

    /// `command` has no such option.
    pub(crate) fn unknown(&self, command: &str, known: &[&str]) -> Diagnostic {
        let message = format!("`{command}` has no option `{}`", self.name.text);
        let near = nearest(&self.name.text, known.iter().copied());
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its options are {}", known.join(", ")),
        };
        Diagnostic::error(code::UNKNOWN_OPTION, self.name.span, message)
            .with_label("no such option")
            .with_help(help)
    }
}

/// An argument that `command` needs is absent at `span`.
pub(crate) fn missing(command: &str, what: &str, span: Span, example: &str) -> Diagnostic {
    Diagnostic::error(code::MISSING_ARGUMENT, span, format!("`{command}` needs {what}"))
        .with_label(format!("{what} is missing"))
        .with_help(format!("for example `{example}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_may_have_spaces_round_its_sign() {
        let mut cursor = Cursor::new("limit = 5 host");
        let option = cursor.option().unwrap().unwrap();
        assert_eq!((option.name.text.as_str(), option.integer().unwrap()), ("limit", 5));
        assert!(cursor.option().unwrap().is_none());
    }

    #[test]
    fn fields_are_separated_by_commas_or_spaces() {
        let names = |text: &str| -> Vec<String> {
            Cursor::new(text).fields(&["by"]).unwrap().into_iter().map(|name| name.text).collect()
        };
        assert_eq!(names("a, b c{}.d \"e f\" by g"), ["a", "b", "c{}.d", "e f"]);
        assert_eq!(names("host limit=3"), ["host"]);
        assert_eq!(names("sum(a), , count(eval(b=\"c d\"))"), ["sum(a)", "count(eval(b=\"c d\"))"]);
    }
}
