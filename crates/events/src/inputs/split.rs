//! Cutting an input into parts, and opening one of them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::ahead::ReadAhead;
use super::stream::{self, Watch};
use super::{Cut, Input, Options, Split, utf16};
use crate::batch::EventBuilder;
use crate::format::{Format, Source, vpc_flow};
use crate::request::Request;
use crate::tally::Tally;
use crate::{ReadError, Reader};

/// Bytes read at once to find where the first line begins.
const BUFFER: usize = 16 << 10;
/// An EVTX file is a header of this size …
const EVTX_HEADER: u64 = 4_096;
/// … and chunks of this size.
const EVTX_CHUNK: u64 = 65_536;

impl Input {
    /// Cuts the input into parts of about `size` bytes where its format allows.
    pub fn splits(self: &Arc<Self>, size: u64) -> Vec<Split> {
        let whole = || vec![Split { input: Arc::clone(self), range: None }];
        if self.size <= size || size == 0 {
            return whole();
        }
        let (first, step) = match self.cut {
            Cut::Whole => return whole(),
            Cut::Lines | Cut::RowGroups => (size, size),
            Cut::Chunks => {
                let step = (size / EVTX_CHUNK).max(1) * EVTX_CHUNK;
                (EVTX_HEADER + step, step)
            }
        };
        let mut splits = Vec::new();
        let (mut start, mut end) = (0, first);
        while start < self.size {
            splits.push(Split { input: Arc::clone(self), range: Some((start, end.min(self.size))) });
            (start, end) = (end, end.saturating_add(step));
        }
        splits
    }
}

impl Split {
    /// Opens a reader of the wanted fields. `first_seq` is the reading order of its first event.
    ///
    /// # Errors
    /// When the file cannot be opened, or there is no reader for its format.
    pub fn open(
        &self,
        request: Arc<Request>,
        tally: Arc<Tally>,
        options: &Options,
        first_seq: i64,
    ) -> Result<Box<dyn Reader>, ReadError> {
        let input = &self.input;
        let failure = |message: String| ReadError { file: input.name.clone(), message };
        let Some(opener) = input.format.opener() else {
            return Err(failure(format!("there is no reader for the format {}", input.format.name())));
        };
        // What is read again was counted.
        let counted = if request.places.is_some() { Arc::default() } else { Arc::clone(&tally) };
        let source = self.source(&tally, &counted, options).map_err(|error| failure(error.to_string()))?;
        let events = EventBuilder::new(request, tally, input.name.as_str(), &options.overrides, first_seq);
        Ok(opener(source, events))
    }

    fn source(&self, tally: &Arc<Tally>, counted: &Arc<Tally>, options: &Options) -> io::Result<Source> {
        let input = &self.input;
        let watch = Watch {
            name: input.name.clone(),
            tally: Arc::clone(tally),
            counted: Arc::clone(counted),
            max_archive: options.max_archive,
        };
        let (bytes, start, end) = match self.range {
            Some((start, end)) => self.ranged(input.origin.path(), start, end, counted)?,
            None => {
                let opened = stream::open(&input.origin, &watch)?;
                let ahead = options.read_ahead && (opened.is_compressed || input.origin.is_member());
                let bytes: stream::Bytes =
                    if ahead { Box::new(ReadAhead::start(opened.bytes)?) } else { opened.bytes };
                (bytes, 0, None)
            }
        };
        let header = match input.cut {
            Cut::Chunks if start > 0 => header(input.origin.path())?,
            _ => Vec::new(),
        };
        let is_plain = input.cut == Cut::RowGroups;
        let file = is_plain.then(|| File::open(input.origin.path())).transpose()?;
        let bytes = match input.format {
            format if format.is_text() && start == 0 => plain_text(bytes)?,
            _ => bytes,
        };
        Ok(Source {
            name: input.name.clone(),
            bytes,
            start,
            end,
            size: self.range.map(|_| input.size),
            header,
            lines: input.lines.as_ref().map(Arc::clone),
            file,
            footer: input.footer.as_ref().map(Arc::clone),
            tally: Arc::clone(tally),
            options: options.clone(),
        })
    }

    /// The bytes of a file from the first record that begins in the range on.
    fn ranged(
        &self,
        path: &Path,
        start: u64,
        end: u64,
        tally: &Arc<Tally>,
    ) -> io::Result<(stream::Bytes, u64, Option<u64>)> {
        let mut file = File::open(path)?;
        let end_of_reading = Some(end).filter(|&end| end < self.input.size);
        let is_xml = matches!(self.input.format, Format::WindowsXml | Format::SysmonLinux);
        // The XML reader finds the first event that begins at or after the cut by itself, in mid-line too.
        if self.input.cut != Cut::Lines || is_xml || start == 0 {
            file.seek(SeekFrom::Start(start))?;
            let counted = Progress { bytes: file, at: start, range: (start, end), tally: Arc::clone(tally) };
            return Ok((Box::new(counted), start, end_of_reading));
        }
        // A line that begins exactly at `start` is ours: its line end before is the byte at start - 1.
        file.seek(SeekFrom::Start(start - 1))?;
        let counted = Progress { bytes: file, at: start - 1, range: (start, end), tally: Arc::clone(tally) };
        let mut reader = BufReader::with_capacity(BUFFER, counted);
        let skipped = reader.skip_until(b'\n')? as u64;
        Ok((Box::new(reader), start - 1 + skipped, end_of_reading))
    }
}

/// The header of an EVTX file.
fn header(path: &Path) -> io::Result<Vec<u8>> {
    let mut header = Vec::new();
    File::open(path)?.take(EVTX_HEADER).read_to_end(&mut header)?;
    Ok(header)
}

/// UTF-16 becomes UTF-8, a byte order mark is dropped.
fn plain_text(bytes: stream::Bytes) -> io::Result<stream::Bytes> {
    let (head, mut bytes) = stream::peek(bytes, 4)?;
    if let Some(encoding) = utf16::encoding_of(&head) {
        return Ok(Box::new(utf16::Utf16::new(bytes, encoding)));
    }
    if head.starts_with(b"\xef\xbb\xbf") {
        stream::skip(&mut bytes, 3)?;
    }
    Ok(bytes)
}

/// Counts the bytes of a range, not what is read around it.
struct Progress {
    bytes: File,
    at: u64,
    range: (u64, u64),
    tally: Arc<Tally>,
}

impl Read for Progress {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(into)?;
        let (from, to) = (self.at, self.at + read as u64);
        let inside = to.min(self.range.1).saturating_sub(from.max(self.range.0));
        self.tally.bytes.fetch_add(inside, Ordering::Relaxed);
        self.at = to;
        Ok(read)
    }
}

/// How a plain file whose first bytes these are may be cut.
pub(super) fn cut_of(format: Format, head: &[u8]) -> Cut {
    match format {
        Format::Evtx => Cut::Chunks,
        Format::Parquet => Cut::RowGroups,
        Format::Json | Format::WindowsXml if are_lines(format, head) => Cut::Lines,
        Format::SysmonLinux if are_lines(format, head) => Cut::Lines,
        // A header counts for the whole file.
        Format::VpcFlow if has_header(head) => Cut::Whole,
        Format::VpcFlow | Format::Auditd | Format::Syslog | Format::Access | Format::Text
            if utf16::encoding_of(head).is_none() =>
        {
            Cut::Lines
        }
        _ => Cut::Whole,
    }
}

fn has_header(head: &[u8]) -> bool {
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    std::str::from_utf8(line).is_ok_and(vpc_flow::is_header)
}

/// Whether the first lines are whole records.
fn are_lines(format: Format, head: &[u8]) -> bool {
    if utf16::encoding_of(head).is_some() {
        return false;
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let Some(line) = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty())
    else {
        return false;
    };
    match format {
        Format::Json => crate::format::json::is_line(line),
        _ => line.starts_with(b"<Event") && !line.starts_with(b"<Events") && line.ends_with(b"</Event>"),
    }
}
