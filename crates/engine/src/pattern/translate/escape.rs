//! Backslashes.

use super::Translator;

/// ASCII as PCRE has it without `(*UCP)`, and the spaces of `\h`, `\v`.
pub(super) const DIGIT: &str = "0-9";
pub(super) const WORD: &str = "0-9A-Za-z_";
pub(super) const SPACE: &str = "\\t\\n\\x0B\\f\\r\\x20";
pub(super) const HORIZONTAL: &str =
    "\\t\\x20\\x{A0}\\x{1680}\\x{180E}\\x{2000}-\\x{200A}\\x{202F}\\x{205F}\\x{3000}";
pub(super) const VERTICAL: &str = "\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}";

/// What an escape names.
#[derive(Debug, PartialEq)]
pub(super) enum Escape {
    Char(char),
    /// The inside of a class, and whether it is negated.
    Set(String, bool),
    /// Something else, by its letter.
    Other(char),
}

impl Translator {
    /// An escape outside a class; the backslash is eaten.
    pub(super) fn escape(&mut self) -> Result<(), String> {
        match self.escaped(false)? {
            Escape::Char(c) => self.literal(c),
            Escape::Set(set, false) => self.atom(&format!("[{set}]")),
            Escape::Set(set, true) => self.atom(&format!("[^{set}]")),
            Escape::Other(letter) => self.other(letter)?,
        }
        Ok(())
    }

    fn other(&mut self, letter: char) -> Result<(), String> {
        match letter {
            'Q' => self.quoted(),
            'E' => {}
            'b' => self.boundary("(?-u:\\b)", ["!", "="]),
            'B' => self.boundary("(?-u:\\B)", ["=", "!"]),
            'A' => self.atom("\\A"),
            'z' => self.atom("\\z"),
            'Z' => self.end_or_newline(),
            'R' => self.atom(&format!("(?:\\r\\n|[{VERTICAL}])")),
            'X' => self.atom("(?:\\r\\n|\\P{M}\\p{M}*|\\p{M}+)"),
            'N' => self.atom("[^\\n]"),
            'C' => self.atom("(?s:.)"),
            'K' | 'G' => {
                (self.plan.backtracks, self.plan.is_beyond) = (true, true);
                self.atom(&format!("\\{letter}"));
            }
            'g' | 'k' => self.by_name(letter)?,
            digit => self.by_number(digit)?,
        }
        Ok(())
    }

    /// The backtracking engine knows no ASCII word boundary: what follows a word character, and what
    /// follows another, is said with look-around.
    fn boundary(&mut self, linear: &str, [after_word, after_other]: [&str; 2]) {
        self.atom = Some(self.place());
        self.plan.linear.push_str(linear);
        self.plan.fancy.push_str(&format!(
            "(?:(?<=[{WORD}])(?{after_word}[{WORD}])|(?<![{WORD}])(?{after_other}[{WORD}]))"
        ));
    }

    /// `\Q…\E`
    fn quoted(&mut self) {
        while let Some(c) = self.peek(0) {
            if self.eat("\\E") {
                return;
            }
            self.at += 1;
            self.literal(c);
        }
    }

    /// `\g1`, `\g{-1}`, `\g<name>`, `\k<name>`, `\k{name}`, `\k'name'`
    fn by_name(&mut self, letter: char) -> Result<(), String> {
        for (start, end) in [("{", '}'), ("<", '>'), ("'", '\'')] {
            if self.eat(start) {
                let name = self.until(end)?;
                return if letter == 'g' && start != "{" {
                    self.subroutine(&name)
                } else {
                    self.reference(&name)
                };
            }
        }
        let start = self.at;
        if self.peek(0) == Some('-') {
            self.at += 1;
        }
        while self.peek(0).is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let name: String = self.chars.get(start..self.at).unwrap_or_default().iter().collect();
        self.reference(&name)
    }

    /// `\1`; two digits are octal if there are not so many groups.
    fn by_number(&mut self, first: char) -> Result<(), String> {
        let mut digits = first.to_string();
        let start = self.at;
        while let Some(c) = self.peek(0).filter(char::is_ascii_digit) {
            digits.push(c);
            self.at += 1;
        }
        if digits.len() == 1 || digits.parse::<usize>().is_ok_and(|number| number <= self.total) {
            return self.reference(&digits);
        }
        self.at = start;
        if first >= '8' {
            self.literal(first);
            return Ok(());
        }
        let c = self.octal(first.to_digit(8).unwrap_or(0), 2)?;
        self.literal(c);
        Ok(())
    }

    /// An escape, the backslash eaten; a class knows no anchors and no references.
    pub(super) fn escaped(&mut self, in_class: bool) -> Result<Escape, String> {
        let Some(c) = self.peek(0) else { return Err("the pattern ends with a backslash".to_owned()) };
        self.at += 1;
        let set = |set: &str, negated| Ok(Escape::Set(set.to_owned(), negated));
        match c {
            'd' => set(DIGIT, false),
            'D' => set(DIGIT, true),
            'w' => set(WORD, false),
            'W' => set(WORD, true),
            's' => set(SPACE, false),
            'S' => set(SPACE, true),
            'h' => set(HORIZONTAL, false),
            'H' => set(HORIZONTAL, true),
            'v' => set(VERTICAL, false),
            'V' => set(VERTICAL, true),
            'p' | 'P' => self.property(c == 'P'),
            'n' => Ok(Escape::Char('\n')),
            't' => Ok(Escape::Char('\t')),
            'r' => Ok(Escape::Char('\r')),
            'f' => Ok(Escape::Char('\x0C')),
            'e' => Ok(Escape::Char('\x1B')),
            'a' => Ok(Escape::Char('\x07')),
            'b' if in_class => Ok(Escape::Char('\x08')),
            'x' => self.hexadecimal().map(Escape::Char),
            'o' if self.eat("{") => {
                let digits = self.until('}')?;
                code(u32::from_str_radix(&digits, 8).ok()).map(Escape::Char)
            }
            'c' => self.control().map(Escape::Char),
            '0' => self.octal(0, 2).map(Escape::Char),
            '1'..='7' if in_class => self.octal(c.to_digit(8).unwrap_or(0), 2).map(Escape::Char),
            '1'..='9' if !in_class => Ok(Escape::Other(c)),
            'Q' | 'E' => Ok(Escape::Other(c)),
            'B' | 'A' | 'z' | 'Z' | 'b' | 'R' | 'X' | 'N' | 'C' | 'K' | 'G' | 'g' | 'k' if !in_class => {
                Ok(Escape::Other(c))
            }
            // PCRE takes an unknown escape as the character.
            literal => Ok(Escape::Char(literal)),
        }
    }

    /// `\pL`, `\p{Lu}`, `\p{^Lu}`
    fn property(&mut self, negated: bool) -> Result<Escape, String> {
        let name = if self.eat("{") {
            self.until('}')?
        } else {
            let letter = self.peek(0).ok_or("`\\p` names no property")?;
            self.at += 1;
            letter.to_string()
        };
        let (name, negated) = match name.strip_prefix('^') {
            Some(name) => (name.to_owned(), !negated),
            None => (name, negated),
        };
        if name.is_empty()
            || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '&' | ' ' | '='))
        {
            return Err(format!("no property `{name}`"));
        }
        let text = match name.as_str() {
            "L&" => "\\p{Lu}\\p{Ll}\\p{Lt}".to_owned(),
            "Any" => "\\x{0}-\\x{10FFFF}".to_owned(),
            name => format!("\\p{{{name}}}"),
        };
        Ok(Escape::Set(text, negated))
    }

    /// `\x41`, `\x{202E}`, `\x` with fewer digits
    fn hexadecimal(&mut self) -> Result<char, String> {
        if self.eat("{") {
            let digits = self.until('}')?;
            return code(u32::from_str_radix(digits.trim(), 16).ok());
        }
        let mut value = 0;
        for _ in 0..2 {
            let Some(digit) = self.peek(0).and_then(|c| c.to_digit(16)) else { break };
            value = value * 16 + digit;
            self.at += 1;
        }
        code(Some(value))
    }

    fn octal(&mut self, first: u32, more: usize) -> Result<char, String> {
        let mut value = first;
        for _ in 0..more {
            let Some(digit) = self.peek(0).and_then(|c| c.to_digit(8)) else { break };
            value = value * 8 + digit;
            self.at += 1;
        }
        code(Some(value))
    }

    /// `\cA`
    fn control(&mut self) -> Result<char, String> {
        let c = self.peek(0).filter(char::is_ascii).ok_or("`\\c` names no character")?;
        self.at += 1;
        code(Some(u32::from(c.to_ascii_uppercase()) ^ 64))
    }
}

fn code(value: Option<u32>) -> Result<char, String> {
    value.and_then(char::from_u32).ok_or_else(|| "a number names no character".to_owned())
}
