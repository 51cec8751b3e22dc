//! The log of the Linux audit daemon: plain, enriched, or in lines of syslog.
//!
//! One record, which is one line, is one event, as in Splunk: detections ask for `type=EXECVE` and group by `argc`,
//! or for `type=PATH` and group by `nametype`, of which an event made of all records of a serial has several. The
//! records of one system call share their `msg`, so that `stats … by host, msg` joins them.
//!
//! DIFFERS: what the kernel writes in hexadecimal, because of a space or a quote in it, is given as what it means
//! (`a1`, `name`, `proctitle` …; a command line's arguments are set apart by spaces); `_raw` has it as written.
//! Parts of a long argument (`a1[0]=`, `a1[1]=`) are put together. `saddr` is also read into `saddr_fam`, `laddr`
//! and `lport`, which are `ausearch`'s names. `action` says whether a system call did what it was asked to: one
//! that goes on in the background (EINPROGRESS, which each non-blocking `connect` gives) did.

mod address;
mod decode;
mod pairs;
mod record;

use crate::Reader;
use crate::batch::EventBuilder;
use crate::field;
use crate::filter::{Seen, Tests};
use crate::format::glance::{self, Glance};
use crate::format::line_reader::{self, Line, LineFormat};
use crate::format::{Format, Source};
use crate::keyvalue::clean;

use pairs::Pairs;
use record::Record;

pub(crate) const SOURCETYPE: &str = "linux:audit";
const SOURCE: &str = "/var/log/audit/audit.log";
/// How a value is stored, for what is remembered of values; see also [`glance::PLAIN`].
const HEX: u8 = 1;
const TITLE: u8 = 2;

/// A reader of audit records.
pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    let format = Decoder::new(&events);
    line_reader::open(source, events, format)
}

/// Whether a line is an audit record.
pub(crate) fn is_record(line: &str) -> bool {
    Record::parse(line).is_some()
}

/// Records → fields.
pub(crate) struct Decoder {
    glance: Option<Glance>,
    /// Room for values that are decoded.
    bytes: Vec<u8>,
}

impl LineFormat for Decoder {
    fn line(&mut self, line: &str, events: &mut EventBuilder) -> Line {
        match Record::parse(line) {
            Some(record) => self.record(line, &record, None, events),
            None => Line::Lost("expected an audit record: `type=… msg=audit(…): …`"),
        }
    }
}

impl Decoder {
    pub(crate) fn new(events: &EventBuilder) -> Self {
        Self { glance: Glance::new(events, Format::Auditd), bytes: Vec::new() }
    }

    /// The event of a record that `line` wraps, if `message` is one.
    pub(crate) fn wrapped(
        &mut self,
        line: &str,
        message: &str,
        host: Option<&str>,
        events: &mut EventBuilder,
    ) -> Option<Line> {
        let record = Record::parse(message)?;
        Some(self.record(line, &record, host, events))
    }

    fn record(
        &mut self,
        line: &str,
        record: &Record<'_>,
        host: Option<&str>,
        events: &mut EventBuilder,
    ) -> Line {
        let bytes = &mut self.bytes;
        let look = &mut |name: &str, tests: Tests<'_>| look(line, record, name, tests, bytes);
        if self.glance.as_mut().is_some_and(|glance| !glance.may_matter(look)) {
            return Line::PassedOver;
        }
        let fixed = [
            (field::RAW, line),
            (field::HOST, record.node.or(host).unwrap_or(field::UNKNOWN_HOST)),
            (field::SOURCE, SOURCE),
            (field::SOURCETYPE, SOURCETYPE),
            (field::INDEX, field::UNIX_INDEX),
            ("type", record.kind),
            ("msg", record.msg),
        ];
        let own = [("node", record.node), ("action", record.action())];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value?)));
        fixed.into_iter().chain(own).for_each(|(name, value)| events.set(name, value));
        self.pairs(record, events);
        match record.seconds() {
            Some(seconds) => {
                events.set_time(seconds);
                Line::Event(None)
            }
            None => Line::Flawed(None, "the time of the audit record is not a number"),
        }
    }

    fn pairs(&mut self, record: &Record<'_>, events: &mut EventBuilder) {
        let is_execve = record.kind == "EXECVE";
        // The argument that is being put together.
        let mut long = None;
        for pair in Pairs::of(record.body) {
            let part_of = pair.key.split_once('[').map(|(argument, _)| argument).filter(|_| is_execve);
            if long != part_of {
                self.give_long(long, events);
                self.bytes.clear();
                long = part_of;
            }
            if part_of.is_some() {
                decode::append(&pair, &mut self.bytes);
                continue;
            }
            let name = clean(pair.key);
            if !is_field(&name, is_execve) || !events.wants(&name) {
                continue;
            }
            if !record.is_encoded(&pair) {
                events.set(&name, pair.value);
                continue;
            }
            let text = decode::text(pair.key, pair.value, &mut self.bytes);
            // Several rules may have asked for one system call.
            text.split(|char: char| pair.key == "key" && char == '\u{1}')
                .for_each(|value| events.set(&name, value));
        }
        self.give_long(long, events);
        if record.kind == "SOCKADDR" {
            address::give(record.body, events);
        }
    }

    fn give_long(&self, argument: Option<&str>, events: &mut EventBuilder) {
        if let Some(argument) = argument {
            events.set(argument, &String::from_utf8_lossy(&self.bytes));
        }
    }
}

/// Whether the field of a pair is its own, and not one that every record has. The length of a long argument tells
/// nothing once its parts are together.
fn is_field(name: &str, is_execve: bool) -> bool {
    match name {
        "" | "type" | "msg" | "node" => false,
        field::HOST | field::SOURCE | field::SOURCETYPE | field::INDEX => false,
        _ => !(is_execve && name.ends_with("_len")),
    }
}

/// What a record tells of a field.
fn look(line: &str, record: &Record<'_>, name: &str, tests: Tests<'_>, bytes: &mut Vec<u8>) -> Seen {
    match name {
        field::RAW => return tests.of_raw(line.as_bytes()),
        "type" => return glance::plain(tests, record.kind),
        "msg" => return glance::plain(tests, record.msg),
        "action" | "node" => return Seen::Unknown,
        _ => {}
    }
    let is_put_together = record.kind == "EXECVE" && record.body.contains("]=");
    if is_put_together || record.kind == "SOCKADDR" {
        return Seen::Unknown;
    }
    let mut pairs = Pairs::of(record.body).filter(|pair| clean(pair.key) == name);
    let Some(pair) = pairs.next() else { return Seen::Absent };
    if pairs.next().is_some() {
        return Seen::Unknown;
    }
    if !record.is_encoded(&pair) {
        return glance::plain(tests, pair.value);
    }
    match pair.key {
        "key" => Seen::Unknown,
        key => {
            let kind = if key == "proctitle" { TITLE } else { HEX };
            let text = decode::text(key, pair.value, bytes);
            tests.of(kind, pair.value.as_bytes(), false, || Some(&text))
        }
    }
}

#[cfg(test)]
mod tests;
