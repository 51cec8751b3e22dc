//! A look at an event before its fields are handed over, for formats that find a value by its field's name.

use crate::batch::EventBuilder;
use crate::field;
use crate::filter::{Matcher, Seen, Tests};
use crate::format::Format;

/// A value that stands as it is.
pub(crate) const PLAIN: u8 = 0;

/// A request's filter.
pub(crate) struct Glance {
    matcher: Matcher,
    /// The fields that the filter looks at; `None` where only the finished event tells.
    names: Vec<Option<String>>,
}

impl Glance {
    /// `None` if the request has no filter.
    pub(crate) fn new(events: &EventBuilder, format: Format) -> Option<Self> {
        let matcher = events.matcher(format)?;
        let names =
            matcher.fields().iter().zip(events.checked()).map(|(tested, slot)| {
                (slot.is_some() || tested.name == field::RAW).then(|| tested.name.clone())
            });
        let names = names.collect();
        Some(Self { matcher, names })
    }

    /// Whether an event may matter. `look` tells what is known of a field, which may be `_raw`; it must be certain:
    /// what it is not sure of is unknown.
    pub(crate) fn may_matter(&mut self, look: &mut dyn FnMut(&str, Tests<'_>) -> Seen) -> bool {
        let Self { matcher, names } = self;
        let look = &mut |at: usize, tests: Tests<'_>| match names.get(at) {
            Some(Some(name)) => look(name, tests),
            _ => Seen::Unknown,
        };
        !matcher.met(look, &mut |_| true).is_none()
    }

    /// The same where each value stands in the line as it is.
    pub(crate) fn may_hold(&mut self, line: &str) -> bool {
        self.may_matter(&mut |_, tests| tests.of_raw(line.as_bytes()))
    }
}

/// What a value that stands as it is gives.
pub(crate) fn plain(tests: Tests<'_>, value: &str) -> Seen {
    tests.of(PLAIN, value.as_bytes(), true, || Some(value))
}
