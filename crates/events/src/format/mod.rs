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
    /// Records of the Linux audit daemon, one a line.
    Auditd,
    /// Events of Sysmon for Linux as XML, without a header around them.
    SysmonLinux,
    /// Lines of syslog, and what they wrap: Sysmon for Linux, audit records, JSON.
    Syslog,
    /// Logs of Zeek in its own TSV.
    Zeek,
    /// Access logs of web servers and of squid.
    Access,
    /// Flow logs of AWS VPC.
    VpcFlow,
    /// Tables of Parquet.
    Parquet,
    /// Lines of text of no other format.
    Text,
    /// A log that is known by this name and not read yet.
    NotYet(&'static str),
    /// Nothing in it.
    Empty,
    /// Not recognised.
    Unknown,
}

pub mod access;
pub mod auditd;
pub mod csv;
pub mod evtx;
pub(crate) mod glance;
pub mod json;
pub(crate) mod line_reader;
pub(crate) mod lines;
pub mod parquet;
mod sniff;
pub mod syslog;
#[cfg(test)]
pub(crate) mod tests;
pub mod text;
pub mod vpc_flow;
pub(crate) mod windows;
pub(crate) mod windows_names;
pub mod windows_xml;
pub mod xml;
pub mod zeek;
pub(crate) mod zeek_names;

pub use parquet::Footer;
pub use sniff::{HEAD, is_text, sniff};

use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use crate::batch::EventBuilder;
use crate::inputs::{LineIndex, Options};
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
    /// Bytes of the input, where that is known without reading it.
    pub size: Option<u64>,
    /// The input's first bytes, where it was split and they are in another part: an EVTX file says there how many
    /// chunks it has.
    pub header: Vec<u8>,
    /// Counts the lines before `start`, for readers that name records by line.
    pub lines: Option<Arc<LineIndex>>,
    /// The file itself, where it is stored as it is: for formats that are read from their end.
    pub file: Option<File>,
    /// What was read of that end so far.
    pub footer: Option<Arc<Footer>>,
    /// Where losses, events and bytes are counted.
    pub tally: Arc<Tally>,
    /// How the user wants inputs read.
    pub options: Options,
}

/// How a format's reader is made: `pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader>`.
pub type Open = fn(Source, EventBuilder) -> Box<dyn crate::Reader>;

impl Format {
    /// Its name, as `sluice inputs` shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Evtx => "evtx",
            Self::WindowsXml => "windows xml",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Auditd => "auditd",
            Self::SysmonLinux => "sysmon for linux",
            Self::Syslog => "syslog",
            Self::Zeek => "zeek",
            Self::Access => "access log",
            Self::VpcFlow => "aws vpc flow",
            Self::Parquet => "parquet",
            Self::Text => "text",
            Self::NotYet(name) => name,
            Self::Empty => "empty",
            Self::Unknown => "unknown",
        }
    }

    /// What a file is taken for it by, as `sluice inputs` shows it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Evtx => "the file or its first chunk begins as one of the Windows event log",
            Self::WindowsXml => "elements `<Event>`",
            Self::Json => "JSON objects",
            Self::Csv => "a header line, and rows of as many cells",
            Self::Auditd => "lines of `type=… msg=audit(…):`",
            Self::SysmonLinux => "elements `<Event>` of the provider Linux-Sysmon",
            Self::Syslog => "lines with a priority, or with a time, a host and a process",
            Self::Zeek => "a header of `#separator` or `#fields`",
            Self::Access => "lines of an access log",
            Self::VpcFlow => "lines of a flow, or a header that names `srcaddr`",
            Self::Parquet => "the file begins as one of Parquet",
            Self::Text => "lines of text",
            Self::NotYet(_) => "its first bytes",
            Self::Empty => "there is nothing in it",
            Self::Unknown => "it is like no known format",
        }
    }

    /// Whether its reader takes text in UTF-8 without a byte order mark.
    pub(crate) fn is_text(self) -> bool {
        !matches!(self, Self::Evtx | Self::WindowsXml | Self::SysmonLinux | Self::Parquet)
    }

    /// The sourcetype of all its events, and what their `source` begins with; `None` where each event says it.
    pub fn called(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Evtx | Self::WindowsXml => Some(windows_names::WINDOWS.called()),
            Self::SysmonLinux => Some(windows_names::LINUX.called()),
            Self::Auditd => Some((auditd::SOURCETYPE, "")),
            _ => None,
        }
    }

    /// Whether its reader gives every field that an event's text has a name for.
    pub fn gives_all_fields(self) -> bool {
        !matches!(self, Self::Csv | Self::Syslog | Self::Text | Self::Access)
    }

    /// How its reader is made; `None` if there is no reader.
    pub fn opener(self) -> Option<Open> {
        match self {
            Self::Evtx => Some(evtx::open),
            Self::WindowsXml => Some(windows_xml::open),
            Self::Json => Some(json::open),
            Self::Csv => Some(csv::open),
            Self::Auditd => Some(auditd::open),
            Self::SysmonLinux => Some(windows_xml::open_linux),
            Self::Syslog => Some(syslog::open),
            Self::Zeek => Some(zeek::open),
            Self::Access => Some(access::open),
            Self::VpcFlow => Some(vpc_flow::open),
            Self::Parquet => Some(parquet::open),
            Self::Text => Some(text::open),
            Self::NotYet(_) | Self::Empty | Self::Unknown => None,
        }
    }
}
