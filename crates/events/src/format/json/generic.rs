//! JSON of no known shape: fields as Splunk's `KV_MODE = json` names them.

use super::shape::Event;
use super::tape::Kind;
use crate::field;

const SOURCETYPE: &str = "_json";
const INDEX: &str = "main";

/// Fields that may hold the time of an event, the best first.
pub(super) const TIMES: [&str; 9] =
    ["_time", "timestamp", "@timestamp", "time", "ts", "EventTime", "TimeCreated", "datetime", "date"];

/// What an event is called that does not say so itself.
pub(super) struct Names<'a> {
    pub(super) source: &'a str,
    pub(super) sourcetype: &'a str,
    pub(super) index: &'a str,
    pub(super) host: Option<&'a str>,
    /// What the event says under such a name is something else, which goes by this prefix.
    pub(super) prefix: Option<&'a str>,
}

pub(super) fn decode(event: &mut Event<'_>, root: usize) -> Option<u64> {
    let names =
        Names { source: event.file, sourcetype: SOURCETYPE, index: INDEX, host: event.host, prefix: None };
    decode_as(event, root, &names);
    None
}

/// The same for events that are called otherwise.
pub(super) fn decode_as(event: &mut Event<'_>, root: usize, names: &Names<'_>) {
    time(event, root);
    if event.events.is_stale() {
        return;
    }
    raw(event, root);
    let mut metadata = Metadata::default();
    flatten(event, root, names, &mut metadata);
    metadata.complete(names, event);
}

/// What the event gives as its text, or else the text of the event.
fn raw(event: &mut Event<'_>, root: usize) {
    let (tape, text) = (event.tape, event.text);
    match tape.find(text, root, field::RAW).and_then(|at| tape.node(at)) {
        Some(given) if matches!(given.kind, Kind::String | Kind::Number | Kind::Bool) => {
            event.set_at(event.keys.slots.raw, field::RAW, given);
        }
        _ => event.set_raw(root),
    }
}

/// The first of [`TIMES`] that is a time.
fn time(event: &mut Event<'_>, root: usize) {
    if event.keys.slots.time.is_none() {
        return;
    }
    let (tape, text) = (event.tape, event.text);
    let mut best: Option<(usize, usize)> = None;
    for (at, node) in tape.children(root) {
        let key = node.key.of(text);
        let Some(rank) = TIMES.iter().position(|known| *known == key) else { continue };
        if best.is_some_and(|(known, _)| rank >= known) {
            continue;
        }
        if crate::time::parse(node.value.of(text), event.zone).is_some() {
            best = Some((rank, at));
        } else if key == field::TIME {
            event.note_no_time(node);
        }
    }
    if let Some(node) = best.and_then(|(_, at)| tape.node(at)) {
        event.set_time(node);
    }
}

/// Which metadata the event itself names.
#[derive(Default)]
struct Metadata {
    source: bool,
    sourcetype: bool,
    index: bool,
    host: bool,
}

impl Metadata {
    /// Notes a field; whether it is metadata.
    fn see(&mut self, name: &str) -> bool {
        match name {
            field::SOURCE => self.source = true,
            field::SOURCETYPE => self.sourcetype = true,
            field::INDEX => self.index = true,
            field::HOST => self.host = true,
            _ => return false,
        }
        true
    }

    /// Sets what the event does not name.
    fn complete(&self, names: &Names<'_>, event: &mut Event<'_>) {
        let called = [
            (self.source, field::SOURCE, Some(names.source)),
            (self.sourcetype, field::SOURCETYPE, Some(names.sourcetype)),
            (self.index, field::INDEX, Some(names.index)),
            (self.host, field::HOST, names.host),
        ];
        for (is_said, name, value) in called {
            if let (false, Some(value)) = (is_said && names.prefix.is_none(), value) {
                event.events.set(name, value);
            }
        }
    }
}

/// Hands all values below `root` to the builder, under their flattened names.
fn flatten(event: &mut Event<'_>, root: usize, names: &Names<'_>, metadata: &mut Metadata) {
    let (tape, text) = (event.tape, event.text);
    for (place, (at, node)) in tape.children(root).enumerate() {
        let key = node.key.of(text);
        match node.kind {
            Kind::Object | Kind::Array => {
                let mut path = std::mem::take(event.path);
                path.clear();
                path.push_str(key);
                nested(event, at, &mut path);
                *event.path = path;
            }
            Kind::Null => {}
            _ if matches!(key, field::TIME | field::RAW) => {}
            _ => {
                if metadata.see(key)
                    && let Some(prefix) = names.prefix
                {
                    event.set(&format!("{prefix}{key}"), node);
                    continue;
                }
                let slot = event.keys.seen(place).slot;
                event.set_at(slot, key, node);
            }
        }
    }
}

/// The values inside an object or array that is called `path`.
// Recursion is bounded by the tape's depth.
fn nested(event: &mut Event<'_>, parent: usize, path: &mut String) {
    let (tape, text) = (event.tape, event.text);
    let Some(kind) = tape.node(parent).map(|node| node.kind) else { return };
    let length = path.len();
    for (at, node) in tape.children(parent) {
        match kind {
            Kind::Array => path.push_str("{}"),
            _ => path.extend([".", node.key.of(text)]),
        }
        match node.kind {
            Kind::Object | Kind::Array => nested(event, at, path),
            _ => event.set(path, node),
        }
        path.truncate(length);
    }
}
