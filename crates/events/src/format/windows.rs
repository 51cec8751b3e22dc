//! Which fields a value of a Windows event gives, from where it stands in the event's tree.
//!
//! The names are those of Splunk's add-ons: `System` by the table in
//! [`windows_names`], `EventData/Data` by its `Name`, all else by its element. EVTX and
//! XML share this module, so that the same event gives the same fields from either.

use std::borrow::Cow;

use crate::batch::{EventBuilder, Slot};
use crate::field;
use crate::format::windows_names::{self, Origin};

/// An element of the event, as far as it matters for the names of what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Around the event.
    Document,
    /// `Event`.
    Event,
    /// `Event/System`.
    System,
    /// `Event/EventData`.
    EventData,
    /// `Event/RenderingInfo`.
    RenderingInfo,
    /// `UserData` and all else: each leaf element gives the field of its name.
    Leaves,
    /// Below a leaf of `System`, where no field comes from.
    Nowhere,
}

impl Place {
    /// The place inside a child element.
    pub(crate) fn enter(self, element: &str) -> Self {
        match (self, element) {
            (Self::Document, _) => Self::Event,
            (Self::Event, "System") => Self::System,
            (Self::Event, "EventData") => Self::EventData,
            (Self::Event, "RenderingInfo") => Self::RenderingInfo,
            (Self::Event | Self::EventData | Self::Leaves, _) => Self::Leaves,
            (Self::System | Self::RenderingInfo | Self::Nowhere, _) => Self::Nowhere,
        }
    }
}

/// A wanted field that a value goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// `_time`.
    Time,
    /// `source`, from the channel.
    Source(Option<Slot>),
    /// `_record`.
    Record,
    /// A field asked for by name.
    Field(Slot),
    /// One of the rest.
    Rest(Box<str>),
}

/// The fields that are wanted, by their place in the event.
pub(crate) struct Naming {
    system: Vec<(&'static str, &'static str, Vec<Target>)>,
    sourcetype: Option<Target>,
    index: Option<Target>,
    record: Option<u64>,
    origin: &'static Origin,
    /// The last channel's `source`; the prefix stays, the channel changes.
    source: String,
}

impl Naming {
    /// For what this builder wants of Windows events.
    pub(crate) fn new(events: &EventBuilder) -> Self {
        Self::of(&windows_names::WINDOWS, events)
    }

    /// The same where `host` is told by what is around the event.
    pub(crate) fn without_host(origin: &'static Origin, events: &EventBuilder) -> Self {
        let mut naming = Self::of(origin, events);
        let host = wanted(field::HOST, events);
        naming
            .system
            .iter_mut()
            .for_each(|(.., targets)| targets.retain(|target| Some(target) != host.as_ref()));
        naming
    }

    /// For what this builder wants of events of this origin.
    pub(crate) fn of(origin: &'static Origin, events: &EventBuilder) -> Self {
        let mut system = Vec::new();
        for (path, names) in windows_names::SYSTEM {
            let mut targets: Vec<Target> = names.iter().filter_map(|name| wanted(name, events)).collect();
            match *path {
                "TimeCreated.SystemTime" if events.wants(field::TIME) => targets.push(Target::Time),
                "Channel" if events.wants(field::SOURCE) => {
                    targets.push(Target::Source(events.slot(field::SOURCE)))
                }
                "EventRecordID" if events.slot(field::RECORD).is_some() => targets.push(Target::Record),
                _ => {}
            }
            if !targets.is_empty() {
                let (element, attribute) = path.split_once('.').unwrap_or((path, ""));
                system.push((element, attribute, targets));
            }
        }
        Self {
            system,
            sourcetype: wanted(field::SOURCETYPE, events),
            index: wanted(field::INDEX, events),
            record: None,
            origin,
            source: origin.source_prefix.to_owned(),
        }
    }

    /// The targets of an attribute; none for most.
    pub(crate) fn attribute(&self, parent: Place, element: &str, attribute: &str) -> &[Target] {
        if parent != Place::System {
            return &[];
        }
        let found = self.system.iter().find(|(e, a, _)| *e == element && *a == attribute);
        found.map_or(&[], |(_, _, targets)| targets)
    }

    /// Calls `give` with the targets of a leaf element's text. `name` is its `Name` attribute.
    pub(crate) fn leaf(
        &self,
        parent: Place,
        element: &str,
        name: Option<&str>,
        events: &EventBuilder,
        mut give: impl FnMut(&Target),
    ) {
        let name = match parent {
            Place::System => {
                self.attribute(parent, element, "").iter().for_each(give);
                return;
            }
            Place::EventData if element == "Data" => name.unwrap_or(element),
            // DIFFERS: the add-on also reads RenderingInfo's Level, Task and so on, as second
            // values of the fields of System; here they are left out.
            Place::RenderingInfo if element != "Message" => return,
            Place::Document | Place::Event | Place::Nowhere => return,
            _ => element,
        };
        let name = clean(name);
        if let Some(target) = wanted(&name, events).filter(|_| !is_metadata(&name)) {
            give(&target);
        }
    }

    /// Gives the current event a value; an empty text is no value.
    pub(crate) fn put(&mut self, target: &Target, text: &str, events: &mut EventBuilder) {
        if text.is_empty() {
            return;
        }
        match target {
            Target::Time => {
                if let Some(seconds) = seconds(text) {
                    events.set_time(seconds);
                }
            }
            Target::Source(slot) => {
                let source = self.source(text);
                match slot {
                    Some(slot) => events.put(*slot, source),
                    None => events.set(field::SOURCE, source),
                }
            }
            Target::Record => self.record = text.trim().parse().ok(),
            Target::Field(slot) => events.put(*slot, text),
            Target::Rest(name) => events.set(name, text),
        }
    }

    /// The `source` of events of a channel.
    pub(crate) fn source(&mut self, channel: &str) -> &str {
        self.source.truncate(self.origin.source_prefix.len());
        self.source.push_str(channel);
        &self.source
    }

    /// The `sourcetype` of the events.
    pub(crate) fn sourcetype(&self) -> &'static str {
        self.origin.sourcetype
    }

    /// The `EventRecordID` of the event, if it was given since this was last asked.
    pub(crate) fn take_record(&mut self) -> Option<u64> {
        self.record.take()
    }

    /// Notes the event's `EventRecordID`.
    pub(crate) fn put_record(&mut self, record: u64) {
        self.record = Some(record);
    }

    /// Gives the current event the metadata that all events of the origin share.
    pub(crate) fn put_metadata(&mut self, events: &mut EventBuilder) {
        let known = [(&self.sourcetype, self.origin.sourcetype), (&self.index, self.origin.index)];
        for (target, value) in known {
            match target {
                Some(Target::Field(slot)) => events.put(*slot, value),
                Some(Target::Rest(name)) => events.set(name, value),
                _ => {}
            }
        }
    }
}

/// The target of a field by name, if it is wanted.
pub(crate) fn wanted(name: &str, events: &EventBuilder) -> Option<Target> {
    match events.slot(name) {
        Some(slot) => Some(Target::Field(slot)),
        None if events.wants_rest() => Some(Target::Rest(name.into())),
        None => None,
    }
}

/// What an event says does not replace what it is called by.
fn is_metadata(name: &str) -> bool {
    matches!(name, "" | field::HOST | field::SOURCE | field::SOURCETYPE | field::INDEX)
}

/// A name as Splunk cleans it (`CLEAN_KEYS` of transforms.conf): `Process Name` is the field
/// `Process_Name`; leading digits and underscores go.
fn clean(name: &str) -> Cow<'_, str> {
    let name = name.trim_start_matches(|c: char| c == '_' || c.is_ascii_digit());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Cow::Borrowed(name);
    }
    let cleaned: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    Cow::Owned(cleaned.trim_start_matches(|c: char| c == '_' || c.is_ascii_digit()).to_owned())
}

/// 100 ns between 1601 and 1970.
const FILETIME_OF_1970: i64 = 116_444_736_000_000_000;

/// Seconds since 1970 of a FILETIME.
pub(crate) fn seconds_of_filetime(filetime: u64) -> f64 {
    let ticks = filetime.cast_signed().saturating_sub(FILETIME_OF_1970);
    let (seconds, rest) = (ticks.div_euclid(10_000_000), ticks.rem_euclid(10_000_000));
    #[expect(clippy::cast_precision_loss, reason = "seconds and ticks are far below 2^53")]
    let time = seconds as f64 + rest as f64 / 1e7;
    time
}

/// Seconds since 1970 of a `SystemTime` such as `2026-11-24T21:14:02.122000000Z`.
pub(crate) fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let zoned = if text.ends_with(['Z', 'z']) { Cow::Borrowed(text) } else { with_zone(text) };
    let time: jiff::Timestamp = zoned.parse().ok()?;
    #[expect(clippy::cast_precision_loss, reason = "jiff's years end at 9999")]
    let seconds = time.as_second() as f64 + f64::from(time.subsec_nanosecond() / 100) / 1e7;
    Some(seconds)
}

/// `SystemTime` is UTC even where its zone was lost.
fn with_zone(text: &str) -> Cow<'_, str> {
    let clock = text.get(11..).unwrap_or_default();
    if clock.contains(['+', '-']) { Cow::Borrowed(text) } else { Cow::Owned(format!("{text}Z")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned_as_splunk_cleans_them() {
        assert_eq!(clean("CommandLine"), "CommandLine");
        assert_eq!(clean("Process Name"), "Process_Name");
        assert_eq!(clean("_4raw"), "raw");
        assert_eq!(clean("§1"), "");
    }

    #[test]
    fn filetime_and_text_give_the_same_time() {
        let time = seconds("2026-11-24T21:14:02.1221234Z").unwrap();
        assert_eq!(time, 1_795_554_842.122_123_4);
        assert_eq!(seconds_of_filetime(134_400_284_421_221_234), time);
        assert_eq!(seconds("2026-11-24T21:14:02.122123400"), Some(time));
        assert_eq!(seconds("yesterday"), None);
    }
}
