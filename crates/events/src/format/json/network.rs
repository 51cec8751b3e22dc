//! JSON of network sensors: Zeek's logs and Suricata's EVE. Their fields are those of any JSON; what they are called
//! is not.

use super::generic::{self, Names};
use super::shape::Event;
use super::tape::Kind;
use crate::field;
use crate::format::zeek_names::{self, Telling};

/// Index, sourcetype and source of Suricata's events.
const SURICATA: &str = "suricata";

/// What a key says of the sensor that wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// `ts`: every log of Zeek has it, and others have too.
    ZeekTime,
    /// Of connections, files and the like that only Zeek numbers so.
    ZeekId,
    /// A field of one log of Zeek.
    ZeekLog(Telling),
    /// `event_type`, which every event of Suricata has.
    SuricataType,
    /// What only Suricata has beside it.
    SuricataFlow,
}

impl Sign {
    pub(super) fn of(key: &str) -> Option<Self> {
        Some(match key {
            "ts" => Self::ZeekTime,
            "id.orig_h" | "_path" | "fuid" | "conn_uids" | "uids" => Self::ZeekId,
            "event_type" => Self::SuricataType,
            "flow_id" | "stats" => Self::SuricataFlow,
            _ => Self::ZeekLog(Telling::of(key)?),
        })
    }
}

/// The signs of an event.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Signs {
    zeek: (bool, bool),
    suricata: (bool, bool),
    log: Option<Telling>,
}

/// Who wrote an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sensor {
    /// With the log that its fields tell.
    Zeek(Option<Telling>),
    Suricata,
}

impl Signs {
    pub(super) fn see(&mut self, sign: Sign) {
        match sign {
            Sign::ZeekTime => self.zeek.0 = true,
            Sign::ZeekId => self.zeek.1 = true,
            Sign::ZeekLog(log) => self.log = Some(log),
            Sign::SuricataType => self.suricata.0 = true,
            Sign::SuricataFlow => self.suricata.1 = true,
        }
    }

    pub(super) fn sensor(self) -> Option<Sensor> {
        match (self.zeek, self.suricata) {
            ((true, true), _) => Some(Sensor::Zeek(self.log)),
            (_, (true, true)) => Some(Sensor::Suricata),
            _ => None,
        }
    }
}

/// Room for what the events of sensors are called.
#[derive(Debug, Default)]
pub(super) struct Called {
    sourcetype: String,
    source: String,
    /// The log of Zeek that the file's name tells.
    log: Option<&'static str>,
}

impl Called {
    /// For the events of a file.
    pub(super) fn of(file: &str) -> Self {
        Self { log: zeek_names::log_of_file(file), ..Self::default() }
    }
}

pub(super) fn decode(event: &mut Event<'_>, root: usize, sensor: Sensor) -> Option<u64> {
    let mut called = std::mem::take(event.called);
    let (index, prefix) = match sensor {
        Sensor::Zeek(log) => {
            zeek(event, root, log, &mut called);
            (zeek_names::INDEX, Some(zeek_names::PREFIX))
        }
        Sensor::Suricata => {
            for name in [&mut called.sourcetype, &mut called.source] {
                name.clear();
                name.push_str(SURICATA);
            }
            (SURICATA, None)
        }
    };
    let host = Some(event.host.unwrap_or(field::UNKNOWN_HOST));
    let names = Names { source: &called.source, sourcetype: &called.sourcetype, index, host, prefix };
    generic::decode_as(event, root, &names);
    *event.called = called;
    None
}

/// The log is told by the event's own `_path`, or by the file's name, or by its fields.
fn zeek(event: &mut Event<'_>, root: usize, by_fields: Option<Telling>, called: &mut Called) {
    let (tape, text) = (event.tape, event.text);
    let of_key = |key: &str| tape.find(text, root, key).and_then(|at| tape.node(at));
    if let Some(ts) = of_key("ts") {
        event.set_time(ts);
    }
    let path = of_key("_path").filter(|path| path.kind == Kind::String && !path.value.is_empty());
    let log = path.map(|path| path.value.of(text)).or(called.log).or_else(|| by_fields?.log());
    zeek_names::sourcetype(log, &mut called.sourcetype);
    match log {
        Some(log) => zeek_names::source(log, &mut called.source),
        None => event.file.clone_into(&mut called.source),
    }
}
