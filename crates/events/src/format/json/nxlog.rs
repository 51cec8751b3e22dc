//! Windows events as NXLog (and Logstash after it) writes them: system fields and event data side by
//! side in one flat object.

use jiff::tz::TimeZone;

use super::shape::Event;
use super::tape::Node;
use crate::field;
use crate::format::windows_names;

pub(super) fn decode(event: &mut Event<'_>, root: usize) -> Option<u64> {
    event.set_raw(root);
    let (tape, text) = (event.tape, event.text);
    let mut system = System::default();
    for (at, node) in tape.children(root) {
        let key = node.key.of(text);
        if !system.take(key, *node) {
            event.set_windows(key, at);
        }
    }
    system.give(event);
    system.record.and_then(|node| node.value.of(text).parse().ok())
}

/// NXLog's names of what Windows keeps in `System`, gathered because some occur under two names.
#[derive(Default)]
struct System {
    channel: Option<Node>,
    record: Option<Node>,
    event_id: Option<Node>,
    provider: Option<Node>,
    guid: Option<Node>,
    computer: Option<Node>,
    opcode: Option<Node>,
    opcode_text: Option<Node>,
    level: Option<Node>,
    process: Option<Node>,
    process_again: Option<Node>,
    thread: Option<Node>,
    thread_again: Option<Node>,
    event_time: Option<Node>,
    time_created: Option<Node>,
    received: Option<Node>,
    stamp: Option<Node>,
}

impl System {
    /// Takes a field that is NXLog's or Logstash's own; false for the event's data.
    fn take(&mut self, key: &str, node: Node) -> bool {
        let place = match key {
            "Channel" => &mut self.channel,
            "RecordNumber" | "EventRecordID" => &mut self.record,
            "EventID" => &mut self.event_id,
            "SourceName" | "ProviderName" if self.provider.is_none() => &mut self.provider,
            "ProviderGuid" => &mut self.guid,
            "Hostname" | "Computer" if self.computer.is_none() => &mut self.computer,
            "OpcodeValue" => &mut self.opcode,
            "Opcode" => &mut self.opcode_text,
            "Level" => &mut self.level,
            "ExecutionProcessID" => &mut self.process,
            "ProcessID" => &mut self.process_again,
            "ExecutionThreadID" => &mut self.thread,
            "ThreadID" => &mut self.thread_again,
            "EventTime" => &mut self.event_time,
            "TimeCreated" => &mut self.time_created,
            "EventReceivedTime" => &mut self.received,
            "@timestamp" => &mut self.stamp,
            "@version" | "host" | "port" | "tags" | "type" | "source" | "sourcetype" | "index" => {
                return true;
            }
            "SourceModuleName" | "SourceModuleType" | "Severity" | "SeverityValue" => return true,
            _ => return false,
        };
        *place = Some(node);
        true
    }

    fn give(&self, event: &mut Event<'_>) {
        let text = event.text;
        let fields = [
            ("EventCode", self.event_id),
            ("EventID", self.event_id),
            ("Channel", self.channel),
            ("EventRecordID", self.record),
            ("Name", self.provider),
            ("Guid", self.guid),
            ("Computer", self.computer),
            (field::HOST, self.computer),
            ("Opcode", self.opcode.or(self.opcode_text)),
            ("Level", self.level),
            ("ProcessID", self.process.or(self.process_again)),
            ("ThreadID", self.thread.or(self.thread_again)),
            ("SystemTime", self.time_created.or(self.event_time)),
        ];
        for (name, node) in fields {
            if let Some(node) = node {
                event.set(name, &node);
            }
        }
        self.time(event);
        if let Some(channel) = self.channel {
            windows_names::metadata(channel.value.of(text), event.events);
        }
    }

    /// The event's own time comes first. NXLog writes it as local time without a zone; where Logstash
    /// added its `@timestamp` on receipt, the zone follows from the two times of receipt.
    fn time(&self, event: &mut Event<'_>) {
        let shift = match self.event_time {
            Some(time) if !crate::time::names_its_zone(time.value.of(event.text)) => self.zone(event),
            _ => None,
        };
        if let (Some(node), Some(shift)) = (self.event_time, shift)
            && let Some(time) = crate::time::parse(node.value.of(event.text), &TimeZone::UTC)
        {
            return event.events.set_time(time + shift);
        }
        for node in [self.time_created, self.event_time, self.stamp].into_iter().flatten() {
            if event.set_time(&node) {
                return;
            }
        }
    }

    /// Seconds to add to local time, in quarters of an hour as zones have them. `None` if unknown, or
    /// if the user says that times are not in UTC.
    fn zone(&self, event: &Event<'_>) -> Option<f64> {
        const QUARTER: f64 = 900.0;
        if event.events.slot(field::TIME).is_none() || *event.zone != TimeZone::UTC {
            return None;
        }
        let parse = |node: Node| crate::time::parse(node.value.of(event.text), &TimeZone::UTC);
        let ahead = parse(self.stamp?)? - parse(self.received?)?;
        let shift = (ahead / QUARTER).round() * QUARTER;
        (shift.abs() <= 14.0 * 3_600.0 && (ahead - shift).abs() < 120.0).then_some(shift)
    }
}
