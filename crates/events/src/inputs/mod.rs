//! Which inputs a run reads: walking, archives, sniffing, and cutting into splits.

use std::path::PathBuf;
use std::sync::Arc;

use crate::batch::Overrides;
use crate::format::Format;
use crate::request::Request;
use crate::tally::Tally;
use crate::{ReadError, Reader};

/// How inputs are found and read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Metadata given by the user.
    pub overrides: Overrides,
    /// The zone of timestamps that name none.
    pub input_zone: jiff::tz::TimeZone,
    /// An archive member may expand to this many bytes, whatever its ratio.
    pub max_archive: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { overrides: Overrides::default(), input_zone: jiff::tz::TimeZone::UTC, max_archive: 64 << 30 }
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
    /// Named on the command line, not met while walking a folder.
    pub named: bool,
}

/// Where an input's bytes are.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A file, maybe compressed.
    File(PathBuf),
    /// A member of a zip or tar file, at this index.
    Member(PathBuf, usize),
    /// Standard input, its head already read.
    Stdin,
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
    let _ = (paths, options);
    Inputs::default()
}

impl Input {
    /// Cuts the input into parts of about `size` bytes where its format allows.
    pub fn splits(self: &Arc<Self>, size: u64) -> Vec<Split> {
        let _ = size;
        vec![Split { input: Arc::clone(self), range: None }]
    }
}

impl Split {
    /// Opens a reader of the wanted fields. `first_seq` is the reading order of its first event.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(
        &self,
        request: Arc<Request>,
        tally: Arc<Tally>,
        options: &Options,
        first_seq: i64,
    ) -> Result<Box<dyn Reader>, ReadError> {
        let _ = (request, tally, options, first_seq);
        Err(ReadError { file: self.input.name.clone(), message: "no reader".to_owned() })
    }
}
