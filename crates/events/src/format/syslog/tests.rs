use proptest::prelude::*;

use super::*;
use crate::filter::{Condition, FilterBuilder, Holds};
use crate::format::tests::{filter_loses_nothing, holds, read, read_with};
use crate::format::windows_xml;

const SSHD: &str =
    "Nov 24 21:14:02 web01 sshd[812]: Failed password for root from 203.0.113.9 port=22 host=x";
const SYSMON: &str = "Nov 24 21:14:02 web01 sysmon[1465]: <Event><System><Provider Name=\"Linux-Sysmon\" \
     Guid=\"{ff032593}\"/><EventID>1</EventID><TimeCreated SystemTime=\"2026-11-24T21:14:02.118000000Z\"/>\
     <EventRecordID>7</EventRecordID><Channel>Linux-Sysmon/Operational</Channel><Computer>web01.corp</Computer>\
     <Security UserId=\"0\"/></System><EventData><Data Name=\"CommandLine\">tar czf &lt;x&gt;</Data></EventData></Event>";
const AUDIT: &str =
    "<13>1 2026-11-24T21:14:02Z web02 audispd 9 - - node=web03 type=CWD msg=audit(1795554842.5:1): cwd=\"/\"";
const EVE: &str = "Nov 24 21:14:09 ids suricata[5]: {\"timestamp\":\"2026-11-24T21:14:03.218000+0000\",\"flow_id\":1,\
     \"event_type\":\"ftp\",\"src_ip\":\"10.0.0.1\",\"ftp\":{\"command\":\"STOR\"}}";

#[test]
fn a_line_is_an_event_with_process_and_pid() {
    let fields = ["_time", "host", "process", "pid", "port", "sourcetype", "source", "index", "_raw"];
    let wanted = ["1795554842", "web01", "sshd", "812", "22", "syslog", "some.txt", "unix", SSHD];
    assert_eq!(read(open, SSHD, &fields), (vec![wanted.map(str::to_owned).to_vec()], vec![]));
    let bare = "no header at all a=1";
    assert_eq!(
        read(open, bare, &["_time", "host", "process", "a", "_raw"]).0,
        [["∅", "unknown", "∅", "1", bare]]
    );
}

#[test]
fn sysmon_for_linux_is_read_as_its_add_on_does() {
    let fields =
        ["_time", "host", "Computer", "EventCode", "CommandLine", "UserId", "sourcetype", "source", "index"];
    let wanted = [
        "1795554842.118",
        "web01",
        "web01.corp",
        "1",
        "tar czf <x>",
        "0",
        "sysmon:linux",
        "Syslog:Linux-Sysmon/Operational",
        "unix",
    ];
    assert_eq!(read(open, SYSMON, &fields), (vec![wanted.map(str::to_owned).to_vec()], vec![]));
    assert_eq!(read(open, SYSMON, &["_record", "_raw"]).0, [["7", SYSMON]]);
    // Without a header the event tells the host.
    let (_, bare) = SYSMON.split_once("]: ").unwrap();
    for open in [open, windows_xml::open_linux] {
        let (rows, losses) = read(open, bare, &fields);
        assert_eq!(
            (rows[0][1].as_str(), &rows[0][2..], losses.len()),
            ("web01.corp", &wanted.map(str::to_owned)[2..], 0)
        );
    }
}

#[test]
fn a_damaged_event_is_reported() {
    let (rows, losses) = read(open, &SYSMON.replace("</System>", "</Sistem>"), &["EventCode", "sourcetype"]);
    assert_eq!((rows, losses.len()), (vec![vec!["1".to_owned(), "sysmon:linux".to_owned()]], 1));
    let (rows, losses) = read(open, SYSMON.split_at(SYSMON.len() - 30).0, &["EventCode", "sourcetype"]);
    assert_eq!((rows.concat(), losses.len()), (vec!["1".to_owned(), "sysmon:linux".to_owned()], 1));
}

#[test]
fn records_and_objects_are_read_as_what_they_are() {
    let fields = ["_time", "host", "type", "cwd", "sourcetype", "_raw"];
    assert_eq!(read(open, AUDIT, &fields).0, [["1795554842.5", "web03", "CWD", "/", "linux:audit", AUDIT]]);
    let fields = ["_time", "host", "ftp.command", "sourcetype", "index"];
    assert_eq!(read(open, EVE, &fields).0, [["1795554843.218", "ids", "STOR", "suricata", "suricata"]]);
    let half = EVE.split_at(EVE.len() - 1).0;
    assert_eq!(read(open, half, &fields).0, [["1795554849", "ids", "∅", "syslog", "unix"]]);
}

#[test]
fn lines_are_passed_over_by_their_parts() {
    let text = format!("{SSHD}\n{SYSMON}\n{AUDIT}\n");
    let count = |filter| read_with(open, &text, &["process", "EventCode", "_raw"], Some(filter)).0.len();
    assert_eq!(count(holds("process", "sshd")), 1);
    assert_eq!(count(holds("EventCode", "1")), 2, "what has no literal may be in any plain line");
    let words = |word: &'static str| {
        let mut builder = FilterBuilder::default();
        let has: Holds = std::sync::Arc::new(move |text| text.contains(word));
        let test = builder.test("_raw", word.into(), vec![word.into()], has).unwrap();
        builder.finish(Condition::Holds(test)).unwrap()
    };
    assert_eq!(count(words("sysmon[1465]")), 1, "the header is part of the event");
    assert_eq!(count(words("nowhere")), 0);
}

proptest! {
    #[test]
    fn a_filter_loses_no_line(
        lines in prop::collection::vec(0..5_usize, 1..6),
        field in "process|port|EventCode|CommandLine|cwd|ftp\\.command|event_type|_raw|host",
        value in "sshd|22|1|tar czf <x>|/|STOR|ftp|web01",
    ) {
        let text: String = lines.iter().map(|at| [SSHD, SYSMON, AUDIT, EVE, "x=1"][*at].to_owned() + "\n").collect();
        filter_loses_nothing(open, &text, &field, &value);
    }

    #[test]
    fn any_line_is_safe(head in 0..5_usize, text in "[ -~é\u{1d}]{0,60}", cut in 0..300_usize) {
        let line = [SSHD, SYSMON, AUDIT, EVE, ""][head];
        let line: String = line.chars().take(cut).chain(text.chars()).collect();
        let (rows, _) = read(open, &line, &["host", "process", "EventCode", "cwd", "_raw"]);
        prop_assert_eq!(rows.len(), usize::from(!line.trim().is_empty()));
    }
}
