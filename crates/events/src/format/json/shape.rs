//! What wrote a JSON event, and the door to each shape.

use jiff::tz::TimeZone;

use super::tape::{Kind, Node, Tape};
use super::text::decode;
use super::{ecs, evtx_dump, generic, nxlog, splunk};
use crate::batch::EventBuilder;
use crate::field;

/// One event on the tape, on its way to the builder.
pub(super) struct Event<'a> {
    pub(super) text: &'a str,
    pub(super) tape: &'a Tape,
    pub(super) events: &'a mut EventBuilder,
    /// Room for unescaped values.
    pub(super) scratch: &'a mut String,
    /// Room for names that are put together.
    pub(super) path: &'a mut String,
    pub(super) zone: &'a TimeZone,
    pub(super) file: &'a str,
}

/// The shapes in use.
enum Shape {
    /// `{"Event": {"System": …, "EventData": …}}`
    EvtxDump(usize),
    /// `{"winlog": {"event_data": …}, "@timestamp": …}`
    Ecs(usize),
    /// `{"EventID": …, "Channel": …, "Image": …}`
    Nxlog,
    /// `{"preview": …, "result": {…}}`
    Splunk(usize),
    Generic,
}

impl Event<'_> {
    /// Hands the fields of the object at `root` to the builder. Gives the record's number if the
    /// event has one.
    pub(super) fn decode(&mut self, root: usize) -> Option<u64> {
        // An export of Elasticsearch wraps each document.
        let root =
            self.tape.find(self.text, root, "_source").filter(|&at| self.is_object(at)).unwrap_or(root);
        match self.shape(root) {
            Shape::EvtxDump(event) => evtx_dump::decode(self, root, event),
            Shape::Ecs(winlog) => ecs::decode(self, root, winlog),
            Shape::Nxlog => nxlog::decode(self, root),
            Shape::Splunk(result) => splunk::decode(self, root, result),
            Shape::Generic => generic::decode(self, root),
        }
    }

    fn shape(&self, root: usize) -> Shape {
        let (mut has_event_id, mut has_channel) = (false, false);
        for (at, node) in self.tape.children(root) {
            match (node.key.of(self.text), node.kind) {
                ("Event", Kind::Object) if self.tape.find(self.text, at, "System").is_some() => {
                    return Shape::EvtxDump(at);
                }
                ("winlog", Kind::Object) => return Shape::Ecs(at),
                ("result", Kind::Object) => return Shape::Splunk(at),
                ("EventID", Kind::Number | Kind::String) => has_event_id = true,
                ("Channel", Kind::String) => has_channel = true,
                _ => {}
            }
        }
        if has_event_id && has_channel { Shape::Nxlog } else { Shape::Generic }
    }

    pub(super) fn is_object(&self, at: usize) -> bool {
        self.tape.node(at).is_some_and(|node| node.kind == Kind::Object)
    }

    /// Gives the event a value for a field, if anyone wants it. Null is no value.
    pub(super) fn set(&mut self, name: &str, node: &Node) {
        if !self.events.wants(name) {
            return;
        }
        match node.kind {
            Kind::String => self.events.set(name, decode(self.text, node.value, self.scratch)),
            Kind::Number | Kind::Bool => self.events.set(name, node.value.of(self.text)),
            Kind::Object | Kind::Array | Kind::Null => {}
        }
    }

    /// The same for a Windows event, where Splunk keeps no empty values, and lists of values.
    pub(super) fn set_windows(&mut self, name: &str, at: usize) {
        let Some(node) = self.tape.node(at) else { return };
        match node.kind {
            Kind::String if node.value.start == node.value.end => {}
            Kind::Array => {
                let tape = self.tape;
                for (element, node) in tape.children(at) {
                    if node.kind != Kind::Array {
                        self.set_windows(name, element);
                    }
                }
            }
            _ => self.set(name, node),
        }
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
        if let Some(slot) = self.events.slot(field::RAW)
            && let Some(node) = self.tape.node(root)
        {
            self.events.put(slot, node.value.of(self.text));
        }
    }
}
