//! How a query is run.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sluice_events::inputs::Options;
use tokio_util::sync::CancellationToken;

use crate::kernel::{Context, Zone};
use crate::lower::scan;

/// What the user sets for a run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The user's time zone: `strftime`, day spans, printed times.
    pub zone: TimeZone,
    /// The moment that `now()` and relative times count from.
    pub now: Timestamp,
    /// How inputs are read.
    pub input: Options,
    /// How many cores.
    pub threads: usize,
    /// Memory for sorts and aggregates, bytes; beyond it they spill to disk.
    pub memory: Option<usize>,
    /// The folder for what spills; else one of the system's for such files.
    pub spill: Option<PathBuf>,
    /// The run ends with an error after this time.
    pub timeout: Option<Duration>,
    /// Ends runs with an error once it is cancelled.
    pub cancel: CancellationToken,
    /// At most so many rows are given.
    pub max_rows: Option<usize>,
    /// Events at or after this time modifier.
    pub earliest: Option<String>,
    /// Events before this time modifier.
    pub latest: Option<String>,
    /// The MaxMind DB file that tells where addresses are.
    pub geoip: Option<PathBuf>,
    /// Rows carry `_file`, `_record`, `_offset`.
    pub provenance: bool,
    /// Readers pass over events that the query's conditions rule out. Off: every event is decoded, and the
    /// rows are the same.
    pub pushdown: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            now: Timestamp::now(),
            input: Options::default(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            memory: None,
            spill: None,
            timeout: None,
            cancel: CancellationToken::new(),
            max_rows: None,
            earliest: None,
            latest: None,
            geoip: None,
            provenance: false,
            pushdown: true,
        }
    }
}

impl Settings {
    /// Holds a text to be a time, as `earliest` and `latest` take one.
    ///
    /// # Errors
    /// With what was expected.
    pub fn check_time(&self, text: &str) -> Result<(), String> {
        match scan::time(text, &self.context()) {
            Some(_) => Ok(()),
            None => Err(format!("expected a time, found `{text}`, {}", scan::TIMES)),
        }
    }

    pub(crate) fn context(&self) -> Context {
        Context { zone: Zone(self.zone.clone()), now: self.now }
    }
}
