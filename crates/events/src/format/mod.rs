//! One file per log format, and which of them a file is.

/// What a file is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Windows event log, binary.
    Evtx,
    /// Windows events as XML: one a line, pretty-printed, or inside `<Events>`; UTF-8 or UTF-16.
    WindowsXml,
    /// JSON objects, one a line or in an array.
    Json,
    /// Comma-separated values with a header line.
    Csv,
    /// A log that is known by this name and not read yet.
    NotYet(&'static str),
    /// Nothing in it.
    Empty,
    /// Not recognised.
    Unknown,
}

pub mod evtx;
pub(crate) mod windows;
pub(crate) mod windows_names;
pub mod windows_xml;

use std::io::Read;
use std::sync::Arc;

use crate::batch::EventBuilder;
use crate::inputs::Options;
use crate::tally::Tally;

/// The bytes that a format's reader works through, decompressed.
pub struct Source {
    /// The input's name, for loss reports.
    pub name: String,
    /// The bytes from `start` on.
    pub bytes: Box<dyn Read + Send>,
    /// Offset of the first byte in the decompressed input; 0 unless the input was split.
    pub start: u64,
    /// Records that begin at or after this offset belong to the next split.
    pub end: Option<u64>,
    /// Where losses, events and bytes are counted.
    pub tally: Arc<Tally>,
    /// How the user wants inputs read.
    pub options: Options,
}

/// How a format's reader is made: `pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader>`.
pub type Open = fn(Source, EventBuilder) -> Box<dyn crate::Reader>;
