//! UTF-16 text, as PowerShell and the Event Viewer write it → UTF-8.

use std::io::Read;

use encoding_rs::{Decoder, Encoding, UTF_16BE, UTF_16LE};

/// The encoding of text that begins like this, if it is UTF-16, with or without byte order mark.
pub(crate) fn encoding_of(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => Some(UTF_16LE),
        [0, 1..=0x7f, 0, 1..=0x7f, ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// The head as text if it is UTF-16.
pub(crate) fn decode_head(head: &[u8]) -> Option<String> {
    let encoding = encoding_of(head)?;
    Some(encoding.decode(head).0.into_owned())
}

/// Turns a stream of UTF-16 into UTF-8 while it is read. The byte order mark is dropped.
pub(crate) struct Utf16<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    at: usize,
    is_at_end: bool,
}

const CHUNK: usize = 64 << 10;

impl<R: Read> Utf16<R> {
    pub(crate) fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { inner, decoder, input: vec![0; CHUNK], output: Vec::new(), at: 0, is_at_end: false }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        let read = self.inner.read(&mut self.input)?;
        self.is_at_end = read == 0;
        self.at = 0;
        // Two bytes of UTF-16 are at most three of UTF-8; a few more for what the decoder holds back.
        self.output.resize(CHUNK * 3 / 2 + 16, 0);
        let source = self.input.get(..read).unwrap_or_default();
        let (_, _, written, _) = self.decoder.decode_to_utf8(source, &mut self.output, self.is_at_end);
        self.output.truncate(written);
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.at >= self.output.len() {
            if self.is_at_end {
                return Ok(0);
            }
            self.fill()?;
        }
        let rest = self.output.get(self.at..).unwrap_or_default();
        let length = rest.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives() {
        let text = "{\"name\": \"Zoë 😀\"}\n".repeat(20_000);
        let bytes: Vec<u8> =
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let mut out = String::new();
        Utf16::new(&bytes[..], encoding_of(&bytes).unwrap()).read_to_string(&mut out).unwrap();
        assert_eq!(out, text);
    }
}
