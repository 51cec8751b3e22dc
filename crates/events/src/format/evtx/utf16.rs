//! UTF-16 little-endian to UTF-8, fast for the ASCII that most log text is.

/// Units narrowed at a time.
const BLOCK: usize = 128;

/// Appends UTF-16LE text up to its first NUL. Lone surrogates become U+FFFD, characters that XML
/// does not allow `_`, as Windows writes them; an odd last byte is left out.
pub(super) fn push(bytes: &[u8], out: &mut String) {
    let mut narrow = [0u8; BLOCK];
    let mut rest = bytes;
    while !rest.is_empty() {
        let (block, after) = rest.split_at(rest.len().min(BLOCK * 2));
        let (pairs, _) = block.as_chunks::<2>();
        let (mut seen, mut has_controls) = (0u16, false);
        for (to, pair) in narrow.iter_mut().zip(pairs) {
            let unit = u16::from_le_bytes(*pair);
            seen |= unit;
            has_controls |= unit < 0x20;
            #[expect(clippy::cast_possible_truncation, reason = "used only if all units are ASCII")]
            let byte = unit as u8;
            *to = byte;
        }
        if seen >= 0x80 {
            return push_any(rest, out);
        }
        let text = narrow.get_mut(..pairs.len()).unwrap_or_default();
        let end = if has_controls { replace_controls(text) } else { text.len() };
        let is_end = end < text.len();
        out.push_str(std::str::from_utf8(text.get(..end).unwrap_or_default()).unwrap_or_default());
        if is_end {
            return;
        }
        rest = after;
    }
}

/// Makes controls `_` up to the first NUL, whose place it returns.
fn replace_controls(text: &mut [u8]) -> usize {
    for (at, byte) in text.iter_mut().enumerate() {
        match byte {
            0 => return at,
            b'\t' | b'\n' | b'\r' => {}
            1..0x20 => *byte = b'_',
            _ => {}
        }
    }
    text.len()
}

fn push_any(bytes: &[u8], out: &mut String) {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
    let text = char::decode_utf16(units.take_while(|&unit| unit != 0));
    out.extend(text.map(|unit| match unit.unwrap_or(char::REPLACEMENT_CHARACTER) {
        plain @ ('\t' | '\n' | '\r') => plain,
        '\0'..'\x20' | '\u{fffe}' | '\u{ffff}' => '_',
        plain => plain,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut out = String::new();
        push(&bytes, &mut out);
        out
    }

    #[test]
    fn text_is_what_it_was() {
        let long = "C:\\Windows\\".repeat(50);
        for text in ["", "cmd.exe", "naïve 日本 😀", &long, &format!("{long}é{long}")] {
            assert_eq!(decoded(text), text);
        }
        assert_eq!(decoded("before\0after"), "before");
        assert_eq!(decoded("é\0after"), "é");
    }

    #[test]
    fn controls_become_underscores() {
        assert_eq!(decoded("a\u{1}\tb\r\n\0c"), "a_\tb\r\n");
        assert_eq!(decoded("é\u{1f}\tb\u{ffff}"), "é_\tb_");
    }

    #[test]
    fn a_lone_surrogate_is_replaced() {
        let mut out = String::new();
        push(&[0x41, 0, 0, 0xd8, 0x42], &mut out);
        assert_eq!(out, "A\u{fffd}");
    }
}
