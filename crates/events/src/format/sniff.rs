//! Which format a file is, from its first bytes. Its name says nothing.

use memchr::memmem;

use super::windows_names::LINUX_PROVIDER;
use super::{Format, access, auditd, syslog, vpc_flow};
use crate::inputs::utf16;
use crate::time::stamp::{self, Clock};

/// Bytes of the head that are looked at.
pub const HEAD: usize = 64 << 10;

/// Lines at the beginning that may tell the format.
const FIRST_LINES: usize = 3;
/// Lines that tell whether a text is a log.
const LOG_LINES: usize = 20;

/// What bytes that begin like this are taken for. `head` is decompressed; 64 KiB are enough.
///
/// ```
/// use sluice_events::format::{Format, sniff};
///
/// assert_eq!(sniff(br#"{"EventID": 1}"#), Format::Json);
/// assert_eq!(sniff(b"type=SYSCALL msg=audit(1604994496.155:92733): arch=c000003e"), Format::Auditd);
/// assert_eq!(sniff(b"Dear diary"), Format::Unknown);
/// ```
pub fn sniff(head: &[u8]) -> Format {
    if head.is_empty() {
        return Format::Empty;
    }
    if let Some(format) = magic(head) {
        return format;
    }
    match utf16::decode_head(head) {
        Some(text) => text_format(&text),
        None => text_format(&String::from_utf8_lossy(head)),
    }
}

/// Whether bytes that begin like this are text, of whatever format: they hold no control characters that text has
/// no use for.
///
/// ```
/// use sluice_events::format::is_text;
///
/// assert!(is_text(b"Dear diary,\n\ttoday\r\n"));
/// assert!(!is_text(b"\x7fELF\x02\x01\x01\0"));
/// ```
pub fn is_text(head: &[u8]) -> bool {
    // Tab to carriage return, escape sequences of terminals, and the separator of auditd.
    let is_of_text = |byte: u8| matches!(byte, 9..=13 | 0x1b | 0x1d | 0x20..=0x7e | 0x80..);
    match utf16::decode_head(head) {
        Some(text) => !text.contains('\0'),
        None => !head.is_empty() && head.iter().all(|byte| is_of_text(*byte)),
    }
}

fn magic(head: &[u8]) -> Option<Format> {
    // A header may be damaged while the chunks after it are whole.
    if head.starts_with(b"ElfFile\0") || head.get(4096..).is_some_and(|chunk| chunk.starts_with(b"ElfChnk\0"))
    {
        return Some(Format::Evtx);
    }
    let pcap: [&[u8]; 5] = [
        b"\xd4\xc3\xb2\xa1",
        b"\xa1\xb2\xc3\xd4",
        b"\x4d\x3c\xb2\xa1",
        b"\xa1\xb2\x3c\x4d",
        b"\x0a\x0d\x0d\x0a",
    ];
    if pcap.iter().any(|magic| head.starts_with(magic)) {
        return Some(Format::NotYet("pcap"));
    }
    if head.starts_with(b"PAR1") {
        return Some(Format::Parquet);
    }
    head.starts_with(b"SQLite format 3\0").then_some(Format::NotYet("sqlite"))
}

fn text_format(text: &str) -> Format {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.is_empty() {
        return Format::Empty;
    }
    if text.starts_with('<') {
        return markup(text);
    }
    if text.starts_with(['{', '[']) && is_json(text) {
        return json(text);
    }
    if text.contains('\0') {
        return Format::Unknown;
    }
    lines(text)
}

/// XML, or a syslog line that begins with its priority: `<13>`.
fn markup(text: &str) -> Format {
    if text.starts_with("<?xml") || text.starts_with("<!--") {
        let is_event = text.contains("<Event>") || text.contains("<Event ") || text.contains("<Events");
        return if is_event { events(text) } else { Format::Unknown };
    }
    if text.starts_with("<Events") || text.starts_with("<Event>") || text.starts_with("<Event ") {
        return events(text);
    }
    if syslog::is_line(first_line(text)) { Format::Syslog } else { Format::Unknown }
}

/// Windows and Sysmon for Linux write the same XML; the provider of the first event tells.
fn events(text: &str) -> Format {
    let head = text.split("</System>").next().unwrap_or(text);
    let is_linux =
        ['"', '\''].iter().any(|quote| head.contains(&format!("Name={quote}{LINUX_PROVIDER}{quote}")));
    if is_linux { Format::SysmonLinux } else { Format::WindowsXml }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The bracket is followed by what may follow it in JSON.
fn is_json(text: &str) -> bool {
    let mut tokens = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    matches!(
        (tokens.next(), tokens.next()),
        (Some(b'{'), Some(b'"' | b'}') | None) | (Some(b'['), Some(b'{' | b']' | b'[') | None)
    )
}

fn json(text: &str) -> Format {
    let has = |key: &str| memmem::find(first_document(text).as_bytes(), key.as_bytes()).is_some();
    if has("\"eventVersion\"") && has("\"eventSource\"") && has("\"awsRegion\"") {
        return Format::NotYet("aws cloudtrail");
    }
    Format::Json
}

/// The first line, or all of the head if that line is short because the text is pretty-printed.
fn first_document(text: &str) -> &str {
    match text.lines().next() {
        Some(line) if line.len() > 20 => line,
        _ => text,
    }
}

/// Lines of text. The first one may be the rest of a line.
fn lines(text: &str) -> Format {
    let first = first_line(text);
    let has = |is_line: fn(&str) -> bool| text.lines().take(FIRST_LINES).any(is_line);
    if has(auditd::is_record) {
        return Format::Auditd;
    }
    if first.starts_with("#separator ") || first.starts_with("#fields\t") {
        return Format::Zeek;
    }
    if first.starts_with("#Software: Microsoft") || text.contains("\n#Fields: ") {
        return Format::NotYet("w3c");
    }
    if has(access::is_line) {
        return Format::Access;
    }
    if has(syslog::is_line) {
        return Format::Syslog;
    }
    if has(vpc_flow::is_line) {
        return Format::VpcFlow;
    }
    if is_csv_header(first, text) {
        return Format::Csv;
    }
    if is_log(text) { Format::Text } else { Format::Unknown }
}

/// Whether a time stands in most of the first lines, as in a log.
fn is_log(text: &str) -> bool {
    let clock = Clock { zone: jiff::tz::TimeZone::UTC, now: jiff::Timestamp::UNIX_EPOCH };
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LOG_LINES).collect();
    let timed = lines.iter().filter(|line| stamp::find(line, &clock).is_some()).count();
    timed * 2 > lines.len()
}

/// A header line: names without spaces at their ends, none twice, none a number, and at least two of
/// them, or one that Splunk writes; and the next line has as many cells, with two names the next two lines.
fn is_csv_header(first: &str, text: &str) -> bool {
    let names = cells(first);
    let is_name = |name: &&str| {
        !name.is_empty()
            && name.len() <= 128
            && name.trim() == *name
            && name.parse::<f64>().is_err()
            && name.chars().all(|char| char.is_alphanumeric() || "_-.:{}() #/@".contains(char))
    };
    let splunk = names.iter().any(|name| ["_time", "_raw", "_indextime", "_serial"].contains(name));
    if splunk {
        return true;
    }
    let mut unique = names.clone();
    unique.sort_unstable();
    unique.dedup();
    if names.len() < 2 || unique.len() != names.len() || !names.iter().all(is_name) {
        return false;
    }
    if names.len() == 2 {
        return is_pairs(text);
    }
    let is_prose = names.iter().skip(1).filter(|name| name.contains(' ')).count() * 2 > names.len();
    match text.lines().nth(1).filter(|line| !line.is_empty()) {
        Some(row) => row.contains('"') || cells(row).len() == names.len(),
        None => !is_prose,
    }
}

/// Whether two names may be a header: many lines of text have one comma, so rows must follow that have one too.
fn is_pairs(text: &str) -> bool {
    let rows: Vec<usize> = text.lines().skip(1).take(3).map(|row| cells(row).len()).collect();
    rows.len() >= 2 && rows.iter().all(|&count| count == 2)
}

/// The cells of a simple line.
fn cells(line: &str) -> Vec<&str> {
    line.trim_end()
        .split(',')
        .map(|cell| cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_what_a_file_is() {
        let rows: [(&[u8], Format); 40] = [
            (b"", Format::Empty),
            (b" \n\n", Format::Empty),
            (b"ElfFile\0rest", Format::Evtx),
            (b"<Event xmlns='x'><System/></Event>", Format::WindowsXml),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<Events><Event/></Events>", Format::WindowsXml),
            (b"<?xml version='1.0'?><html/>", Format::Unknown),
            (b"<html>", Format::Unknown),
            (b"{\"a\": 1}\n{\"a\": 2}", Format::Json),
            (b"[\n  {\"a\": 1}\n]", Format::Json),
            (b"{\n \"a\": 1\n}", Format::Json),
            (b"[2019-12-05] started", Format::Unknown),
            (b"{not json}", Format::Unknown),
            (b"{\"ts\":1.0,\"uid\":\"C\",\"id.orig_h\":\"10.0.0.1\"}", Format::Json),
            (b"#separator \\x09\n#fields\tts", Format::Zeek),
            (b"node=a type=SYSCALL msg=audit(1.1:2): a", Format::Auditd),
            (b"d\"\ntype=CWD msg=audit(1.1:2): cwd=\"/\"\n", Format::Auditd),
            (b"Dec  5 01:49:34 web sshd[1]: Failed", Format::Syslog),
            (b"<13>1 2019-12-05T01:49:34Z web a - - - x", Format::Syslog),
            (b"2019-12-05T01:49:34Z web sshd[1]: Failed", Format::Syslog),
            (b"Dec  5 01:49:34 web sysmon: <Event><System><Provider Name=\"Linux-Sysmon\"/>", Format::Syslog),
            (b"\xd4\xc3\xb2\xa1\x02\0\x04\0", Format::NotYet("pcap")),
            (b"PAR1\x15\x04\x15", Format::Parquet),
            (b"_time,host,_raw\n1,a,b", Format::Csv),
            (b"\"_time\",\"_raw\"\n", Format::Csv),
            (b"host,user,count\nweb,root,3\n", Format::Csv),
            (b"host,user\nweb,root\ndb,admin\n", Format::Csv),
            (b"hello,world\nit rains\n", Format::Unknown),
            (b"1,2,3\n4,5,6\n", Format::Unknown),
            (b"Well, then, let us go\nand see\n", Format::Unknown),
            (b"hello\n", Format::Unknown),
            (b"\x7fELF\x02\x01\x01\0\0\0", Format::Unknown),
            (b"#Software: Microsoft Internet\n#Fields: date time", Format::NotYet("w3c")),
            (b"a,b\nc,d\n", Format::Unknown),
            (b"<Event><System><Provider Name=\"Linux-Sysmon\"/></System></Event>", Format::SysmonLinux),
            (b"10.0.0.1 - - [05/Dec/2019:01:49:34 +0000] \"GET / HTTP/1.1\" 200 1\n", Format::Access),
            (b"1575510574.041 7 10.0.0.1 TCP_MISS/200 1 GET http://a/ - NONE/- -\n", Format::Access),
            (
                b"2019-12-05 01:49:34,041 INFO main: started\n  and so on\n2019-12-05 01:49:35 x\n",
                Format::Text,
            ),
            (b"2019-12-05T01:49:34Z WARN cache: cold\n", Format::Text),
            (b"2 1 eni-1 10.0.0.1 10.0.0.2 1 2 6 3 4 1575510574 1575510575 ACCEPT OK\n", Format::VpcFlow),
            (b"version account-id srcaddr dstaddr\n", Format::VpcFlow),
        ];
        for (head, format) in rows {
            assert_eq!(sniff(head), format, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn utf_16_is_read_with_and_without_mark() {
        let text = "<Events><Event/></Events>";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for head in [&little, &big, &[b"\xff\xfe", &little[..]].concat(), &[b"\xfe\xff", &big[..]].concat()] {
            assert_eq!(sniff(head), Format::WindowsXml);
        }
    }

    #[test]
    fn an_evtx_with_a_broken_header_is_known_by_its_chunk() {
        let mut head = vec![0xff; 4096];
        head.extend(b"ElfChnk\0");
        assert_eq!(sniff(&head), Format::Evtx);
    }
}
