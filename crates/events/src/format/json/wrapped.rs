//! Objects that stand in a line of another format.

use jiff::tz::TimeZone;
use memchr::memmem;

use super::keys::Keys;
use super::network::Called;
use super::shape::Event;
use super::tape::{Kind, Tape};
use crate::batch::EventBuilder;
use crate::format::line_reader::Line;

/// Reads objects one by one.
pub(crate) struct Wrapped {
    tape: Tape,
    keys: Keys,
    called: Called,
    scratch: String,
    path: String,
    resolved: String,
}

/// Where an object stands.
pub(crate) struct Place<'a> {
    pub(crate) file: &'a str,
    pub(crate) host: Option<&'a str>,
    /// The zone of times that name none.
    pub(crate) zone: &'a TimeZone,
}

impl Wrapped {
    /// Objects of a file.
    pub(crate) fn new(file: &str, events: &EventBuilder) -> Self {
        Self {
            tape: Tape::default(),
            keys: Keys::new(events),
            called: Called::of(file),
            scratch: String::new(),
            path: String::new(),
            resolved: String::new(),
        }
    }

    /// The event that `text` is, if it is one object. Its `_raw` is the object.
    pub(crate) fn event(&mut self, text: &str, place: &Place<'_>, events: &mut EventBuilder) -> Option<Line> {
        let end = self.tape.read(text.as_bytes(), 0).ok()?;
        let is_object = self.tape.root().is_some_and(|root| root.kind == Kind::Object);
        if !is_object || !text.get(end..)?.trim_ascii().is_empty() {
            return None;
        }
        let has_escape = |sign: &[u8; 2]| memmem::find(text.as_bytes(), sign).is_some();
        let text = if has_escape(b"\\u") || has_escape(b"\\/") || self.tape.has_escaped_key() {
            text.clone_into(&mut self.resolved);
            self.tape.resolve(&mut self.resolved);
            &self.resolved
        } else {
            text
        };
        let mut event = Event {
            text,
            tape: &self.tape,
            events,
            keys: &mut self.keys,
            scratch: &mut self.scratch,
            path: &mut self.path,
            zone: place.zone,
            file: place.file,
            host: place.host,
            called: &mut self.called,
            // The line around it has a time.
            has_no_time: false,
        };
        Some(Line::Event(event.decode(Tape::ROOT)))
    }
}
