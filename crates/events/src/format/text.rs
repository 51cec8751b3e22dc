//! Lines of text of no known format: what a line says is its `_raw`, and its `key=value` pairs are fields, as Splunk's
//! automatic extraction has it.
//!
//! DIFFERS: each line is an event; lines without a time have none, where Splunk joins them to the event before or
//! takes its time.

use crate::Reader;
use crate::batch::EventBuilder;
use crate::field;
use crate::format::glance::Glance;
use crate::format::line_reader::{self, Line, LineFormat};
use crate::format::{Format, Source};
use crate::keyvalue;
use crate::time::stamp::{self, Clock};

const SOURCETYPE: &str = "text";
const INDEX: &str = "main";

/// A reader of lines.
pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    let text = Text {
        file: source.name.clone(),
        clock: source.options.clock(),
        glance: Glance::new(&events, Format::Text),
        wants_time: events.wants(field::TIME),
    };
    line_reader::open(source, events, text)
}

struct Text {
    file: String,
    clock: Clock,
    glance: Option<Glance>,
    wants_time: bool,
}

impl LineFormat for Text {
    fn line(&mut self, line: &str, events: &mut EventBuilder) -> Line {
        if self.glance.as_mut().is_some_and(|glance| !glance.may_hold(line)) {
            return Line::PassedOver;
        }
        let fixed = [
            (field::RAW, line),
            (field::HOST, field::UNKNOWN_HOST),
            (field::SOURCE, self.file.as_str()),
            (field::SOURCETYPE, SOURCETYPE),
            (field::INDEX, INDEX),
        ];
        fixed.into_iter().for_each(|(name, value)| events.set(name, value));
        keyvalue::set(events, line, |_| false);
        if let Some(stamp) = self.wants_time.then(|| stamp::find(line, &self.clock)).flatten() {
            events.set_time(stamp.seconds);
        }
        Line::Event(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{holds, read, read_with};

    #[test]
    fn a_line_is_an_event_with_its_pairs() {
        let text = "2026-11-24 21:14:02 INFO login user=alice src=\"10.0.0.1\" host=x\n  at Main.java:7\n";
        let (rows, losses) =
            read(open, text, &["_time", "user", "src", "host", "sourcetype", "source", "_raw"]);
        let line = text.lines().next().unwrap();
        assert_eq!(rows[0], ["1795554842", "alice", "10.0.0.1", "unknown", "text", "some.txt", line]);
        assert_eq!(rows[1][0], "∅");
        assert_eq!((rows.len(), losses), (2, vec![]));
    }

    #[test]
    fn lines_are_passed_over_by_words() {
        let text = "a user=alice\nb user=bob\n";
        assert_eq!(read_with(open, text, &["user"], Some(holds("user", "alice"))).0, [["alice"], ["bob"]]);
        let mut filter = crate::filter::FilterBuilder::default();
        let is_alice: crate::filter::Holds = std::sync::Arc::new(|value| value == "alice");
        let test = filter.test("user", "alice".into(), vec!["alice".into()], is_alice).unwrap();
        let filter = filter.finish(crate::filter::Condition::Holds(test));
        assert_eq!(read_with(open, text, &["user"], filter).0, [["alice"]]);
    }
}
