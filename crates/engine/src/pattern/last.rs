//! Patterns that ask for what stands before or behind the last separator of a text, as the name of a file is found in
//! its path: `(?<name>[^\\/]+)$`, `^(?<folder>.+)\\[^\\]+$`.

use std::ops::Range;

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

/// What such a pattern asks for, in its first group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Last {
    /// Of each character of ASCII, whether it separates. No other one does.
    separates: [bool; 128],
    /// What stands before the last separator, not what stands behind it.
    is_before: bool,
}

impl Last {
    /// What a pattern asks for, if it is such a one.
    pub(crate) fn of(hir: &Hir) -> Option<Self> {
        let HirKind::Concat(parts) = hir.kind() else { return None };
        let is_end = |part: &Hir| matches!(part.kind(), HirKind::Look(Look::End | Look::EndLF));
        match parts.as_slice() {
            [behind, end] if is_end(end) => {
                Some(Self { separates: separators(group(behind)?)?, is_before: false })
            }
            [start, before, separator, behind, end] if is_end(end) => {
                let separates = separators(behind)?;
                let HirKind::Look(Look::Start | Look::StartLF) = start.kind() else { return None };
                let HirKind::Literal(literal) = separator.kind() else { return None };
                let [byte] = *literal.0 else { return None };
                let is_only =
                    separates.iter().zip(0..).all(|(separates, other)| *separates == (other == byte));
                let is_any =
                    separators(group(before)?)?.iter().zip(0..).all(|(out, byte)| !out || byte == b'\n');
                (is_only && is_any).then_some(Self { separates, is_before: true })
            }
            _ => None,
        }
    }

    /// Where the first group of the first match lies, if there is one; `None`: the text has several lines, of which
    /// this does not tell.
    pub(crate) fn find(&self, text: &str) -> Option<Option<Range<usize>>> {
        if text.contains('\n') {
            return None;
        }
        let separates =
            |byte: &u8| self.separates.get(usize::from(*byte)).is_some_and(|separates| *separates);
        let last = text.as_bytes().iter().rposition(separates);
        let behind = last.map_or(0, |last| last + 1);
        Some(match (behind == text.len(), last) {
            (true, _) => None,
            (false, _) if !self.is_before => Some(behind..text.len()),
            (false, last) => last.filter(|last| *last > 0).map(|last| 0..last),
        })
    }
}

/// What the first group holds.
fn group(hir: &Hir) -> Option<&Hir> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.index == 1 => Some(&capture.sub),
        _ => None,
    }
}

/// The characters that end one or more of others, of which there are as many as can be.
fn separators(hir: &Hir) -> Option<[bool; 128]> {
    let HirKind::Repetition(Repetition { min: 1, max: None, greedy: true, sub }) = hir.kind() else {
        return None;
    };
    let HirKind::Class(Class::Unicode(class)) = sub.kind() else { return None };
    let is_in = |c: char| class.iter().any(|range| range.start() <= c && c <= range.end());
    let beyond = class.iter().any(|range| range.start() <= '\u{80}' && range.end() == char::MAX);
    beyond.then(|| std::array::from_fn(|byte| u8::try_from(byte).is_ok_and(|byte| !is_in(char::from(byte)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::compile;

    const PATTERNS: &[&str] = &[
        r"(?ms)(?<name>[^\\/]+)$",
        r"(?<name>[^\\]+)$",
        r"(?ms)^(?<key>.+)\\[^\\]+$",
        r"^(?<key>.+)\\[^\\]+$",
    ];

    #[test]
    fn other_patterns_are_none() {
        for pattern in [
            r"([^\\]*)$",
            r"([^\\]+?)$",
            r"[^\\]+$",
            r"(a+)$",
            r"([^\\]+)",
            r"^(.+)/[^\\]+$",
            r"^([^b]+)\\[^\\]+$",
        ] {
            assert_eq!(Last::of(compile(pattern).unwrap().linear().unwrap()), None, "{pattern}");
        }
    }

    proptest::proptest! {
        #[test]
        fn finds_what_the_pattern_finds(pattern in proptest::sample::select(PATTERNS), text in r"[\\/aé\n]{0,8}") {
            let pattern = compile(pattern).unwrap();
            let last = Last::of(pattern.linear().unwrap()).unwrap();
            if let Some(found) = last.find(&text) {
                let captures = pattern.captures(&text, 0).unwrap();
                proptest::prop_assert_eq!(found, captures.and_then(|captures| captures.get(1)));
            }
        }
    }
}
