//! Keys of an event → what they mean and where their values go, found once and remembered.
//!
//! The events of a log mostly have the same keys in the same order. So the key at each place of the
//! last event is compared first, and a hash is only computed when it differs.

use hashbrown::HashMap;

use crate::batch::{EventBuilder, Slot};

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
    fn of(key: &str) -> Self {
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
            _ => Self::Other,
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
#[derive(Default)]
pub(super) struct Keys {
    /// The keys of the last event, by place.
    recent: Vec<(String, Key)>,
    known: HashMap<String, Key>,
}

impl Keys {
    /// The key at a place of an event's top level.
    pub(super) fn at(&mut self, place: usize, key: &str, events: &EventBuilder) -> Key {
        if let Some((recent, found)) = self.recent.get(place)
            && recent == key
        {
            return *found;
        }
        let found = self.look_up(key, events);
        if key.len() > LONGEST {
            return found;
        }
        let remembered = self.recent.len();
        match self.recent.get_mut(place) {
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
