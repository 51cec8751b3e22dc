//! Lines before an offset of a file, for splits that begin inside it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::format::lines;

/// Counts lines when asked, and each stretch of the file once.
#[derive(Debug)]
pub struct LineIndex {
    path: PathBuf,
    known: Mutex<BTreeMap<u64, u64>>,
}

impl LineIndex {
    /// An index of a plain file.
    pub fn new(path: PathBuf) -> Self {
        Self { path, known: Mutex::new(BTreeMap::from([(0, 0)])) }
    }

    /// Line ends before `offset`. If the file cannot be read, as many as could be.
    pub fn before(&self, offset: u64) -> u64 {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (from, lines) = known.range(..=offset).next_back().map_or((0, 0), |(at, lines)| (*at, *lines));
        let lines = lines + self.count(from, offset).unwrap_or_default();
        known.insert(offset, lines);
        lines
    }

    fn count(&self, from: u64, to: u64) -> std::io::Result<u64> {
        if from == to {
            return Ok(0);
        }
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = file.take(to - from);
        let mut buffer = vec![0; 256 << 10];
        let mut sum = 0;
        loop {
            match bytes.read(&mut buffer)? {
                0 => return Ok(sum),
                read => sum += lines::count(buffer.get(..read).unwrap_or_default()),
            }
        }
    }
}
