//! Times and values of a group, for `sparkline`.

use super::{Outcome, Place, Saved, Stat};
use crate::value::{Cell, number_to_text};

/// Every value with its time; rows without a time have no place in time.
#[derive(Debug, Default)]
pub(super) struct Points {
    texts: Vec<String>,
    bytes: usize,
}

/// A point as [`Points`] gives it: its time and value.
pub(crate) fn read(point: &str) -> Option<(f64, &str)> {
    let (time, value) = point.split_once(' ')?;
    Some((time.parse().ok()?, value))
}

impl Stat for Points {
    fn add(&mut self, value: &Cell<'_>, at: Place) {
        if let (Some(time), Some(text)) = (at.time.filter(|time| time.is_finite()), value.text()) {
            let point = format!("{} {text}", number_to_text(time));
            self.bytes += point.len() + size_of::<String>();
            self.texts.push(point);
        }
    }
    fn save(&self) -> Saved {
        Saved { texts: self.texts.clone(), ..Saved::default() }
    }
    fn load(&mut self, saved: Saved) {
        self.bytes += saved.texts.iter().map(|text| text.len() + size_of::<String>()).sum::<usize>();
        self.texts.extend(saved.texts);
    }
    fn result(&self) -> Outcome {
        if self.texts.is_empty() { Outcome::Null } else { Outcome::List(self.texts.clone()) }
    }
    fn size(&self) -> usize {
        self.bytes
    }
}
