//! `*` as SPL's `search` and field lists mean it: any run of characters.

/// Whether the pattern covers the whole text, with case.
pub fn matches(pattern: &str, text: &str) -> bool {
    glob(pattern.as_bytes(), text.as_bytes(), |a, b| a == b)
}

/// The parts of `text` that the stars of the pattern stand for; `None` if it does not match.
pub fn captures<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut parts = pattern.split('*');
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    let parts: Vec<&str> = parts.collect();
    for (at, part) in parts.iter().enumerate() {
        let end = if at + 1 == parts.len() {
            rest.len().checked_sub(part.len()).filter(|&end| rest.get(end..) == Some(part))?
        } else {
            rest.find(part)?
        };
        found.push(rest.get(..end)?);
        rest = rest.get(end + part.len()..)?;
    }
    Some(found)
}

/// Text that is compared without case: ASCII byte by byte, other letters by their lower case.
#[derive(Debug, Clone)]
pub struct Matcher {
    pattern: String,
    kind: Kind,
    case: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// No star.
    Exact,
    /// Only `*`.
    Any,
    /// Stars.
    Glob,
}

impl Matcher {
    /// A matcher for a pattern with stars, in any case unless `case`.
    pub fn new(pattern: &str, case: bool) -> Self {
        let pattern = if case { pattern.to_owned() } else { pattern.to_lowercase() };
        let kind = match pattern.as_str() {
            text if !text.contains('*') => Kind::Exact,
            text if text.bytes().all(|byte| byte == b'*') => Kind::Any,
            _ => Kind::Glob,
        };
        Self { pattern, kind, case }
    }

    /// The pattern: in lower case unless it is one with case.
    pub(crate) fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        if self.kind == Kind::Any {
            return true;
        }
        if self.case {
            return match self.kind {
                Kind::Exact => text == self.pattern,
                _ => matches(&self.pattern, text),
            };
        }
        if text.is_ascii() {
            return match self.kind {
                Kind::Exact => text.eq_ignore_ascii_case(&self.pattern),
                _ => glob(self.pattern.as_bytes(), text.as_bytes(), |a, b| a == b.to_ascii_lowercase()),
            };
        }
        let text = text.to_lowercase();
        match self.kind {
            Kind::Exact => text == self.pattern,
            _ => matches(&self.pattern, &text),
        }
    }
}

/// Greedy matching with one point of return: linear in practice, quadratic at worst.
fn glob(pattern: &[u8], text: &[u8], same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(&byte) if text.get(t).is_some_and(|&other| same(byte, other)) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after, from)) = star else { return false };
                p = after;
                t = from + 1;
                star = Some((after, t));
            }
        }
    }
    pattern.get(p..).is_none_or(|rest| rest.iter().all(|&byte| byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_run() {
        let matcher = Matcher::new("*\\windows\\system32\\*", false);
        assert!(matcher.matches("C:\\Windows\\System32\\cmd.exe"));
        assert!(!matcher.matches("C:\\Temp\\cmd.exe"));
        assert!(Matcher::new("a*b*c", false).matches("AxxByyBc"));
        assert!(!Matcher::new("a*b", true).matches("aB"));
        assert!(Matcher::new("ÄRGER", false).matches("ärger"));
    }

    #[test]
    fn captures_are_what_stars_stand_for() {
        assert_eq!(captures("Processes.*", "Processes.user"), Some(vec!["user"]));
        assert_eq!(captures("a*c*e", "abcde"), Some(vec!["b", "d"]));
        assert_eq!(captures("a*", "b"), None);
    }
}
