//! Where an input's bytes are → a stream of them, counted, decompressed and bounded.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Method, Origin, Part};
use crate::tally::{Loss, Tally};

/// A stream of bytes.
pub(super) type Bytes = Box<dyn Read + Send>;

/// Bytes may not become more than this many times themselves …
const MAX_RATIO: u64 = 1_000;
/// … once they are more than these.
const RATIO_FREE: u64 = 16 << 20;
/// Memory that an xz stream may ask for.
const XZ_MEMORY: u64 = 512 << 20;

/// For whom a stream is read.
#[derive(Clone)]
pub(super) struct Watch {
    pub(super) name: String,
    pub(super) tally: Arc<Tally>,
    /// Where bytes are counted.
    pub(super) counted: Arc<Tally>,
    pub(super) max_archive: u64,
}

/// Opens an input's bytes, decompressed.
pub(super) fn open(origin: &Origin, watch: &Watch) -> io::Result<Opened> {
    let mut file = File::open(origin.path())?;
    let Origin::Member(_, part) = origin else { return decompress(counted(file, watch), watch) };
    file.seek(SeekFrom::Start(part.at))?;
    let stored = counted(file.take(part.stored), watch);
    decompress(member(stored, part, watch), watch)
}

/// A member's bytes, checked against the checksum that its archive keeps of them.
fn member(stored: Bytes, part: &Part, watch: &Watch) -> Bytes {
    let (stored, count) = metered(stored);
    let bytes: Bytes = match part.method {
        Method::Stored => stored,
        Method::Deflated => Box::new(flate2::read::DeflateDecoder::new(stored)),
    };
    match part.checksum {
        Some(checksum) => {
            let checked = Checked { bytes, seen: flate2::Crc::new(), checksum };
            Guard::wrap(Box::new(checked), count, "zip member's", watch)
        }
        None => bytes,
    }
}

/// Fails at the end where the bytes are not those that were packed.
struct Checked {
    bytes: Bytes,
    seen: flate2::Crc,
    checksum: u32,
}

impl Read for Checked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(into)?;
        self.seen.update(into.get(..read).unwrap_or_default());
        if read == 0 && !into.is_empty() && self.seen.sum() != self.checksum {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "its bytes do not match the archive's checksum",
            ));
        }
        Ok(read)
    }
}

pub(super) fn skip(bytes: &mut Bytes, length: u64) -> io::Result<()> {
    io::copy(&mut bytes.by_ref().take(length), &mut io::sink()).map(|_| ())
}

/// The first bytes of a stream, and the stream with them put back.
pub(super) fn peek(mut bytes: Bytes, length: usize) -> io::Result<(Vec<u8>, Bytes)> {
    let mut head = Vec::new();
    bytes.by_ref().take(length as u64).read_to_end(&mut head)?;
    let whole = Cursor::new(head.clone()).chain(bytes);
    Ok((head, Box::new(whole)))
}

pub(super) struct Opened {
    pub(super) bytes: Bytes,
    pub(super) is_compressed: bool,
}

/// Decompresses by the magic bytes in front; other bytes pass as they are.
pub(super) fn decompress(stored: Bytes, watch: &Watch) -> io::Result<Opened> {
    let (stored, count) = metered(stored);
    let (head, stored) = peek(stored, 6)?;
    let (name, decoder): (_, Bytes) = match head.as_slice() {
        [0x1f, 0x8b, ..] => ("gzip", Box::new(Gzip::new(stored))),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => ("zstd", Box::new(zstd::stream::read::Decoder::new(stored)?)),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41] => {
            ("bzip2", Box::new(bzip2::read::MultiBzDecoder::new(stored)))
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0] => {
            let stream =
                liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, liblzma::stream::CONCATENATED)?;
            ("xz", Box::new(liblzma::read::XzDecoder::new_stream(stored, stream)))
        }
        _ => return Ok(Opened { bytes: stored, is_compressed: false }),
    };
    Ok(Opened { bytes: Guard::wrap(decoder, count, name, watch), is_compressed: true })
}

/// The members of a gzip file one after the other. Zeros behind the last are padding, as for `gzip -d`.
struct Gzip(Option<flate2::bufread::GzDecoder<BufReader<Bytes>>>);

impl Gzip {
    fn new(stored: Bytes) -> Self {
        Self(Some(flate2::bufread::GzDecoder::new(BufReader::new(stored))))
    }
}

impl Read for Gzip {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let read = member.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            self.0 = match self.0.take() {
                Some(member) => next_member(member.into_inner())?.map(flate2::bufread::GzDecoder::new),
                None => None,
            };
        }
        Ok(0)
    }
}

/// The stream at its next byte that is not zero; `None` at its end.
fn next_member(mut stored: BufReader<Bytes>) -> io::Result<Option<BufReader<Bytes>>> {
    loop {
        let bytes = stored.fill_buf()?;
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        match (bytes.len(), zeros) {
            (0, _) => return Ok(None),
            (length, zeros) if zeros < length => {
                stored.consume(zeros);
                return Ok(Some(stored));
            }
            (length, _) => stored.consume(length),
        }
    }
}

/// Counts the bytes that pass, for the run's progress.
fn counted(bytes: impl Read + Send + 'static, watch: &Watch) -> Bytes {
    Box::new(Counted { bytes, tally: Arc::clone(&watch.counted) })
}

struct Counted<R> {
    bytes: R,
    tally: Arc<Tally>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(into)?;
        self.tally.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

fn metered(bytes: Bytes) -> (Bytes, Arc<AtomicU64>) {
    let count = Arc::new(AtomicU64::new(0));
    (Box::new(Metered { bytes, count: Arc::clone(&count) }), count)
}

struct Metered {
    bytes: Bytes,
    count: Arc<AtomicU64>,
}

impl Read for Metered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(into)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Ends a decompressed stream, with a loss, where it is damaged or expands beyond reason.
struct Guard {
    bytes: Bytes,
    stored: Arc<AtomicU64>,
    expanded: u64,
    codec: &'static str,
    watch: Watch,
    has_ended: bool,
}

impl Guard {
    fn wrap(bytes: Bytes, stored: Arc<AtomicU64>, codec: &'static str, watch: &Watch) -> Bytes {
        Box::new(Self { bytes, stored, expanded: 0, codec, watch: watch.clone(), has_ended: false })
    }

    fn end(&mut self, what: String) -> io::Result<usize> {
        self.has_ended = true;
        let loss = Loss { file: self.watch.name.clone(), offset: self.expanded, record: None, what };
        self.watch.tally.lose(loss);
        Ok(0)
    }
}

impl Read for Guard {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.has_ended {
            return Ok(0);
        }
        let read = match self.bytes.read(into) {
            Ok(read) => read,
            // Only the operating system's errors carry a number: the rest is damage in the bytes.
            Err(error) if error.raw_os_error().is_some() || error.kind() == ErrorKind::Interrupted => {
                return Err(error);
            }
            Err(error) => {
                return self.end(format!("{} stream damaged, the rest is lost: {error}", self.codec));
            }
        };
        self.expanded += read as u64;
        let stored = self.stored.load(Ordering::Relaxed);
        if self.expanded > RATIO_FREE && self.expanded / MAX_RATIO > stored {
            return self
                .end(format!("{} stream expands more than 1000 to 1, the rest is not read", self.codec));
        }
        if self.expanded > self.watch.max_archive {
            let limit = self.watch.max_archive;
            return self.end(format!(
                "{} stream expands beyond {limit} bytes (--max-archive), the rest is not read",
                self.codec
            ));
        }
        Ok(read)
    }
}
