//! Results that Splunk exported as JSON: `{"preview": false, "result": {…}}`.

use super::shape::Event;
use super::tape::Kind;
use crate::field;

pub(super) fn decode(event: &mut Event<'_>, root: usize, result: usize) -> Option<u64> {
    let (tape, text) = (event.tape, event.text);
    let mut has_raw = false;
    for (at, node) in tape.children(result) {
        match (node.key.of(text), node.kind) {
            (field::TIME, _) => {
                if !event.set_time(node) {
                    event.note_no_time(node);
                }
            }
            (name, Kind::Array) => {
                has_raw |= name == field::RAW;
                for (_, value) in tape.children(at) {
                    event.set(name, value);
                }
            }
            (name, _) => {
                has_raw |= name == field::RAW;
                event.set(name, node);
            }
        }
    }
    if !has_raw {
        event.set_raw(root);
    }
    let record = tape.find(text, result, "EventRecordID").and_then(|at| tape.node(at));
    record.and_then(|node| node.value.of(text).parse().ok())
}
