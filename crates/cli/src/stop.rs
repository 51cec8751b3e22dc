//! Why a command ends early, and the exit codes.

use std::io;

/// All done.
pub(crate) const DONE: u8 = 0;
/// `check` or `test` found failures, or `--fail-on` found its level.
pub(crate) const FAILURES: u8 = 1;
/// The command line or the query is wrong, or a named path is missing.
pub(crate) const USAGE: u8 = 2;
/// Something named could not be recognised or read in full, or records were lost.
pub(crate) const INCOMPLETE: u8 = 3;
/// A budget, an I/O or an internal error stopped the run.
pub(crate) const STOPPED: u8 = 4;
/// Ctrl-C or a signal to end: what shells make of SIGINT.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nobody reads the output any more: a success.
    BrokenPipe,
    /// An error.
    Failed {
        /// The exit code.
        code: u8,
        /// What to say on stderr.
        message: String,
    },
}

/// What a command gives: its exit code.
pub(crate) type Exit = Result<u8, Stop>;

impl Stop {
    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Failed { code: USAGE, message: message.into() }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Self::Failed { code: STOPPED, message: error.to_string() },
        }
    }
}

impl From<sluice_detect::Error> for Stop {
    fn from(error: sluice_detect::Error) -> Self {
        Self::usage(error.to_string())
    }
}
