//! Lines of syslog: RFC 3164 and RFC 5424.
//!
//! What a line wraps is read as what it is: Sysmon for Linux, an audit record, or a JSON object. Any other line is
//! an event of sourcetype `syslog`, with the `process` and `pid` that Splunk's own `syslog-extractions` takes from
//! it, and the `key=value` pairs of its message.

mod header;

use jiff::tz::TimeZone;

use crate::Reader;
use crate::batch::EventBuilder;
use crate::field;
use crate::filter::{Seen, Tests};
use crate::format::auditd;
use crate::format::glance::{self, Glance};
use crate::format::json;
use crate::format::line_reader::{self, Line, LineFormat};
use crate::format::windows_xml::LinuxEvents;
use crate::format::{Format, Source};
use crate::keyvalue;
use crate::time::stamp::Clock;

use header::Header;

const SOURCETYPE: &str = "syslog";

/// A reader of lines of syslog.
pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    let format = Syslog {
        file: source.name.clone(),
        clock: source.options.clock(),
        glance: Glance::new(&events, Format::Syslog),
        audit: auditd::Decoder::new(&events),
        sysmon: LinuxEvents::new(&events),
        json: json::Wrapped::new(&source.name, &events),
    };
    line_reader::open(source, events, format)
}

/// Whether a line has a header that only syslog has: a priority, or a time, a host and a process.
pub(crate) fn is_line(line: &str) -> bool {
    let clock = Clock { zone: TimeZone::UTC, now: jiff::Timestamp::UNIX_EPOCH };
    let Some(header) = Header::parse(line, &clock) else { return false };
    // Other logs begin with a time as well, but with a space within it, or a number.
    let is_time = line.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        || line.as_bytes().get(10) == Some(&b'T');
    line.starts_with('<')
        || is_time && header.process.is_some() && (header.host.is_some() || header.is_device())
}

struct Syslog {
    file: String,
    clock: Clock,
    glance: Option<Glance>,
    audit: auditd::Decoder,
    sysmon: LinuxEvents,
    json: json::Wrapped,
}

impl LineFormat for Syslog {
    fn line(&mut self, line: &str, events: &mut EventBuilder) -> Line {
        let header = Header::parse(line, &self.clock).unwrap_or(Header {
            seconds: None,
            host: None,
            process: None,
            pid: None,
            message: line,
        });
        let wrapped = match header.message.as_bytes() {
            [b'<', b'E', ..] => self.sysmon.wrapped(line, header.message, header.host, events),
            [b't' | b'n', ..] => self.audit.wrapped(line, header.message, header.host, events),
            [b'{', .., b'}'] => self.json(&header, events),
            _ => None,
        };
        wrapped.unwrap_or_else(|| self.plain(line, &header, events))
    }
}

impl Syslog {
    fn json(&mut self, header: &Header<'_>, events: &mut EventBuilder) -> Option<Line> {
        let place = json::Place { file: &self.file, host: header.host, zone: &self.clock.zone };
        let event = self.json.event(header.message, &place, events)?;
        if let Some(seconds) = header.seconds {
            // Where the object has a time of its own, that one counts.
            events.set_time(seconds);
        }
        Some(event)
    }

    fn plain(&mut self, line: &str, header: &Header<'_>, events: &mut EventBuilder) -> Line {
        let look = &mut |name: &str, tests: Tests<'_>| match name {
            field::RAW => tests.of_raw(line.as_bytes()),
            "process" => header.process.map_or(Seen::Absent, |process| glance::plain(tests, process)),
            // As a pair it may stand in the message too.
            _ => tests.of_raw(line.as_bytes()),
        };
        if self.glance.as_mut().is_some_and(|glance| !glance.may_matter(look)) {
            return Line::PassedOver;
        }
        let fixed = [
            (field::RAW, Some(line)),
            (field::HOST, header.host.or(Some(field::UNKNOWN_HOST))),
            (field::SOURCE, Some(self.file.as_str())),
            (field::SOURCETYPE, Some(SOURCETYPE)),
            (field::INDEX, Some(field::UNIX_INDEX)),
            ("process", header.process),
            ("pid", header.pid),
        ];
        for (name, value) in fixed {
            if let Some(value) = value {
                events.set(name, value);
            }
        }
        keyvalue::set(events, header.message, |name| matches!(name, "process" | "pid"));
        if let Some(seconds) = header.seconds {
            events.set_time(seconds);
        }
        Line::Event(None)
    }
}

#[cfg(test)]
mod tests;
