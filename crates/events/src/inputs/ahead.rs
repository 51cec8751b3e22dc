//! Decompression on a core of its own, ahead of the reader.

use std::io::{self, ErrorKind, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use super::stream::Bytes;

/// Bytes that are handed over at a time …
const PIECE: usize = 128 << 10;
/// … and how many pieces may wait.
const PIECES: usize = 4;

/// Reads a stream on a thread of its own, which ends with the stream or with this.
pub(super) struct ReadAhead {
    pieces: Receiver<io::Result<Vec<u8>>>,
    /// Pieces that were read, to be filled again.
    spare: Sender<Vec<u8>>,
    piece: Vec<u8>,
    at: usize,
    has_ended: bool,
}

impl ReadAhead {
    /// Begins to read.
    pub(super) fn start(bytes: Bytes) -> io::Result<Self> {
        let (full, pieces) = sync_channel(PIECES);
        let (spare, empty) = channel();
        thread::Builder::new().name("read ahead".to_owned()).spawn(move || fill(bytes, &full, &empty))?;
        Ok(Self { pieces, spare, piece: Vec::new(), at: 0, has_ended: false })
    }
}

/// Fills pieces until the stream ends, fails, or nobody takes them. An empty piece is the end.
fn fill(mut bytes: Bytes, full: &SyncSender<io::Result<Vec<u8>>>, empty: &Receiver<Vec<u8>>) {
    loop {
        let mut piece = empty.try_recv().unwrap_or_default();
        piece.resize(PIECE, 0);
        let (read, failure) = read_full(&mut bytes, &mut piece);
        piece.truncate(read);
        let is_last = read == 0 || failure.is_some();
        if full.send(Ok(piece)).is_err() {
            return;
        }
        if let Some(error) = failure {
            // Nobody to tell it to is no fault.
            let _ = full.send(Err(error));
        }
        if is_last {
            return;
        }
    }
}

/// Reads until the room is full, the stream ends or fails: how much, and how it failed.
fn read_full(bytes: &mut Bytes, room: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while let Some(left) = room.get_mut(filled..).filter(|left| !left.is_empty()) {
        match bytes.read(left) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
}

impl Read for ReadAhead {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.piece.len() && !self.has_ended {
            let next = self.pieces.recv().map_err(|_| io::Error::other("decompression broke off"))?;
            let next = next.inspect_err(|_| self.has_ended = true)?;
            self.has_ended = next.is_empty();
            // After its last piece the thread takes none back.
            let _ = self.spare.send(std::mem::replace(&mut self.piece, next));
            self.at = 0;
        }
        let left = self.piece.get(self.at..).unwrap_or_default();
        let count = left.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..count), left.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_what_it_was() {
        for length in [0, 1, PIECE, PIECE * 9 + 5] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let mut out = Vec::new();
            ReadAhead::start(Box::new(io::Cursor::new(bytes.clone())))
                .unwrap()
                .read_to_end(&mut out)
                .unwrap();
            assert!(out == bytes, "{length}");
        }
    }

    #[test]
    fn an_error_comes_after_the_bytes_before_it() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        let mut ahead = ReadAhead::start(Box::new(io::Cursor::new(b"abc").chain(Failing))).unwrap();
        let mut out = Vec::new();
        assert_eq!(ahead.read_to_end(&mut out).unwrap_err().to_string(), "broken");
        assert_eq!(out, b"abc");
    }

    #[test]
    fn a_reader_that_leaves_ends_the_thread() {
        let mut ahead = ReadAhead::start(Box::new(io::repeat(7))).unwrap();
        assert_eq!(ahead.read(&mut [0; 3]).unwrap(), 3);
        drop(ahead);
    }
}
