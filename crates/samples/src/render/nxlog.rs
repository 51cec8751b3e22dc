//! JSON as NXLog's im_msvistalog and to_json write it.

use super::json::Object;
use crate::event::Event;
use crate::value::Value;

/// The event as one flat object: System under NXLog's names, then the fields as text.
///
/// Message is left out: it repeats the fields. So is EventReceivedTime.
///
/// ```
/// use sluice_samples::event::Event;
/// use sluice_samples::render::to_nxlog_json;
/// use sluice_samples::time::FileTime;
/// use sluice_samples::value::Value;
///
/// let data = vec![("DestinationPort".into(), Value::U16(21))];
/// let json = to_nxlog_json(&Event::sysmon(3, FileTime::ATTACK, "WS-01".into(), data));
/// assert!(json.starts_with(r#"{"EventTime":"2026-11-24T21:14:02.118000+00:00","Hostname":"WS-01","SourceName""#));
/// assert!(json.ends_with(r#","DestinationPort":"21"}"#));
/// ```
pub fn to_nxlog_json(event: &Event) -> String {
    let mut json = String::with_capacity(2048);
    let mut object = Object::open(&mut json);
    object.display("EventTime", event.time.to_nxlog_text());
    object.text("Hostname", &event.computer);
    object.text("SourceName", &event.provider);
    object.text("Channel", &event.channel);
    object.bare("EventID", event.event_id);
    object.bare("RecordNumber", event.record_id);
    object.bare("Version", event.version);
    object.bare("Task", event.task);
    object.bare("OpcodeValue", event.opcode);
    // The EventType of Sysmon's registry events takes the place of NXLog's own.
    if event.get("EventType").is_none() {
        object.text("EventType", "INFO");
    }
    object.bare("SeverityValue", 2);
    object.text("Severity", "INFO");
    object.bare("ExecutionProcessID", event.process_id);
    object.bare("ExecutionThreadID", event.thread_id);
    if let Some(sid) = &event.user_id {
        object.display("UserID", sid);
    }
    for (name, value) in &event.data {
        match value {
            Value::Text(text) => object.text(name, text),
            Value::Guid(guid) => object.display(name, format_args!("{{{guid}}}")),
            value => object.display(name, value),
        }
    }
    object.close();
    json
}
