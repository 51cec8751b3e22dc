//! Which keys of an event a request needs, for readers that can leave others out.
//!
//! What a field is called depends on the shape of its event, and that on all its keys. So a key is needed if in any
//! shape it may give a wanted field, or tells the shape.

use super::generic::TIMES;
use super::keys::{Known, System};
use super::nxlog;
use crate::batch::EventBuilder;
use crate::field;

/// What the shapes wrap their fields in, at the top of an event.
const WRAPPERS: [&str; 3] = ["winlog", "Event", "result"];
/// Those of them that hold the time as well.
const TIMED: [&str; 3] = ["Event", "result", SOURCE];
/// An export of Elasticsearch has the event in this.
const SOURCE: &str = "_source";
/// Groups of fields that go by their own names. All else in a wrapper may be a field under several names.
const DATA: [&str; 4] = ["event_data", "user_data", "EventData", "UserData"];
/// In such a group, values that stand beside their names.
const UNNAMED: &str = "Data";

/// Whether a request needs what is at this path, one key in the other.
pub(crate) fn is_needed(path: &[String], events: &EventBuilder) -> bool {
    let path = match path {
        [source, inner @ ..] if source == SOURCE && !inner.is_empty() => inner,
        path => path,
    };
    may_give(path, events)
        || match path {
            [key] => is_told_by(key, events),
            [wrapper, group, inner @ ..] if WRAPPERS.contains(&wrapper.as_str()) => {
                !DATA.contains(&group.as_str()) || inner.iter().any(|key| key == UNNAMED)
            }
            _ => false,
        }
}

/// Whether the event's time may be what is at this path; `None` if that depends on what else is there.
pub(crate) fn may_give_time(path: &[String]) -> Option<bool> {
    match path {
        [key] => Some(TIMES.contains(&key.as_str())),
        [wrapper, ..] if TIMED.contains(&wrapper.as_str()) => None,
        _ => Some(false),
    }
}

/// Whether a wanted field ends in one of the keys: `a.b` may be the member `b` of `a`, `zeek_host` what is called
/// `host`, and `Image` a member of whatever is around it.
fn may_give(path: &[String], events: &EventBuilder) -> bool {
    events.names().any(|wanted| {
        let wanted = wanted.replace("{}", "");
        path.iter().any(|key| wanted.ends_with(key.trim_start_matches('@')))
    })
}

/// Keys that tell the shape, give the time, or are a field of another name.
fn is_told_by(key: &str, events: &EventBuilder) -> bool {
    match Known::of(key) {
        Known::System(System::EventId | System::Channel) => true,
        Known::System(System::EventTime | System::TimeCreated | System::ReceivedTime | System::Stamp)
            if events.wants(field::TIME) || events.wants("SystemTime") =>
        {
            true
        }
        Known::System(System::Record) if events.wants(field::RECORD) => true,
        Known::System(system) => nxlog::FIELDS
            .iter()
            .any(|(name, first, or)| (*first == system || *or == Some(system)) && events.wants(name)),
        Known::Sensor(_) | Known::Elastic | Known::EvtxDump | Known::Winlog | Known::Splunk => true,
        Known::Collector | Known::Other => events.wants(field::TIME) && TIMES.contains(&key),
    }
}
