//! One event of a Windows log.

use crate::time::FileTime;
use crate::value::{Guid, Sid, Text, Value};

/// The XML namespace of every event.
pub const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// One event: what Windows has under `System`, and the fields under `EventData`.
///
/// ```
/// use sluice_samples::event::Event;
/// use sluice_samples::time::FileTime;
/// use sluice_samples::value::Value;
///
/// let data = vec![("Image".into(), Value::text("C:\\Windows\\System32\\ftp.exe"))];
/// let event = Event::sysmon(1, FileTime::ATTACK, "WS-01.corp.example".into(), data);
/// assert_eq!(event.text("Image").as_deref(), Some("C:\\Windows\\System32\\ftp.exe"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The name of the provider, such as `Microsoft-Windows-Sysmon`.
    pub provider: Text,
    /// The GUID of the provider.
    pub provider_guid: Option<Guid>,
    /// The number that Splunk calls EventCode.
    pub event_id: u16,
    /// The version of the fields.
    pub version: u8,
    /// 4 is information.
    pub level: u8,
    /// The category.
    pub task: u16,
    /// The operation within the task.
    pub opcode: u8,
    /// A bit set that renders in hexadecimal.
    pub keywords: u64,
    /// When the event was logged.
    pub time: FileTime,
    /// The number of the record in its log.
    pub record_id: u64,
    /// The activity that `Correlation` names.
    pub activity_id: Option<Guid>,
    /// The process that logged the event.
    pub process_id: u32,
    /// The thread that logged the event.
    pub thread_id: u32,
    /// The log, such as `Microsoft-Windows-Sysmon/Operational`.
    pub channel: Text,
    /// The machine.
    pub computer: Text,
    /// The account that logged the event.
    pub user_id: Option<Sid>,
    /// The fields in their order. Names are expected to be distinct.
    pub data: Vec<Field>,
}

/// The name and the value of a field of `EventData`.
pub type Field = (Text, Value);

/// The provider GUID of Sysmon.
pub const SYSMON: Guid = Guid {
    first: 0x5770_385F,
    second: 0xC22A,
    third: 0x43E0,
    rest: [0xBF, 0x4C, 0x06, 0xF5, 0x69, 0x8F, 0xFB, 0xD9],
};

impl Event {
    /// An event as Sysmon logs it; the record id is 0 until the log gives one.
    pub fn sysmon(event_id: u16, time: FileTime, computer: Text, data: Vec<Field>) -> Self {
        Event {
            provider: "Microsoft-Windows-Sysmon".into(),
            provider_guid: Some(SYSMON),
            event_id,
            version: sysmon_version(event_id),
            level: 4,
            task: event_id,
            opcode: 0,
            keywords: 0x8000_0000_0000_0000,
            time,
            record_id: 0,
            activity_id: None,
            process_id: 3168,
            thread_id: 4580,
            channel: "Microsoft-Windows-Sysmon/Operational".into(),
            computer,
            user_id: Some(Sid::SYSTEM),
            data,
        }
    }

    /// The field of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.data.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    /// The text of the field of this name; a null has none.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).filter(|value| **value != Value::Null).map(Value::to_string)
    }
}

/// The version of each event's fields in the manifest of Sysmon 15.
fn sysmon_version(event_id: u16) -> u8 {
    match event_id {
        1 | 3 | 22 => 5,
        7 => 3,
        _ => 2,
    }
}
