//! Which inputs a run reads: walking, archives, sniffing, and cutting into splits.

mod ahead;
mod archive;
mod line_index;
mod split;
mod stream;
pub(crate) mod utf16;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempPath;

use crate::batch::Overrides;
use crate::format::{Footer, Format};
use crate::time::stamp::Clock;

pub use line_index::LineIndex;

/// How inputs are found and read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Metadata given by the user.
    pub overrides: Overrides,
    /// The zone of timestamps that name none.
    pub input_zone: jiff::tz::TimeZone,
    /// When they are read: timestamps without a year are before it.
    pub now: jiff::Timestamp,
    /// An archive member may expand to this many bytes, whatever its ratio.
    pub max_archive: u64,
    /// Compressed inputs are decompressed on a thread of their own: there are fewer inputs than cores.
    pub read_ahead: bool,
}

impl Options {
    /// How timestamps are read that do not say all.
    pub(crate) fn clock(&self) -> Clock {
        Clock { zone: self.input_zone.clone(), now: self.now }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            overrides: Overrides::default(),
            input_zone: jiff::tz::TimeZone::UTC,
            now: jiff::Timestamp::now(),
            max_archive: 64 << 30,
            read_ahead: false,
        }
    }
}

/// One log: a file, a member of an archive, or standard input.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its name as shown: the path, `archive.zip!member`, or `-`.
    pub name: String,
    /// Where its bytes are.
    pub origin: Origin,
    /// What it was taken for, from its first bytes.
    pub format: Format,
    /// Stored size in bytes; 0 if unknown.
    pub size: u64,
    /// Named on the command line, not met while walking a folder or in an archive.
    pub named: bool,
    /// How it may be cut into splits.
    pub cut: Cut,
    /// Its lines, where it is cut by lines.
    pub lines: Option<Arc<LineIndex>>,
    /// What it says of itself, where it is cut by row groups.
    pub footer: Option<Arc<Footer>>,
}

/// How an input may be cut, so that several cores can read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Not at all: it is compressed, or its records have no seams that can be found.
    Whole,
    /// At line ends.
    Lines,
    /// At the chunks of an EVTX file.
    Chunks,
    /// At the row groups of a Parquet file: each belongs to the part in which it begins.
    RowGroups,
}

/// Where an input's bytes are.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A file, maybe compressed.
    File(PathBuf),
    /// A member of the archive in this file, which is not compressed as a whole.
    Member(Arc<Origin>, Part),
    /// A file of ours with a copy of standard input or a pipe, for a query may read it twice; or of an
    /// archive that was compressed or inside another, for its members are read in any order.
    Spooled(Arc<TempPath>),
}

/// Where a member's bytes are in its archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Offset of its first byte.
    pub at: u64,
    /// Bytes as stored.
    pub stored: u64,
    /// How they are stored.
    pub method: Method,
    /// CRC-32 of the bytes as they were before they were stored, where the archive keeps one.
    pub checksum: Option<u32>,
}

/// How an archive stores a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As it is.
    Stored,
    /// Deflated, by zip.
    Deflated,
}

impl Origin {
    /// Whether it is a member of an archive.
    fn is_member(&self) -> bool {
        matches!(self, Self::Member(..))
    }

    /// The file that holds the bytes, and for a member others too.
    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Spooled(spool) => spool,
            Self::Member(archive, _) => archive.path(),
        }
    }
}

/// What was found under the given paths.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Logs, in walk order (bytewise by path).
    pub inputs: Vec<Input>,
    /// Paths that could not be looked at.
    pub problems: Vec<Problem>,
}

/// A path that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The path as given or met.
    pub path: String,
    /// Why.
    pub message: String,
    /// It was named and does not exist.
    pub missing: bool,
}

/// A part of an input that one core reads.
#[derive(Debug, Clone)]
pub struct Split {
    /// The input.
    pub input: Arc<Input>,
    /// Byte range of the stored file; `None` is all of it.
    pub range: Option<(u64, u64)>,
}

/// Finds the inputs under the paths: files, folders, globs, archives, `-`.
pub fn discover(paths: &[String], options: &Options) -> Inputs {
    let mut walk = walk::Walk::new(options);
    paths.iter().for_each(|path| walk.path(path));
    walk.finish()
}

#[cfg(test)]
mod tests;
