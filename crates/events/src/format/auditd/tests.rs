use proptest::prelude::*;

use super::*;
use crate::format::tests::{filter_loses_nothing, holds, read, read_with};

const CONNECT: &str = "type=SYSCALL msg=audit(1795554843.098:4722): arch=c000003e syscall=42 success=no exit=-115 a0=5 \
     a1=7F a2=10 a3=0 items=0 ppid=2212 pid=2241 auid=1000 uid=1000 tty=pts0 ses=3 comm=\"curl\" exe=\"/usr/bin/curl\" \
     key=(null)\u{1d}ARCH=x86_64 SYSCALL=connect AUID=\"alice\" UID=\"alice\"";
const EXECVE: &str = "node=web01 type=EXECVE msg=audit(1795554842.118:4709): argc=4 a0=\"tar\" a1=\"czf\" a2=\"/tmp/x\\\" \
     a3=2F686F6D652F516420C3A9";

fn one(line: &str, fields: &[&str]) -> Vec<String> {
    let (mut rows, losses) = read(open, line, fields);
    assert_eq!((rows.len(), losses), (1, vec![]));
    rows.remove(0)
}

#[test]
fn a_record_is_an_event_with_its_own_names() {
    let fields = ["_time", "type", "msg", "host", "sourcetype", "source", "index", "_raw"];
    let wanted = [
        "1795554842.118",
        "EXECVE",
        "audit(1795554842.118:4709):",
        "web01",
        "linux:audit",
        "/var/log/audit/audit.log",
        "unix",
        EXECVE,
    ];
    assert_eq!(one(EXECVE, &fields), wanted);
    assert_eq!(one(CONNECT, &["host", "node"]), ["unknown", "∅"]);
}

#[test]
fn arguments_are_given_as_what_they_mean() {
    assert_eq!(one(EXECVE, &["argc", "a0", "a2", "a3"]), ["4", "tar", "/tmp/x\\", "/home/Qd é"]);
    // Of a system call they are addresses and numbers.
    assert_eq!(one(CONNECT, &["a0", "a1", "a2"]), ["5", "7F", "10"]);
    let title = "type=PROCTITLE msg=audit(1.5:2): proctitle=63686D6F64003737370068";
    assert_eq!(one(title, &["proctitle"]), ["chmod 777 h"]);
    let name =
        "type=PATH msg=audit(1.5:2): item=0 name=2F746D702F6120622E7A6970 nametype=CREATE mode=0100644";
    assert_eq!(one(name, &["name", "nametype", "mode"]), ["/tmp/a b.zip", "CREATE", "0100644"]);
}

#[test]
fn a_long_argument_is_put_together() {
    let line =
        "type=EXECVE msg=audit(1.5:2): argc=3 a0=\"sh\" a1_len=8 a1[0]=C3 a1[1]=A961 a1[2]=\"bc\" a2=\"end\"";
    assert_eq!(one(line, &["a0", "a1", "a1_len", "a2"]), ["sh", "éabc", "∅", "end"]);
    let filter = || holds("a1", "éabc");
    assert_eq!(read_with(open, line, &["a1"], Some(filter())).0.len(), 1);
    let next = "type=EXECVE msg=audit(1.5:2): a1[3]=\"éabc\"";
    assert_eq!(read_with(open, next, &["a1"], Some(filter())).0, [["éabc"]]);
}

#[test]
fn the_enriched_part_has_names_of_its_own() {
    let fields = ["uid", "UID", "SYSCALL", "ARCH", "comm", "exe"];
    assert_eq!(one(CONNECT, &fields), ["1000", "alice", "connect", "x86_64", "curl", "/usr/bin/curl"]);
}

#[test]
fn records_of_programs_hold_pairs_in_quotes() {
    let line = "type=ADD_USER msg=audit(1722950859.266:6994): pid=1788 uid=0 auid=1000 ses=1 subj=unconfined msg='op=adding \
         user id=1002 exe=\"/usr/sbin/useradd\" hostname=lab addr=? terminal=pts/1 res=success'\u{1d}UID=\"root\" AUID=\"u\"";
    let fields = ["exe", "pid", "hostname", "res", "UID", "type", "op"];
    assert_eq!(
        one(line, &fields),
        ["/usr/sbin/useradd", "1788", "lab", "success", "root", "ADD_USER", "adding"]
    );
}

#[test]
fn a_connection_in_progress_is_no_failure() {
    let outcome = |line: &str| one(line, &["success", "action"]);
    assert_eq!(outcome(CONNECT), ["no", "success"]);
    assert_eq!(outcome(&CONNECT.replace("-115", "-111")), ["no", "failure"]);
    assert_eq!(outcome(&CONNECT.replace("success=no exit=-115", "success=yes exit=0")), ["yes", "success"]);
    assert_eq!(outcome(EXECVE), ["∅", "∅"]);
}

#[test]
fn an_address_is_read() {
    let fields = ["saddr_fam", "laddr", "lport", "saddr"];
    let plain = "type=SOCKADDR msg=audit(1.5:2): saddr=02000015CB0071150000000000000000";
    let wanted = ["inet", "203.0.113.21", "21", "02000015CB0071150000000000000000"];
    assert_eq!(one(plain, &fields), wanted);
    let enriched = format!("{plain}\u{1d}SADDR={{ saddr_fam=inet laddr=203.0.113.21 lport=21 }}");
    assert_eq!(one(&enriched, &fields), wanted);
}

#[test]
fn several_keys_are_several_values() {
    let line = "type=SYSCALL msg=audit(1.5:2): success=yes key=6F6E650174776F";
    assert_eq!(one(line, &["key*"]), ["one|two"]);
    assert_eq!(one(CONNECT, &["key*"]), ["(null)"]);
}

#[test]
fn what_is_no_record_is_reported_with_its_place() {
    let text = format!("{EXECVE}\n\nrubbish\ntype=X msg=audit(noon:1): a=1\n{EXECVE}\n");
    let (rows, losses) = read(open, &text, &["type"]);
    assert_eq!(rows.concat(), ["EXECVE", "X", "EXECVE"]);
    let places: Vec<_> = losses.iter().map(|loss| (loss.offset as usize, loss.record)).collect();
    assert_eq!(places, [(EXECVE.len() + 2, Some(3)), (EXECVE.len() + 10, Some(4))]);
}

#[test]
fn records_are_passed_over_by_what_they_mean() {
    let text = format!("{EXECVE}\n{CONNECT}\n");
    for (field, value, rows) in [
        ("type", "EXECVE", 1),
        ("type", "PATH", 0),
        ("a3", "/home/Qd é", 1),
        ("a3", "2F", 0),
        ("a9", "", 0),
        ("UID", "alice", 1),
        ("action", "success", 2),
        ("host", "web02", 2),
    ] {
        assert_eq!(
            read_with(open, &text, &[field], Some(holds(field, value))).0.len(),
            rows,
            "{field}={value}"
        );
    }
}

proptest! {
    #[test]
    fn any_record_gives_what_was_written(values in prop::collection::vec("[ -~é]{0,12}", 1..6)) {
        let is_plain = |value: &str| value.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'"');
        let hex = |value: &str| value.bytes().map(|byte| format!("{byte:02X}")).collect::<String>();
        let pairs = values.iter().enumerate().map(|(at, value)| match is_plain(value) {
            true => format!(" a{at}=\"{value}\""),
            false => format!(" a{at}={}", hex(value)),
        });
        let line = format!("type=EXECVE msg=audit(1.5:2): argc={}{}", values.len(), pairs.collect::<String>());
        let names: Vec<String> = (0..values.len()).map(|at| format!("a{at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        prop_assert_eq!(one(&line, &names), values);
    }

    #[test]
    fn a_filter_loses_no_record(
        records in prop::collection::vec(("EXECVE|SYSCALL|PATH|SOCKADDR", "( (a0|a1|name|key|exe|a1\\[0\\])=(\"[ab]{0,2}\"|61|6162|[ab]{1,2}|610162))*"), 1..6),
        field in "type|a0|a1|name|key|exe|_raw|laddr",
        value in "EXECVE|PATH|a|ab|61|",
    ) {
        let text: String = records.iter().map(|(kind, body)| format!("type={kind} msg=audit(1.5:2):{body}\n")).collect();
        filter_loses_nothing(open, &text, &field, &value);
    }

    #[test]
    fn any_line_is_safe(text in "(type=[A-Z]{1,8} msg=audit\\([0-9.:]{1,9}\\): )?([a-z0-9]{1,4}(\\[0\\])?=(\"[^\"]*\"|[0-9A-F]{0,40}|')?[ \u{1d}]?)*") {
        read(open, &text, &["a", "a0", "saddr", "laddr", "key", "_raw"]);
    }
}
