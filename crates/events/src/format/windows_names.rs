//! What Windows events and their system fields are called, as Splunk's Windows add-on does; and those of Sysmon for
//! Linux, as its add-on does.

use crate::batch::EventBuilder;
use crate::field;

/// What events are called, by the system they are from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) sourcetype: &'static str,
    pub(crate) index: &'static str,
    /// `source` is this and the channel.
    pub(crate) source_prefix: &'static str,
}

impl Origin {
    /// The sourcetype, and what `source` begins with.
    pub(crate) const fn called(&self) -> (&'static str, &'static str) {
        (self.sourcetype, self.source_prefix)
    }
}

/// Windows events.
pub(crate) const WINDOWS: Origin =
    Origin { sourcetype: "XmlWinEventLog", index: "wineventlog", source_prefix: "XmlWinEventLog:" };
/// Events of Sysmon for Linux, which writes them in the same XML.
pub(crate) const LINUX: Origin =
    Origin { sourcetype: "sysmon:linux", index: field::UNIX_INDEX, source_prefix: "Syslog:" };
/// The provider of [`LINUX`], and the beginning of its channel.
pub(crate) const LINUX_PROVIDER: &str = "Linux-Sysmon";

/// The fields of `Event/System`: `Element` or `Element.Attribute`, and the names they go by.
pub(crate) const SYSTEM: &[(&str, &[&str])] = &[
    ("Provider.Name", &["Name"]),
    ("Provider.Guid", &["Guid"]),
    ("Provider.EventSourceName", &["EventSourceName"]),
    ("EventID", &["EventCode", "EventID"]),
    ("EventID.Qualifiers", &["Qualifiers"]),
    ("Version", &["Version"]),
    ("Level", &["Level"]),
    ("Task", &["Task"]),
    ("Opcode", &["Opcode"]),
    ("Keywords", &["Keywords"]),
    ("TimeCreated.SystemTime", &["SystemTime"]),
    ("EventRecordID", &["EventRecordID"]),
    ("Correlation.ActivityID", &["ActivityID"]),
    ("Correlation.RelatedActivityID", &["RelatedActivityID"]),
    ("Execution.ProcessID", &["ProcessID"]),
    ("Execution.ThreadID", &["ThreadID"]),
    ("Channel", &["Channel"]),
    ("Computer", &["Computer", "host"]),
    ("Security.UserID", &["UserID"]),
    ("Security.UserId", &["UserId"]),
];

/// The names of a system field; none if it is not one of [`SYSTEM`].
pub(crate) fn system(path: &str) -> &'static [&'static str] {
    SYSTEM.iter().find(|(known, _)| *known == path).map_or(&[], |(_, names)| names)
}

/// What an event of this channel is called.
pub(crate) fn called(channel: &str) -> &'static Origin {
    if channel.starts_with(LINUX_PROVIDER) { &LINUX } else { &WINDOWS }
}

/// Sets `source`, `sourcetype` and `index` of an event of this channel.
pub(crate) fn metadata(channel: &str, events: &mut EventBuilder) {
    let origin = called(channel);
    events.set_joined(field::SOURCE, [origin.source_prefix, channel]);
    events.set(field::SOURCETYPE, origin.sourcetype);
    events.set(field::INDEX, origin.index);
}
