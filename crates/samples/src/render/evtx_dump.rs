//! JSON as evtx_dump writes it.

use super::json::Object;
use crate::event::{Event, NAMESPACE};
use crate::value::{Guid, Value};

/// The event as one line of `evtx_dump -o jsonl`: numbers and truths bare, GUIDs in
/// braces and lower case, as version 0.15 of the `evtx` crate has them.
pub fn to_evtx_dump_json(event: &Event) -> String {
    let mut json = String::with_capacity(2048);
    let mut outer = Object::open(&mut json);
    outer.object("Event", |object| {
        object.object("#attributes", |object| object.text("xmlns", NAMESPACE));
        object.object("System", |object| system(object, event));
        if !event.data.is_empty() {
            object.object("EventData", |object| {
                event.data.iter().for_each(|(name, value)| member(object, name, value));
            });
        }
    });
    outer.close();
    json
}

fn system(object: &mut Object<'_>, event: &Event) {
    attributes(object, "Provider", |object| {
        object.text("Name", &event.provider);
        if let Some(guid) = event.provider_guid {
            object.text("Guid", &guid_text(guid));
        }
    });
    object.bare("EventID", event.event_id);
    object.bare("Version", event.version);
    object.bare("Level", event.level);
    object.bare("Task", event.task);
    object.bare("Opcode", event.opcode);
    object.display("Keywords", format_args!("{:#x}", event.keywords));
    attributes(object, "TimeCreated", |object| object.display("SystemTime", event.time));
    object.bare("EventRecordID", event.record_id);
    match event.activity_id {
        Some(guid) => attributes(object, "Correlation", |object| object.text("ActivityID", &guid_text(guid))),
        None => object.bare("Correlation", "null"),
    }
    attributes(object, "Execution", |object| {
        object.bare("ProcessID", event.process_id);
        object.bare("ThreadID", event.thread_id);
    });
    object.text("Channel", &event.channel);
    object.text("Computer", &event.computer);
    match &event.user_id {
        Some(sid) => attributes(object, "Security", |object| object.display("UserID", sid)),
        None => object.bare("Security", "null"),
    }
}

fn attributes(object: &mut Object<'_>, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
    object.object(name, |object| object.object("#attributes", fill));
}

fn member(object: &mut Object<'_>, name: &str, value: &Value) {
    match value {
        Value::Null => object.text(name, ""),
        Value::Text(text) => object.text(name, text),
        Value::U8(_) | Value::U16(_) | Value::U32(_) | Value::U64(_) | Value::Bool(_) => {
            object.bare(name, value)
        }
        Value::Guid(guid) => object.text(name, &guid_text(*guid)),
        value => object.display(name, value),
    }
}

fn guid_text(guid: Guid) -> String {
    format!("{{{}}}", guid.to_string().to_ascii_lowercase())
}
