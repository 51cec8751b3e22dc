//! JSON strings → text.

use super::tape::Text;

/// The text that a string means. `scratch` is only used when it holds a backslash.
pub(super) fn decode<'a>(text: &'a str, place: Text, scratch: &'a mut String) -> &'a str {
    let written = place.of(text);
    if !place.escaped {
        return written;
    }
    scratch.clear();
    unescape(written, scratch);
    scratch
}

/// Resolves the escapes. One that is not in the JSON standard stays as it is written, half a
/// surrogate pair becomes U+FFFD.
pub(super) fn unescape(written: &str, into: &mut String) {
    let mut rest = written;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (before, after) = rest.split_at(at);
        into.push_str(before);
        let mut tail = after.chars();
        tail.next();
        match tail.next() {
            Some('n') => into.push('\n'),
            Some('r') => into.push('\r'),
            Some('t') => into.push('\t'),
            Some('b') => into.push('\u{8}'),
            Some('f') => into.push('\u{c}'),
            Some(plain @ ('"' | '\\' | '/')) => into.push(plain),
            Some('u') => {
                rest = unicode(after, into);
                continue;
            }
            Some(other) => into.extend(['\\', other]),
            None => into.push('\\'),
        }
        rest = tail.as_str();
    }
    into.push_str(rest);
}

/// Resolves `\uXXXX`, or a pair of them; gives what comes after.
fn unicode<'a>(escape: &'a str, into: &mut String) -> &'a str {
    let Some((unit, rest)) = hex_unit(escape) else {
        into.push_str("\\u");
        return escape.get(2..).unwrap_or_default();
    };
    if let (0xD800..=0xDBFF, Some((low @ 0xDC00..=0xDFFF, after))) = (unit, hex_unit(rest)) {
        let code = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        into.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        return after;
    }
    into.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
    rest
}

fn hex_unit(escape: &str) -> Option<(u32, &str)> {
    let digits = escape.strip_prefix("\\u")?;
    let hex = digits.get(..4).filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    Some((u32::from_str_radix(hex, 16).ok()?, digits.get(4..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(written: &str) -> String {
        let mut text = String::new();
        unescape(written, &mut text);
        text
    }

    #[test]
    fn escapes_become_what_they_mean() {
        assert_eq!(plain(r"C:\\Windows\n\u00e9\ud83d\ude00\/"), "C:\\Windows\né😀/");
    }

    #[test]
    fn odd_escapes_lose_nothing() {
        assert_eq!(plain(r"\x \ud83d. \u12 \"), "\\x \u{FFFD}. \\u12 \\");
    }
}
