//! Windows events as NXLog (and Logstash after it) writes them: system fields and event data side by
//! side in one flat object.

use jiff::tz::TimeZone;

use super::keys::{Known, System};
use super::shape::Event;
use super::tape::Node;
use crate::field;
use crate::format::windows_names;

/// Names of the system fields, and where NXLog has their values: the first that is there.
pub(super) const FIELDS: [(&str, System, Option<System>); 13] = [
    ("EventCode", System::EventId, None),
    ("EventID", System::EventId, None),
    ("Channel", System::Channel, None),
    ("EventRecordID", System::Record, None),
    ("Name", System::Provider, None),
    ("Guid", System::Guid, None),
    ("Computer", System::Computer, None),
    (field::HOST, System::Computer, None),
    ("Opcode", System::OpcodeValue, Some(System::Opcode)),
    ("Level", System::Level, None),
    ("ProcessID", System::ExecutionProcess, Some(System::Process)),
    ("ThreadID", System::ExecutionThread, Some(System::Thread)),
    ("SystemTime", System::TimeCreated, Some(System::EventTime)),
];

/// Where an event's time is, the best first.
pub(super) const TIMES: [System; 3] = [System::TimeCreated, System::EventTime, System::Stamp];

pub(super) fn decode(event: &mut Event<'_>, root: usize) -> Option<u64> {
    let (tape, text) = (event.tape, event.text);
    let mut values = Values { nodes: [None; System::COUNT] };
    for (place, (_, node)) in tape.children(root).enumerate() {
        if let Known::System(system) = event.keys.seen(place).known {
            values.take(system, node);
        }
    }
    values.time(event);
    if event.events.is_stale() {
        return values.record(text);
    }
    event.set_raw(root);
    for (place, (at, node)) in tape.children(root).enumerate() {
        let key = event.keys.seen(place);
        if !matches!(key.known, Known::System(_) | Known::Collector) {
            event.set_windows_at(key.slot, node.key.of(text), at);
        }
    }
    for (at, (name, system, or)) in FIELDS.into_iter().enumerate() {
        if let Some(node) = values.get(system).or_else(|| values.get(or?)) {
            let slot = event.keys.slots.nxlog.get(at).copied().flatten();
            event.set_at(slot, name, node);
        }
    }
    if let Some(channel) = values.get(System::Channel) {
        windows_names::metadata(channel.value.of(text), event.events);
    }
    values.record(text)
}

/// The values of the system fields of an event.
struct Values<'a> {
    nodes: [Option<&'a Node>; System::COUNT],
}

impl<'a> Values<'a> {
    fn take(&mut self, system: System, node: &'a Node) {
        if let Some(place) = self.nodes.get_mut(system as usize) {
            *place = place.or(Some(node));
        }
    }

    fn get(&self, system: System) -> Option<&'a Node> {
        self.nodes.get(system as usize).copied().flatten()
    }

    /// The record's number.
    fn record(&self, text: &str) -> Option<u64> {
        self.get(System::Record)?.value.of(text).parse().ok()
    }

    /// The event's own time comes first. NXLog writes it as local time without a zone; where Logstash
    /// added its `@timestamp` on receipt, the zone follows from the two times of receipt.
    fn time(&self, event: &mut Event<'_>) {
        if event.keys.slots.time.is_none() {
            return;
        }
        if let Some(time) = self.local_time(event) {
            return event.events.set_time(time);
        }
        for system in TIMES {
            if self.get(system).is_some_and(|node| event.set_time(node)) {
                return;
            }
        }
    }

    /// `EventTime`, if it is local time of a zone that is found out.
    fn local_time(&self, event: &Event<'_>) -> Option<f64> {
        let time = self.get(System::EventTime)?.value.of(event.text);
        if crate::time::names_its_zone(time) || *event.zone != TimeZone::UTC {
            return None;
        }
        Some(crate::time::parse(time, &TimeZone::UTC)? + self.seconds_behind(event)?)
    }

    /// Seconds from local time to UTC, in quarters of an hour as zones have them.
    fn seconds_behind(&self, event: &Event<'_>) -> Option<f64> {
        const QUARTER: f64 = 900.0;
        let parse = |node: &Node| crate::time::parse(node.value.of(event.text), &TimeZone::UTC);
        let behind = parse(self.get(System::Stamp)?)? - parse(self.get(System::ReceivedTime)?)?;
        let whole = (behind / QUARTER).round() * QUARTER;
        (whole.abs() <= 14.0 * 3_600.0 && (behind - whole).abs() < 120.0).then_some(whole)
    }
}
