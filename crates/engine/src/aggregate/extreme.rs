//! `min`, `max`, `range`. Numbers come before text: the least of a mixed field is a number, the
//! greatest a text.

use std::cmp::Ordering;

use super::{Outcome, Place, Saved, Stat};
use crate::value::Cell;

/// The least or greatest value.
#[derive(Debug)]
pub(super) struct Extreme {
    want: Ordering,
    number: Option<f64>,
    text: Option<String>,
}

impl Extreme {
    pub(super) fn min() -> Self {
        Self { want: Ordering::Less, number: None, text: None }
    }
    pub(super) fn max() -> Self {
        Self { want: Ordering::Greater, number: None, text: None }
    }
}

impl Stat for Extreme {
    fn add(&mut self, value: &Cell<'_>, _: Place) {
        if let Some(number) = value.number() {
            if self.number.is_none_or(|best| number.partial_cmp(&best) == Some(self.want)) {
                self.number = Some(number);
            }
        } else if let Some(text) = value.text()
            && self.text.as_deref().is_none_or(|best| text.as_ref().cmp(best) == self.want)
        {
            self.text = Some(text.into_owned());
        }
    }
    fn save(&self) -> Saved {
        Saved { texts: self.text.iter().cloned().collect(), numbers: self.number.into_iter().collect() }
    }
    fn load(&mut self, saved: Saved) {
        for number in saved.numbers {
            self.add(&Cell::Number(number), Place::default());
        }
        for text in saved.texts {
            self.add(&Cell::Text(&text), Place::default());
        }
    }
    fn result(&self) -> Outcome {
        let text = || self.text.clone().map_or(Outcome::Null, Outcome::Text);
        match (self.want, self.number) {
            (Ordering::Less, Some(number)) => Outcome::Number(number),
            (Ordering::Greater, Some(number)) if self.text.is_none() => Outcome::Number(number),
            _ => text(),
        }
    }
    fn size(&self) -> usize {
        self.text.as_ref().map_or(0, String::len)
    }
}

/// The greatest less the least number.
#[derive(Debug, Default)]
pub(super) struct Range(Option<(f64, f64)>);

impl Stat for Range {
    fn add(&mut self, value: &Cell<'_>, _: Place) {
        if let Some(number) = value.number() {
            let (least, most) = self.0.unwrap_or((number, number));
            self.0 = Some((least.min(number), most.max(number)));
        }
    }
    fn save(&self) -> Saved {
        Saved { numbers: self.0.map_or_else(Vec::new, |(least, most)| vec![least, most]), ..Saved::default() }
    }
    fn load(&mut self, saved: Saved) {
        for number in saved.numbers {
            self.add(&Cell::Number(number), Place::default());
        }
    }
    fn result(&self) -> Outcome {
        Outcome::number(self.0.map(|(least, most)| most - least))
    }
    fn size(&self) -> usize {
        0
    }
}
