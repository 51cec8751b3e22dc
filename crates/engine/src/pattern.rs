//! Regular expressions as PCRE means them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A compiled regular expression.
#[derive(Debug)]
pub enum Pattern {
    /// Linear time.
    Linear(regex::Regex),
    /// With look-around and the like.
    Backtracking(fancy_regex::Regex),
}

impl Pattern {
    /// Whether it matches anywhere.
    pub fn is_match(&self, text: &str) -> Result<bool, String> {
        match self {
            Self::Linear(regex) => Ok(regex.is_match(text)),
            Self::Backtracking(regex) => regex.is_match(text).map_err(|e| e.to_string()),
        }
    }
}

static CACHE: Mutex<Option<HashMap<String, Arc<Pattern>>>> = Mutex::new(None);

/// Compiles, once a pattern.
pub fn compile(text: &str) -> Result<Arc<Pattern>, String> {
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    let cache = cache.get_or_insert_default();
    if let Some(found) = cache.get(text) {
        return Ok(Arc::clone(found));
    }
    let pattern = Arc::new(match regex::Regex::new(text) {
        Ok(regex) => Pattern::Linear(regex),
        Err(_) => Pattern::Backtracking(fancy_regex::Regex::new(text).map_err(|e| e.to_string())?),
    });
    cache.insert(text.to_owned(), Arc::clone(&pattern));
    Ok(pattern)
}
