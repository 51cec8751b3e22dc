//! Flow logs of AWS VPC: fourteen fields set apart by spaces, or those that a header line names.
//!
//! Names are those of Splunk's Add-on for AWS.

use crate::Reader;
use crate::batch::EventBuilder;
use crate::field;
use crate::format::glance::Glance;
use crate::format::line_reader::{self, Line, LineFormat};
use crate::format::{Format, Source};

const SOURCETYPE: &str = "aws:cloudwatchlogs:vpcflow";
const INDEX: &str = "main";

/// The fields of version 2, as AWS and as Splunk's add-on calls them.
const FIELDS: [(&str, &str); 14] = [
    ("version", "version"),
    ("account-id", "account_id"),
    ("interface-id", "interface_id"),
    ("srcaddr", "src_ip"),
    ("dstaddr", "dest_ip"),
    ("srcport", "src_port"),
    ("dstport", "dest_port"),
    ("protocol", "protocol_code"),
    ("packets", "packets"),
    ("bytes", "bytes"),
    ("start", "start_time"),
    ("end", "end_time"),
    ("action", "vpcflow_action"),
    ("log-status", "log_status"),
];

/// A reader of flow logs.
pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    let format = VpcFlow {
        file: source.name.clone(),
        names: FIELDS.iter().map(|(_, name)| (*name).to_owned()).collect(),
        glance: Glance::new(&events, Format::VpcFlow),
    };
    line_reader::open(source, events, format)
}

/// Whether a line is a flow of version 2, or a header.
pub(crate) fn is_line(line: &str) -> bool {
    let cells: Vec<&str> = line.split_ascii_whitespace().collect();
    is_header(line)
        || cells.len() == FIELDS.len()
            && cells.get(2).is_some_and(|interface| interface.starts_with("eni-"))
            && cells.last().is_some_and(|status| matches!(*status, "OK" | "NODATA" | "SKIPDATA"))
}

/// Whether a line names the fields of those below.
pub(crate) fn is_header(line: &str) -> bool {
    let mut names = line.split_ascii_whitespace();
    names.clone().count() > 2 && names.all(is_name) && line.contains("srcaddr")
}

fn is_name(name: &str) -> bool {
    name.len() <= 32
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'0'..=b'9'))
}

struct VpcFlow {
    file: String,
    names: Vec<String>,
    glance: Option<Glance>,
}

impl LineFormat for VpcFlow {
    fn line(&mut self, line: &str, events: &mut EventBuilder) -> Line {
        if is_header(line) {
            self.names = line.split_ascii_whitespace().map(name).collect();
            return Line::Nothing;
        }
        if self.glance.as_mut().is_some_and(|glance| !glance.may_hold(line)) {
            return Line::PassedOver;
        }
        if line.split_ascii_whitespace().count() != self.names.len() {
            return Line::Lost("its row has more or fewer cells than there are fields");
        }
        let called = [
            (field::RAW, line),
            (field::HOST, field::UNKNOWN_HOST),
            (field::SOURCE, self.file.as_str()),
            (field::SOURCETYPE, SOURCETYPE),
            (field::INDEX, INDEX),
        ];
        let cells = self.names.iter().map(String::as_str).zip(line.split_ascii_whitespace());
        // Without data a flow has only an interface and a time.
        let cells = cells.filter(|(_, cell)| *cell != "-");
        for (name, value) in called.into_iter().chain(cells) {
            events.set(name, value);
            if name == "start_time"
                && let Ok(seconds) = value.parse::<u32>()
            {
                events.set_time(f64::from(seconds));
            }
        }
        Line::Event(None)
    }
}

/// The add-on's name of a field of AWS.
fn name(written: &str) -> String {
    let known = FIELDS.iter().find(|(aws, _)| *aws == written);
    known.map_or_else(|| written.replace('-', "_"), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format::tests::{filter_loses_nothing, read};

    const FLOW: &str = "2 123456789010 eni-1235b8ca 10.20.40.12 203.0.113.21 51834 21 6 13 863 1795554843 1795554903 ACCEPT OK";
    const NONE: &str = "2 123456789010 eni-1235b8ca - - - - - - - 1795554843 1795554903 - NODATA";

    #[test]
    fn a_flow_is_an_event() {
        let fields =
            ["_time", "src_ip", "dest_port", "protocol_code", "vpcflow_action", "sourcetype", "_raw"];
        let flow = ["1795554843", "10.20.40.12", "21", "6", "ACCEPT", SOURCETYPE, FLOW];
        let none = ["1795554843", "∅", "∅", "∅", "∅", SOURCETYPE, NONE];
        let wanted: Vec<Vec<String>> = [flow, none].map(|row| row.map(str::to_owned).to_vec()).to_vec();
        assert_eq!(read(open, &format!("{FLOW}\n{NONE}\n"), &fields), (wanted, vec![]));
    }

    #[test]
    fn a_header_says_which_fields_there_are() {
        let text = "start srcaddr pkt-srcaddr action\n1795554843 10.0.0.1 10.0.0.2 REJECT\n1 2\n";
        let (rows, losses) = read(open, text, &["_time", "src_ip", "pkt_srcaddr", "vpcflow_action"]);
        assert_eq!(rows, [["1795554843", "10.0.0.1", "10.0.0.2", "REJECT"]]);
        assert_eq!(losses.iter().map(|loss| loss.record).collect::<Vec<_>>(), [Some(3)]);
    }

    proptest! {
        #[test]
        fn a_filter_loses_no_flow(
            lines in prop::collection::vec(0..3_usize, 1..5),
            field in "src_ip|dest_port|vpcflow_action|_raw",
            value in "10\\.20\\.40\\.12|21|ACCEPT|-|",
        ) {
            let text: String = lines.iter().map(|at| [FLOW, NONE, "short"][*at].to_owned() + "\n").collect();
            filter_loses_nothing(open, &text, &field, &value);
        }
    }
}
