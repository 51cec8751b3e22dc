//! Windows events as Winlogbeat and the Elastic agent write them: `winlog.event_data.*` and its kin.

use super::shape::Event;
use super::tape::Kind;
use crate::field;
use crate::format::windows_names;

/// Paths below `winlog`, and the names they go by.
const WINLOG: &[(&[&str], &[&str])] = &[
    (&["event_id"], &["EventCode", "EventID"]),
    (&["channel"], &["Channel"]),
    (&["computer_name"], &["Computer", field::HOST]),
    (&["record_id"], &["EventRecordID"]),
    (&["provider_name"], &["Name"]),
    (&["provider_guid"], &["Guid"]),
    (&["process", "pid"], &["ProcessID"]),
    (&["process", "thread", "id"], &["ThreadID"]),
    (&["user", "identifier"], &["UserID"]),
    (&["version"], &["Version"]),
    (&["opcode"], &["Opcode"]),
    (&["task"], &["Task"]),
    (&["keywords"], &["Keywords"]),
    (&["level"], &["Level"]),
    (&["activity_id"], &["ActivityID"]),
    (&["related_activity_id"], &["RelatedActivityID"]),
];

pub(super) fn decode(event: &mut Event<'_>, root: usize, winlog: usize) -> Option<u64> {
    event.set_raw(root);
    let (tape, text) = (event.tape, event.text);
    for (path, names) in WINLOG {
        if let Some(at) = tape.find_path(text, winlog, path) {
            names.iter().for_each(|name| event.set_windows(name, at));
        }
    }
    for data in ["event_data", "user_data"] {
        if let Some(data) = tape.find(text, winlog, data) {
            fields(event, data);
        }
    }
    if let Some(stamp) = tape.find(text, root, "@timestamp").and_then(|at| tape.node(at)) {
        event.set("SystemTime", stamp);
        event.set_time(stamp);
    }
    if let Some(channel) = tape.find(text, winlog, "channel").and_then(|at| tape.node(at)) {
        windows_names::metadata(channel.value.of(text), event.events);
    }
    let record = tape.find(text, winlog, "record_id")?;
    tape.node(record)?.value.of(text).parse().ok()
}

fn fields(event: &mut Event<'_>, parent: usize) {
    let (tape, text) = (event.tape, event.text);
    for (at, node) in tape.children(parent) {
        if node.kind != Kind::Object {
            event.set_data(node.key.of(text), at);
        }
    }
}
