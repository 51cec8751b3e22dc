//! What wrote a JSON event, and the door to each shape.

use jiff::tz::TimeZone;

use super::keys::{Key, Keys, Known, System};
use super::network::{self, Called, Sensor, Signs};
use super::tape::{Kind, Node, Tape};
use super::text::decode;
use super::{ecs, evtx_dump, generic, nxlog, splunk};
use crate::batch::{EventBuilder, Slot};
use crate::field;

/// One event on the tape, on its way to the builder.
pub(super) struct Event<'a> {
    pub(super) text: &'a str,
    pub(super) tape: &'a Tape,
    pub(super) events: &'a mut EventBuilder,
    pub(super) keys: &'a mut Keys,
    /// Room for unescaped values.
    pub(super) scratch: &'a mut String,
    /// Room for names that are put together.
    pub(super) path: &'a mut String,
    pub(super) zone: &'a TimeZone,
    pub(super) file: &'a str,
    /// What is around the event says that it is from this host.
    pub(super) host: Option<&'a str>,
    pub(super) called: &'a mut Called,
    /// `_time` says something that is no time.
    pub(super) has_no_time: bool,
}

/// The shapes in use, with the place of what they wrap the event in.
enum Shape {
    /// `{"_index": …, "_source": {…}}`
    Elastic(usize),
    /// `{"Event": {"System": …, "EventData": …}}`
    EvtxDump(usize),
    /// `{"winlog": {"event_data": …}, "@timestamp": …}`
    Ecs(usize),
    /// `{"EventID": …, "Channel": …, "Image": …}`
    Nxlog,
    /// `{"preview": …, "result": {…}}`
    Splunk(usize),
    /// Of Zeek or Suricata, and flat in what tells it.
    Sensor(Sensor),
    Generic,
}

impl Event<'_> {
    /// Hands the fields of the object at `root` to the builder. Gives the record's number if the
    /// event has one.
    pub(super) fn decode(&mut self, root: usize) -> Option<u64> {
        match self.shape(root) {
            // What is inside is of another shape; an export inside an export is left as it is.
            Shape::Elastic(source) => match self.shape(source) {
                Shape::Elastic(_) => {
                    let (tape, text) = (self.tape, self.text);
                    for (place, (_, node)) in tape.children(root).enumerate() {
                        self.key(place, node.key.of(text));
                    }
                    generic::decode(self, root)
                }
                shape => self.decode_as(&shape, source),
            },
            shape => self.decode_as(&shape, root),
        }
    }

    fn decode_as(&mut self, shape: &Shape, root: usize) -> Option<u64> {
        match *shape {
            Shape::EvtxDump(event) => evtx_dump::decode(self, root, event),
            Shape::Ecs(winlog) => ecs::decode(self, root, winlog),
            Shape::Nxlog => nxlog::decode(self, root),
            Shape::Splunk(result) => splunk::decode(self, root, result),
            Shape::Sensor(sensor) => network::decode(self, root, sensor),
            Shape::Generic | Shape::Elastic(_) => generic::decode(self, root),
        }
    }

    /// INVARIANT: of a flat shape (NXLog, sensors, generic) all keys have been looked at, in order, when this
    /// returns: `Keys::seen` relies on it.
    fn shape(&mut self, root: usize) -> Shape {
        let (tape, text) = (self.tape, self.text);
        let (mut has_event_id, mut has_channel, mut signs) = (false, false, Signs::default());
        for (place, (at, node)) in tape.children(root).enumerate() {
            match (self.key(place, node.key.of(text)).known, node.kind) {
                (Known::Elastic, Kind::Object) => return Shape::Elastic(at),
                (Known::EvtxDump, Kind::Object) if tape.find(text, at, "System").is_some() => {
                    return Shape::EvtxDump(at);
                }
                (Known::Winlog, Kind::Object) => return Shape::Ecs(at),
                (Known::Splunk, Kind::Object) => return Shape::Splunk(at),
                (Known::System(System::EventId), Kind::Number | Kind::String) => has_event_id = true,
                (Known::System(System::Channel), Kind::String) => has_channel = true,
                (Known::Sensor(sign), _) => signs.see(sign),
                _ => {}
            }
        }
        if has_event_id && has_channel {
            return Shape::Nxlog;
        }
        signs.sensor().map_or(Shape::Generic, Shape::Sensor)
    }

    /// What the key at a place of the event's top level is.
    fn key(&mut self, place: usize, key: &str) -> Key {
        self.keys.at(place, key, self.events)
    }

    /// Gives the event a value for a field, if anyone wants it. Null is no value.
    pub(super) fn set(&mut self, name: &str, node: &Node) {
        self.set_at(self.events.slot(name), name, node);
    }

    /// The same where it is known whether the field is asked for by name.
    pub(super) fn set_at(&mut self, slot: Option<Slot>, name: &str, node: &Node) {
        if slot.is_none() && !self.events.wants_rest() {
            return;
        }
        let value = match node.kind {
            Kind::String => decode(self.text, node.value, self.scratch),
            Kind::Number | Kind::Bool => node.value.of(self.text),
            Kind::Object | Kind::Array | Kind::Null => return,
        };
        match slot {
            Some(slot) => self.events.put(slot, value),
            None => self.events.set(name, value),
        }
    }

    /// The same for a Windows event, where Splunk keeps no empty values; a list gives all its values.
    pub(super) fn set_windows(&mut self, name: &str, at: usize) {
        self.set_windows_at(self.events.slot(name), name, at);
    }

    /// The same for a field of the event's data, which does not replace what the event is called by.
    pub(super) fn set_data(&mut self, name: &str, at: usize) {
        if !matches!(name, "" | field::HOST | field::SOURCE | field::SOURCETYPE | field::INDEX) {
            self.set_windows(name, at);
        }
    }

    /// The same where it is known whether the field is asked for by name.
    pub(super) fn set_windows_at(&mut self, slot: Option<Slot>, name: &str, at: usize) {
        let tape = self.tape;
        let Some(node) = tape.node(at) else { return };
        match node.kind {
            Kind::String if node.value.is_empty() => {}
            Kind::Array => tape.children(at).for_each(|(_, value)| self.set_at(slot, name, value)),
            _ => self.set_at(slot, name, node),
        }
    }

    /// Notes that `_time` says something that is no time.
    pub(super) fn note_no_time(&mut self, node: &Node) {
        self.has_no_time |= match node.kind {
            Kind::String => !node.value.is_empty(),
            Kind::Number | Kind::Bool => true,
            Kind::Object | Kind::Array | Kind::Null => false,
        };
    }

    /// Gives the event its time, if the value is one.
    pub(super) fn set_time(&mut self, node: &Node) -> bool {
        let zone = self.zone;
        let time = match node.kind {
            Kind::String | Kind::Number => crate::time::parse(node.value.of(self.text), zone),
            _ => None,
        };
        if let Some(time) = time {
            self.events.set_time(time);
        }
        time.is_some()
    }

    /// `_raw` is the text of the value at `root`.
    pub(super) fn set_raw(&mut self, root: usize) {
        if let Some(slot) = self.keys.slots.raw
            && let Some(node) = self.tape.node(root)
        {
            self.events.put(slot, node.value.of(self.text));
        }
    }
}
