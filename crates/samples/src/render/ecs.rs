//! JSON as Winlogbeat ships it, with the names of the Elastic Common Schema.

use super::json::Object;
use crate::event::Event;
use crate::value::Value;

/// The event as one Winlogbeat document: fields as text under `winlog.event_data`, and those the
/// schema has a name for under that name too.
///
/// ```
/// use sluice_samples::event::Event;
/// use sluice_samples::render::to_ecs_json;
/// use sluice_samples::time::FileTime;
/// use sluice_samples::value::Value;
///
/// let data = vec![("DestinationPort".into(), Value::U16(21))];
/// let json = to_ecs_json(&Event::sysmon(3, FileTime::ATTACK, "WS-01".into(), data));
/// assert!(json.contains(r#""event_data":{"DestinationPort":"21"}"#));
/// assert!(json.contains(r#""destination":{"port":21}"#));
/// ```
pub fn to_ecs_json(event: &Event) -> String {
    let mut json = String::with_capacity(4096);
    let mut object = Object::open(&mut json);
    object.display("@timestamp", event.time.to_millis_text());
    object.object("event", |object| {
        object.display("code", event.event_id);
        object.text("kind", "event");
        object.text("module", "sysmon");
        object.text("provider", &event.provider);
    });
    object.object("host", |object| object.text("name", &event.computer));
    object.object("log", |object| object.text("level", "information"));
    object.object("winlog", |object| winlog(object, event));
    match event.event_id {
        1 => object.object("process", |object| process(object, event, true)),
        _ => object.object("process", |object| process(object, event, false)),
    }
    if event.event_id == 3 {
        peer(&mut object, "source", event, ["SourceIp", "SourcePort"]);
        peer(&mut object, "destination", event, ["DestinationIp", "DestinationPort"]);
    }
    object.object("ecs", |object| object.text("version", "8.0.0"));
    object.object("agent", |object| {
        object.text("type", "winlogbeat");
        object.text("version", "8.15.0");
    });
    object.close();
    json
}

fn winlog(object: &mut Object<'_>, event: &Event) {
    object.text("channel", &event.channel);
    object.text("computer_name", &event.computer);
    object.display("event_id", event.event_id);
    object.text("provider_name", &event.provider);
    if let Some(guid) = event.provider_guid {
        object.display("provider_guid", format_args!("{{{guid}}}"));
    }
    object.display("record_id", event.record_id);
    object.bare("version", event.version);
    object.text("opcode", "Info");
    object.object("process", |object| {
        object.bare("pid", event.process_id);
        object.object("thread", |object| object.bare("id", event.thread_id));
    });
    if let Some(sid) = &event.user_id {
        object.object("user", |object| object.display("identifier", sid));
    }
    object.object("event_data", |object| {
        event.data.iter().for_each(|(name, value)| object.text(name, &field_text(value)));
    });
}

/// With the parent and the command line if the event is the start of the process.
fn process(object: &mut Object<'_>, event: &Event, is_start: bool) {
    let text = |name| event.get(name).map(field_text);
    text("ProcessGuid").into_iter().for_each(|guid| object.text("entity_id", &guid));
    text("ProcessId").into_iter().for_each(|pid| object.bare("pid", pid));
    text("Image").into_iter().for_each(|image| object.text("executable", &image));
    if is_start {
        text("CommandLine").into_iter().for_each(|line| object.text("command_line", &line));
        object.object("parent", |object| {
            text("ParentProcessId").into_iter().for_each(|pid| object.bare("pid", pid));
            text("ParentImage").into_iter().for_each(|image| object.text("executable", &image));
            text("ParentCommandLine").into_iter().for_each(|line| object.text("command_line", &line));
        });
    }
}

fn peer(object: &mut Object<'_>, name: &str, event: &Event, [ip, port]: [&str; 2]) {
    object.object(name, |object| {
        event.text(ip).into_iter().for_each(|ip| object.text("ip", &ip));
        event.text(port).into_iter().for_each(|port| object.bare("port", port));
    });
}

/// Windows renders a GUID in braces.
fn field_text(value: &Value) -> String {
    match value {
        Value::Guid(guid) => format!("{{{guid}}}"),
        value => value.to_string(),
    }
}
