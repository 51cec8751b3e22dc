//! What Windows events and their system fields are called, as Splunk's Windows add-on does.

use crate::batch::EventBuilder;
use crate::field;

/// Sourcetype of all Windows events.
pub(crate) const SOURCETYPE: &str = "XmlWinEventLog";
/// Index of all Windows events.
pub(crate) const INDEX: &str = "wineventlog";
/// `source` is this and the channel.
pub(crate) const SOURCE_PREFIX: &str = "XmlWinEventLog:";

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
];

/// The names of a system field; none if it is not one of [`SYSTEM`].
pub(crate) fn system(path: &str) -> &'static [&'static str] {
    SYSTEM.iter().find(|(known, _)| *known == path).map_or(&[], |(_, names)| names)
}

/// Sets `source`, `sourcetype` and `index` of an event of this channel.
pub(crate) fn metadata(channel: &str, events: &mut EventBuilder) {
    if events.wants(field::SOURCE) {
        events.set(field::SOURCE, &format!("{SOURCE_PREFIX}{channel}"));
    }
    events.set(field::SOURCETYPE, SOURCETYPE);
    events.set(field::INDEX, INDEX);
}
