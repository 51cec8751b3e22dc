//! Keys of an event → what they mean and where their values go, found once and remembered.
//!
//! The events of a log mostly have the same keys in the same order. So the key at each place of the
//! last event is compared first, and a hash is only computed when it differs.

use hashbrown::HashMap;

use super::network::Sign;
use super::nxlog;
use crate::batch::{EventBuilder, Slot};
use crate::field;

/// Places that are remembered.
const REMEMBERED: usize = 256;
/// Keys longer than this are not.
const LONGEST: usize = 128;

/// What a key at the top of an event tells about the event's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Around a document that Elasticsearch exported.
    Elastic,
    /// Around an event of `evtx_dump`.
    EvtxDump,
    /// Around Winlogbeat's fields.
    Winlog,
    /// Around a row that Splunk exported.
    Splunk,
    /// What NXLog calls a system field of Windows.
    System(System),
    /// The log collector's own field, not the event's.
    Collector,
    /// What tells Zeek or Suricata.
    Sensor(Sign),
    /// Any other.
    Other,
}

/// NXLog's names of system fields; some occur under two names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    Channel,
    Record,
    EventId,
    Provider,
    Guid,
    Computer,
    OpcodeValue,
    Opcode,
    Level,
    ExecutionProcess,
    Process,
    ExecutionThread,
    Thread,
    EventTime,
    TimeCreated,
    ReceivedTime,
    Stamp,
}

impl System {
    /// How many there are.
    pub(super) const COUNT: usize = Self::Stamp as usize + 1;
}

impl Known {
    pub(super) fn of(key: &str) -> Self {
        match key {
            "_source" => Self::Elastic,
            "Event" => Self::EvtxDump,
            "winlog" => Self::Winlog,
            "result" => Self::Splunk,
            "Channel" => Self::System(System::Channel),
            "RecordNumber" | "EventRecordID" => Self::System(System::Record),
            "EventID" => Self::System(System::EventId),
            "SourceName" | "ProviderName" => Self::System(System::Provider),
            "ProviderGuid" => Self::System(System::Guid),
            "Hostname" | "Computer" => Self::System(System::Computer),
            "OpcodeValue" => Self::System(System::OpcodeValue),
            "Opcode" => Self::System(System::Opcode),
            "Level" => Self::System(System::Level),
            "ExecutionProcessID" => Self::System(System::ExecutionProcess),
            "ProcessID" => Self::System(System::Process),
            "ExecutionThreadID" => Self::System(System::ExecutionThread),
            "ThreadID" => Self::System(System::Thread),
            "EventTime" => Self::System(System::EventTime),
            "TimeCreated" => Self::System(System::TimeCreated),
            "EventReceivedTime" => Self::System(System::ReceivedTime),
            "@timestamp" => Self::System(System::Stamp),
            "@version" | "host" | "port" | "tags" | "type" | "source" | "sourcetype" | "index"
            | "SourceModuleName" | "SourceModuleType" | "Severity" | "SeverityValue" => Self::Collector,
            _ => Sign::of(key).map_or(Self::Other, Self::Sensor),
        }
    }
}

/// A key that has been looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) known: Known,
    /// Where its value goes, if it is asked for by name.
    pub(super) slot: Option<Slot>,
}

/// Looks keys up.
pub(super) struct Keys {
    /// The keys of the last events, by place.
    recent: Vec<(String, Key)>,
    /// The keys of this event, by place.
    seen: Vec<Key>,
    known: HashMap<String, Key>,
    /// Places that do not depend on an event's keys.
    pub(super) slots: Slots,
}

/// Where fields go that are set under other names than their keys.
pub(super) struct Slots {
    pub(super) time: Option<Slot>,
    pub(super) raw: Option<Slot>,
    /// One for each of [`nxlog::FIELDS`].
    pub(super) nxlog: Vec<Option<Slot>>,
}

impl Keys {
    pub(super) fn new(events: &EventBuilder) -> Self {
        let slots = Slots {
            time: events.slot(field::TIME),
            raw: events.slot(field::RAW),
            nxlog: nxlog::FIELDS.iter().map(|(name, ..)| events.slot(name)).collect(),
        };
        Self { recent: Vec::new(), seen: Vec::new(), known: HashMap::new(), slots }
    }

    /// The key at the next place of an event's top level; place 0 begins an event.
    pub(super) fn at(&mut self, place: usize, key: &str, events: &EventBuilder) -> Key {
        if place == 0 {
            self.seen.clear();
        }
        let found = match self.recent.get(place) {
            Some((recent, found)) if recent == key => *found,
            _ => self.remember(place, key, events),
        };
        self.seen.push(found);
        found
    }

    /// The key that [`Keys::at`] gave for this place.
    pub(super) fn seen(&self, place: usize) -> Key {
        self.seen.get(place).copied().unwrap_or(Key { known: Known::Other, slot: None })
    }

    fn remember(&mut self, place: usize, key: &str, events: &EventBuilder) -> Key {
        let found = self.look_up(key, events);
        let remembered = self.recent.len();
        match self.recent.get_mut(place) {
            _ if key.len() > LONGEST => {}
            Some(recent) => {
                recent.0.clear();
                recent.0.push_str(key);
                recent.1 = found;
            }
            None if place < REMEMBERED && place == remembered => {
                self.recent.push((key.to_owned(), found));
            }
            None => {}
        }
        found
    }

    fn look_up(&mut self, key: &str, events: &EventBuilder) -> Key {
        if let Some(found) = self.known.get(key) {
            return *found;
        }
        let found = Key { known: Known::of(key), slot: events.slot(key) };
        // Keys come from outside: there may be no end of different ones.
        if self.known.len() < 4_096 && key.len() <= LONGEST {
            self.known.insert(key.to_owned(), found);
        }
        found
    }
}
