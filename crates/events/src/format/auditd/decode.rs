//! Values that are written in hexadecimal.

use std::borrow::Cow;

use super::pairs::Pair;

/// Whether a value is bytes in hexadecimal, as the kernel writes them: pairs of digits, letters in upper case.
pub(super) fn is_hex(value: &str) -> bool {
    !value.is_empty()
        && value.len().is_multiple_of(2)
        && value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'))
}

/// What a value means. `bytes` is room.
pub(super) fn text<'a>(key: &str, value: &str, bytes: &'a mut Vec<u8>) -> Cow<'a, str> {
    bytes.clear();
    bytes.extend(each(value));
    if key == "proctitle" {
        // Arguments end with NUL; the last one may be cut.
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
        bytes.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b' ');
    }
    String::from_utf8_lossy(bytes)
}

/// Adds what a part of an argument means. Characters may be cut between parts.
pub(super) fn append(part: &Pair<'_>, bytes: &mut Vec<u8>) {
    if part.is_quoted || !is_hex(part.value) {
        bytes.extend_from_slice(part.value.as_bytes());
    } else {
        bytes.extend(each(part.value));
    }
}

/// The bytes of a value.
pub(super) fn each(value: &str) -> impl Iterator<Item = u8> {
    value.as_bytes().as_chunks::<2>().0.iter().map(|[high, low]| digit(*high) << 4 | digit(*low))
}

fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'F' => byte - b'A' + 10,
        _ => 0,
    }
}
