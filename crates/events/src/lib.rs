//! Bytes → events: security logs as Arrow record batches.
//!
//! What comes in: paths (files, folders, globs, archives, `-`). What goes out: record batches
//! that hold exactly the fields that were asked for, named as Splunk's add-ons name them.
//!
//! 1. [`inputs::discover`] walks the paths, looks into archives and sniffs each file's format from
//!    its bytes: a list of [`inputs::Input`]s.
//! 2. [`inputs::Input::splits`] cuts large files so that several cores can read one.
//! 3. [`inputs::Split::open`] gives a [`Reader`] that yields batches of the columns of a
//!    [`request::Request`].
//! 4. A request may carry a [`filter::Filter`]: events that fail it are passed over, not decoded.
//! 5. What was read and what was lost is counted in a shared [`tally::Tally`].
//!
//! One file per log format in [`mod@format`]. Nothing here knows SPL.

pub mod batch;
pub mod field;
pub mod filter;
pub mod format;
pub mod inputs;
pub mod keyvalue;
pub mod request;
pub mod tally;
pub mod time;

use arrow::record_batch::RecordBatch;

/// Reads one split of one input, batch by batch.
pub trait Reader: Send {
    /// The next batch, or `None` at the end. A record that cannot be read is counted in the
    /// tally and skipped; an error ends this split only.
    ///
    /// # Errors
    /// When the bytes cannot be read at all (I/O).
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, ReadError>;
}

/// Why a split could not be read on.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {message}")]
pub struct ReadError {
    /// The input's name.
    pub file: String,
    /// What went wrong.
    pub message: String,
}
