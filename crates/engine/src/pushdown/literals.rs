//! Literals that a text must hold to match.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Shorter literals are everywhere.
const SHORTEST: usize = 2;
/// More literals are not searched for.
const MOST: usize = 64;

/// Literals one of which any text holds that matches a regular expression; none if there are none.
/// Case does not count.
pub(super) fn of_regex(regex: &Hir) -> Vec<String> {
    let found = any_of(regex).filter(|literals| literals.len() <= MOST);
    found.filter(|literals| weight(literals) >= SHORTEST).unwrap_or_default()
}

/// The longest literal of a pattern whose wildcard is this character, unless it is everywhere.
pub(super) fn of_pattern(pattern: &str, wildcard: char) -> Option<String> {
    let longest = pattern.split(wildcard).max_by_key(|piece| piece.len())?;
    (longest.len() >= SHORTEST && longest.is_ascii()).then(|| longest.to_owned())
}

/// How much a set of literals narrows: the length of its shortest.
fn weight(literals: &[String]) -> usize {
    literals.iter().map(String::len).min().unwrap_or(0)
}

/// The best set of literals one of which is in every match.
// Recursion is bounded by the regex parser's limit on nesting.
fn any_of(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![std::str::from_utf8(&literal.0).ok()?.to_owned()]),
        HirKind::Class(class) => letter(class).map(|letter| vec![letter.to_string()]),
        HirKind::Capture(capture) => any_of(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => any_of(&repetition.sub),
        HirKind::Alternation(branches) => {
            let sets = branches.iter().map(any_of).collect::<Option<Vec<_>>>()?;
            Some(sets.concat()).filter(|all| all.len() <= MOST)
        }
        HirKind::Concat(parts) => concatenated(parts),
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

/// Neighbouring letters join to words; the best word or part counts.
fn concatenated(parts: &[Hir]) -> Option<Vec<String>> {
    let mut sets: Vec<Vec<String>> = Vec::new();
    let mut word = String::new();
    for part in parts {
        match fixed(part) {
            Some(text) => word.push_str(&text),
            None => {
                sets.push(vec![std::mem::take(&mut word)]);
                sets.extend(any_of(part));
            }
        }
    }
    sets.push(vec![word]);
    sets.into_iter().max_by_key(|set| weight(set)).filter(|set| weight(set) > 0)
}

/// The one text that an expression matches, but for case.
fn fixed(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(std::str::from_utf8(&literal.0).ok()?.to_owned()),
        HirKind::Class(class) => letter(class).map(String::from),
        HirKind::Look(_) | HirKind::Empty => Some(String::new()),
        HirKind::Capture(capture) => fixed(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(fixed).collect(),
        _ => None,
    }
}

/// The letter whose two cases a class holds. Those beyond ASCII do not count: a filter does not trust
/// literals where one of them is.
fn letter(class: &Class) -> Option<char> {
    let ascii: Vec<u8> = (0..128).filter(|&byte| holds(class, byte)).collect();
    match ascii.as_slice() {
        [one] => Some(char::from(*one)),
        [upper, lower] if upper.to_ascii_lowercase() == *lower => Some(char::from(*lower)),
        _ => None,
    }
}

fn holds(class: &Class, byte: u8) -> bool {
    match class {
        Class::Unicode(class) => {
            let c = char::from(byte);
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&c))
        }
        Class::Bytes(class) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regexes_give_what_every_match_holds() {
        let cases: &[(&str, &[&str])] = &[
            (r"(?i)(ftp\.exe|lftp)", &["ftp.exe", "lftp"]),
            (r"(?i)\\curl\.exe$", &["\\curl.exe"]),
            (r"^(21|80)$", &["21", "80"]),
            (r"a.*bcd", &["bcd"]),
            (r"(abc)?x", &[]),
            (r"(abc)+x", &["abc"]),
            (r"ab(cd|ef)gh", &["ab"]),
            (r"[ab]c", &[]),
            (r"\d+", &[]),
            ("x|", &[]),
        ];
        for (regex, literals) in cases {
            let mut found = of_regex(&regex_syntax::Parser::new().parse(regex).unwrap());
            found.iter_mut().for_each(|literal| literal.make_ascii_lowercase());
            if *regex == "ab(cd|ef)gh" {
                assert_eq!(weight(&found), 2);
                continue;
            }
            assert_eq!(found, *literals, "{regex}");
        }
    }

    #[test]
    fn wildcards_give_their_longest_piece() {
        assert_eq!(of_pattern("*\\temp\\*.exe", '*').as_deref(), Some("\\temp\\"));
        assert_eq!(of_pattern("whole", '*').as_deref(), Some("whole"));
        assert_eq!(of_pattern("*", '*'), None);
    }
}
