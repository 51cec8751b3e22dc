//! Events of Sysmon for Linux in lines of syslog.

use memchr::memmem;

use super::ahead::Ahead;
use super::event;
use crate::batch::EventBuilder;
use crate::field;
use crate::format::line_reader::Line;
use crate::format::windows::Naming;
use crate::format::windows_names;

/// Bytes of an event in which its provider stands.
const HEAD: usize = 256;

/// Events that stand alone on their lines.
pub(crate) struct LinuxEvents {
    /// Where the line names the host …
    in_line: Naming,
    /// … and where only the event does.
    bare: Naming,
    ahead: Option<Ahead>,
    text: String,
}

impl LinuxEvents {
    pub(crate) fn new(events: &EventBuilder) -> Self {
        Self {
            in_line: Naming::without_host(&windows_names::LINUX, events),
            bare: Naming::of(&windows_names::LINUX, events),
            ahead: Ahead::new(events),
            text: String::new(),
        }
    }

    /// The event that `line` wraps, if `message` is one.
    pub(crate) fn wrapped(
        &mut self,
        line: &str,
        message: &str,
        host: Option<&str>,
        events: &mut EventBuilder,
    ) -> Option<Line> {
        if !is_event(message) {
            return None;
        }
        if let Some(ahead) = &mut self.ahead
            && ahead.met(line.as_bytes(), &mut self.text).is_none()
        {
            return Some(Line::PassedOver);
        }
        events.set(field::RAW, line);
        let naming = match host {
            Some(host) => {
                events.set(field::HOST, host);
                &mut self.in_line
            }
            None => &mut self.bare,
        };
        let flaw = event::fields(message.trim_ascii(), naming, events);
        naming.put_metadata(events);
        let record = naming.take_record();
        Some(flaw.map_or(Line::Event(record), |flaw| Line::Flawed(record, flaw.0)))
    }
}

/// Whether a message is an event of Sysmon for Linux.
fn is_event(message: &str) -> bool {
    let head = message.as_bytes().get(..message.len().min(HEAD)).unwrap_or_default();
    message.starts_with("<Event") && memmem::find(head, windows_names::LINUX_PROVIDER.as_bytes()).is_some()
}
