//! Text from logs, safe to print: what a terminal would obey or hide is shown instead.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The mark where text was cut.
pub const CUT: char = '…';

/// The text with control characters, bidirectional overrides and characters of no width escaped.
///
/// ```
/// use sluice_detect::output::visible::visible;
/// assert_eq!(visible("a\x1b[31mb\u{202e}c\n"), r"a\x1b[31mb\u{202e}c\n");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            hidden if is_hidden(hidden) => escape(hidden, &mut out),
            shown => out.push(shown),
        }
    }
    Cow::Owned(out)
}

/// Whether a character acts on a terminal or on the text around it instead of being seen.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

fn escape(character: char, out: &mut String) {
    // Writing to a string does not fail.
    let _ = match u32::from(character) {
        code @ ..=0xff => write!(out, "\\x{code:02x}"),
        code => write!(out, "\\u{{{code:x}}}"),
    };
}

/// Cells that a text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most so many cells, cut with `…` at the end.
///
/// ```
/// use sluice_detect::output::visible::cut;
/// assert_eq!(cut("powershell", 6), "power…");
/// assert_eq!(cut("日本語", 5), "日本…");
/// ```
pub fn cut(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used + 1 > cells {
            break;
        }
        out.push(character);
    }
    if cells > 0 {
        out.push(CUT);
    }
    Cow::Owned(out)
}

/// The text in lines of at most so many cells.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for character in text.chars() {
        let wide = character.width().unwrap_or(0);
        if used + wide > cells.max(2) {
            lines.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
    }
    lines
}

/// The text and spaces up to so many cells.
pub fn pad(text: &str, cells: usize) -> String {
    let spaces = cells.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(spaces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        for hostile in ["\u{9b}31m", "\x07", "\u{2066}", "\u{feff}", "\u{e0041}", "\x7f", "\r"] {
            let shown = visible(hostile);
            assert!(!shown.chars().any(is_hidden), "{shown}");
            assert!(shown.starts_with('\\'), "{shown}");
        }
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(visible(r"C:\Wíndows\日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn nothing_fits_into_no_cells() {
        assert_eq!(cut("abc", 0), "");
        assert_eq!(wrap("abcdef", 4), ["abcd", "ef"]);
    }
}
