//! `[…]`: PCRE knows no nesting and no `&&`, `--`, `~~`.

use super::escape::Escape;
use super::{Translator, literal};

impl Translator {
    /// A class; its `[` is eaten.
    pub(super) fn class(&mut self) -> Result<(), String> {
        let mut out = String::from(if self.eat("^") { "[^" } else { "[" });
        let mut first = true;
        loop {
            let Some(c) = self.peek(0) else { return Err("a class has no `]`".to_owned()) };
            self.at += 1;
            match c {
                ']' if !first => break,
                '[' if self.posix().is_some() => out.push_str(&self.take_posix()),
                '\\' if self.rest_starts("Q") => self.quoted_in(&mut out)?,
                '\\' if self.eat("E") => continue,
                '\\' => match self.escaped(true)? {
                    Escape::Char(c) => self.range(c, &mut out)?,
                    Escape::Set(set, false) => out.push_str(&set),
                    Escape::Set(set, true) => out.push_str(&format!("[^{set}]")),
                    Escape::Other(c) => out.push_str(&literal(c)),
                },
                c => self.range(c, &mut out)?,
            }
            first = false;
        }
        out.push(']');
        self.atom(&out);
        Ok(())
    }

    /// A character, or the range that starts with it. A `-` before a set or the end is itself.
    fn range(&mut self, from: char, out: &mut String) -> Result<(), String> {
        out.push_str(&literal(from));
        if self.peek(0) != Some('-') || matches!(self.peek(1), None | Some(']')) {
            return Ok(());
        }
        let back = self.at;
        self.at += 1;
        let Some(c) = self.peek(0) else { return Ok(()) };
        self.at += 1;
        let to = match c {
            '[' if self.posix().is_some() => None,
            '\\' => match self.escaped(true)? {
                Escape::Char(c) => Some(c),
                _ => None,
            },
            c => Some(c),
        };
        match to {
            Some(to) if to < from => Err(format!("the range `{from}-{to}` is out of order")),
            Some(to) => {
                out.push('-');
                out.push_str(&literal(to));
                Ok(())
            }
            None => {
                self.at = back + 1;
                out.push_str(&literal('-'));
                Ok(())
            }
        }
    }

    /// How long `:alpha:]` is, behind its `[`.
    fn posix(&self) -> Option<usize> {
        let rest = self.chars.get(self.at..)?;
        let end = rest.windows(2).position(|pair| pair == [':', ']']).filter(|&end| end > 0)?;
        let name = rest.get(1..end)?;
        let letters = name.strip_prefix(&['^']).unwrap_or(name);
        let is_class = rest.first() == Some(&':') && letters.iter().all(char::is_ascii_lowercase);
        (is_class && !letters.is_empty()).then_some(end + 2)
    }

    fn take_posix(&mut self) -> String {
        let length = self.posix().unwrap_or(0);
        let inside: String = self.chars.get(self.at..self.at + length).unwrap_or_default().iter().collect();
        self.at += length;
        format!("[{inside}")
    }

    fn quoted_in(&mut self, out: &mut String) -> Result<(), String> {
        self.at += 1;
        while let Some(c) = self.peek(0) {
            if self.eat("\\E") {
                return Ok(());
            }
            self.at += 1;
            out.push_str(&literal(c));
        }
        Err("a class has no `]`".to_owned())
    }
}
