//! Rows → text: one file per output.

pub mod csv;
pub mod jsonl;
mod layout;
pub mod roles;
pub mod table;
pub mod time;
pub mod visible;

use jiff::tz::TimeZone;
use sluice_engine::Rows;

/// Rows and what each of them carries besides its own fields.
#[derive(Debug, Clone)]
pub struct Block<'a> {
    /// The rows.
    pub rows: &'a Rows,
    /// Fields that every row also has, first.
    pub marks: Vec<(&'static str, &'a str)>,
    /// What the rows are findings of; `None` for the rows of a search.
    pub title: Option<String>,
}

/// How text for people is drawn.
#[derive(Debug, Clone)]
pub struct Style {
    /// Cells of a line.
    pub width: usize,
    /// With colours.
    pub colour: bool,
    /// Long values whole, not cut.
    pub full: bool,
    /// The zone of printed times.
    pub zone: TimeZone,
}

impl Style {
    /// The text in a colour, given as an SGR parameter (`1`: bold, `2`: dim, `31`: red …).
    pub fn paint(&self, colour: &str, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
