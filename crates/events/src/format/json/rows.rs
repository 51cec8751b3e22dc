//! Rows of a table as objects: events of the same shapes, from values that are written nowhere as JSON.

use std::fmt::{Display, Write};

use super::keys::Keys;
use super::network::Called;
use super::shape::Event;
use super::tape::{MAX_DEPTH, Tape, Text};
use super::wrapped::Place;
use crate::batch::EventBuilder;
use crate::field;

pub(crate) use super::tape::Kind;

/// Objects and arrays in one another that a row may have.
pub(crate) const DEEPEST: usize = MAX_DEPTH;
/// A row that is longer cannot be held: places in its text are of 32 bits.
const LONGEST: usize = 1 << 30;

/// Makes events of rows, one by one.
pub(crate) struct Rows {
    /// The names of columns, and behind them the values of the row at hand.
    text: String,
    /// Where the values begin.
    values: usize,
    tape: Tape,
    keys: Keys,
    called: Called,
    scratch: String,
    path: String,
    wants_raw: bool,
}

/// The name of a value.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Name(Text);

impl Rows {
    /// Rows of a file.
    pub(crate) fn new(file: &str, events: &EventBuilder) -> Self {
        Self {
            text: String::new(),
            values: 0,
            tape: Tape::default(),
            keys: Keys::new(events),
            called: Called::of(file),
            scratch: String::new(),
            path: String::new(),
            wants_raw: events.wants(field::RAW),
        }
    }

    /// The name of a column. It is asked for before the first row.
    pub(crate) fn column(&mut self, name: &str) -> Name {
        let name = self.name(name);
        self.values = self.text.len();
        name
    }

    /// A name that is only of the row at hand.
    pub(crate) fn name(&mut self, name: &str) -> Name {
        let start = self.text.len();
        self.text.push_str(name);
        Name(Text::new(start, self.text.len(), false))
    }

    /// Begins a row.
    pub(crate) fn begin(&mut self) {
        self.text.truncate(self.values);
        self.tape.begin();
    }

    /// Gives the row a value. What would make it too long is left out; whether it was taken.
    pub(crate) fn put(&mut self, name: Name, value: &str, kind: Kind) -> bool {
        let start = self.text.len();
        if start + value.len() > LONGEST {
            return false;
        }
        self.text.push_str(value);
        self.tape.push(name.0, Text::new(start, self.text.len(), false), kind);
        true
    }

    /// The same for a number, a time and the like, as it is shown.
    pub(crate) fn show(&mut self, name: Name, value: impl Display, kind: Kind) {
        let start = self.text.len();
        // Writing to a string does not fail.
        let _ = write!(self.text, "{value}");
        self.tape.push(name.0, Text::new(start, self.text.len(), false), kind);
    }

    /// Begins an object or array inside the row.
    pub(crate) fn open(&mut self, name: Name, kind: Kind) {
        self.tape.open(name.0, kind);
    }

    /// Ends it.
    pub(crate) fn close(&mut self) {
        self.tape.end();
    }

    /// Ends the row and hands its event to the builder. Gives the record's number if the event has one, and whether
    /// its `_time` is no time.
    pub(crate) fn event(&mut self, place: &Place<'_>, events: &mut EventBuilder) -> (Option<u64>, bool) {
        self.tape.end();
        if self.wants_raw {
            self.tape.write(Tape::ROOT, &mut self.text);
        }
        let mut event = Event {
            text: &self.text,
            tape: &self.tape,
            events,
            keys: &mut self.keys,
            scratch: &mut self.scratch,
            path: &mut self.path,
            zone: place.zone,
            file: place.file,
            host: place.host,
            called: &mut self.called,
            has_no_time: false,
        };
        let record = event.decode(Tape::ROOT);
        (record, event.has_no_time)
    }
}
