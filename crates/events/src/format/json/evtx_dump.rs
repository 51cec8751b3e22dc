//! Windows events as `evtx_dump` and its kin write them: the XML's elements as nested objects.
//!
//! Attributes stand in `#attributes`, in `<Element>_attributes`, as `@Name`, or as plain members;
//! the text of an element that has attributes in `#text`.

use super::shape::Event;
use super::tape::Kind;
use crate::format::windows_names;

pub(super) fn decode(event: &mut Event<'_>, root: usize, wrapper: usize) -> Option<u64> {
    event.set_raw(root);
    let (tape, text) = (event.tape, event.text);
    let system = tape.find(text, wrapper, "System")?;
    self::system(event, system);
    for (at, node) in tape.children(wrapper) {
        match node.key.of(text) {
            "EventData" => data(event, at),
            "UserData" => user_data(event, at),
            _ => {}
        }
    }
    let record = tape.find(text, system, "EventRecordID")?;
    tape.node(content(event, record))?.value.of(text).parse().ok()
}

fn system(event: &mut Event<'_>, system: usize) {
    let (tape, text) = (event.tape, event.text);
    for (at, node) in tape.children(system) {
        let key = node.key.of(text);
        match key.strip_suffix("_attributes") {
            Some(element) => attributes(event, element, at),
            None if node.kind == Kind::Object => element(event, key, at),
            None => give(event, key, "", at),
        }
    }
    if let Some(channel) = tape.find(text, system, "Channel").and_then(|at| tape.node(content(event, at))) {
        windows_names::metadata(channel.value.of(text), event.events);
    }
}

/// An element with attributes.
fn element(event: &mut Event<'_>, name: &str, at: usize) {
    let (tape, text) = (event.tape, event.text);
    for (child, node) in tape.children(at) {
        match node.key.of(text) {
            "#text" => give(event, name, "", child),
            "#attributes" => attributes(event, name, child),
            attribute => give(event, name, attribute.trim_start_matches('@'), child),
        }
    }
}

fn attributes(event: &mut Event<'_>, element: &str, at: usize) {
    let (tape, text) = (event.tape, event.text);
    for (child, node) in tape.children(at) {
        give(event, element, node.key.of(text), child);
    }
}

/// Gives a system field under its names.
fn give(event: &mut Event<'_>, element: &str, attribute: &str, at: usize) {
    let names = match attribute {
        "" => windows_names::system(element),
        _ => {
            event.path.clear();
            event.path.extend([element, ".", attribute]);
            windows_names::system(event.path)
        }
    };
    names.iter().for_each(|name| event.set_windows(name, at));
    if (element, attribute) == ("TimeCreated", "SystemTime")
        && let Some(node) = event.tape.node(at)
    {
        event.set_time(node);
    }
}

/// `EventData`: members are fields; `Data` without names is a multivalue field.
fn data(event: &mut Event<'_>, at: usize) {
    let (tape, text) = (event.tape, event.text);
    for (child, node) in tape.children(at) {
        match (node.key.of(text), node.kind) {
            ("#attributes", _) => {}
            ("Data", Kind::Array) => {
                for (element, _) in tape.children(child) {
                    named_data(event, element);
                }
            }
            ("Data", _) => named_data(event, child),
            (name, _) => event.set_data(name.trim_start_matches('@'), content(event, child)),
        }
    }
}

/// `{"@Name": "Image", "#text": "…"}`, or a value without a name.
fn named_data(event: &mut Event<'_>, at: usize) {
    let (tape, text) = (event.tape, event.text);
    let name = ["@Name", "Name", "#attributes"].into_iter().find_map(|key| tape.find(text, at, key));
    let name = name.map(|name| tape.find(text, name, "Name").unwrap_or(name));
    let name = name.and_then(|name| tape.node(name)).map_or("Data", |node| node.value.of(text));
    event.set_data(name, content(event, at));
}

/// `UserData` holds one element of any name; the fields are inside.
fn user_data(event: &mut Event<'_>, at: usize) {
    let (tape, text) = (event.tape, event.text);
    for (child, node) in tape.children(at) {
        if node.kind == Kind::Object && !node.key.of(text).starts_with('#') {
            leaves(event, child);
        }
    }
}

// Recursion is bounded by the tape's depth.
fn leaves(event: &mut Event<'_>, at: usize) {
    let (tape, text) = (event.tape, event.text);
    for (child, node) in tape.children(at) {
        let name = node.key.of(text);
        let value = content(event, child);
        match tape.node(value).map(|node| node.kind) {
            _ if name.starts_with(['#', '@']) || name == "xmlns" => {}
            Some(Kind::Object) => leaves(event, child),
            _ => event.set_data(name, value),
        }
    }
}

/// The place of an element's text: itself, or its `#text`.
fn content(event: &Event<'_>, at: usize) -> usize {
    event.tape.find(event.text, at, "#text").unwrap_or(at)
}
