//! What stands before the message in a line of syslog.

use crate::time::stamp::{self, Clock};

/// The parts of a line: RFC 3164 (`Nov 24 21:14:02 web01 cron[7]: ran`), the same with an ISO time, as rsyslog and
/// journalctl write it, or RFC 5424 (`<30>1 2026-11-24T21:14:02Z web01 cron 7 - - ran`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Header<'a> {
    pub(super) seconds: Option<f64>,
    pub(super) host: Option<&'a str>,
    pub(super) process: Option<&'a str>,
    pub(super) pid: Option<&'a str>,
    pub(super) message: &'a str,
}

impl<'a> Header<'a> {
    pub(super) fn parse(line: &'a str, clock: &Clock) -> Option<Self> {
        let (has_priority, text) = match priority(line) {
            Some(text) => (true, text),
            None => (false, line),
        };
        if let Some(text) = text.strip_prefix("1 ").filter(|_| has_priority) {
            return Self::structured(text, clock);
        }
        let Some(stamp) = stamp::at_start(text, clock).filter(|stamp| is_of_syslog(text, stamp.place.end))
        else {
            // A device without a clock.
            return has_priority.then_some(Self {
                seconds: None,
                host: None,
                process: None,
                pid: None,
                message: text,
            });
        };
        let rest = text.get(stamp.place.end..)?;
        let rest = rest.strip_prefix(':').unwrap_or(rest).trim_start_matches(' ');
        let (host, rest) = match rest.split_once(' ') {
            Some((host, rest)) if is_host(host) => (Some(host), rest),
            _ => (None, rest),
        };
        let (tag, message) = tag(rest);
        let (process, pid) = tag.map_or((None, None), |(process, pid)| (Some(process), pid));
        Some(Self { seconds: Some(stamp.seconds), host, process, pid, message })
    }

    /// Whether it is from a network device that names no host: `%ASA-6-302013`.
    pub(super) fn is_device(&self) -> bool {
        self.process.is_some_and(|process| process.starts_with('%'))
    }

    /// RFC 5424, after its version.
    fn structured(text: &'a str, clock: &Clock) -> Option<Self> {
        let mut words = text.splitn(6, ' ');
        let mut word = || words.next();
        let (time, host, process, pid) = (word()?, word()?, word()?, word()?);
        let (_message_id, rest) = (word()?, word()?);
        let given = |text: &'a str| (text != "-").then_some(text);
        let seconds = stamp::at_start(time, clock).map(|stamp| stamp.seconds);
        let message = after_data(rest).trim_start_matches(['\u{feff}', ' ']);
        Some(Self { seconds, host: given(host), process: given(process), pid: given(pid), message })
    }
}

/// What follows `<13>`.
fn priority(line: &str) -> Option<&str> {
    let (number, rest) = line.strip_prefix('<')?.split_once('>')?;
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(rest)
}

/// Whether the time ends like one of syslog, and not within a word or brackets.
fn is_of_syslog(text: &str, end: usize) -> bool {
    matches!(text.as_bytes().get(end), Some(b' ' | b':'))
}

/// What programs call how bad it is, where a host would stand.
const LEVELS: [&str; 9] =
    ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL"];

/// A name or an address, and not a process (`cron[7]:`) or a level.
fn is_host(word: &str) -> bool {
    !word.is_empty()
        && !word.ends_with(':')
        && !LEVELS.contains(&word)
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'%'))
}

/// The process and its number, as in `cron[7]: `, and the message.
fn tag(text: &str) -> (Option<(&str, Option<&str>)>, &str) {
    let Some((tag, message)) = text.split_once(':') else { return (None, text) };
    let (name, pid) = match tag.strip_suffix(']').and_then(|tag| tag.split_once('[')) {
        Some((name, pid)) => (name, Some(pid)),
        None => (tag, None),
    };
    let is_name = |name: &str| {
        (1..=64).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'=' | b'{' | b'<' | b'>'))
    };
    if !is_name(name) || !(message.is_empty() || message.starts_with(' ')) {
        return (None, text);
    }
    (Some((name, pid.filter(|pid| !pid.is_empty()))), message.trim_start_matches(' '))
}

/// What follows the structured data: `-`, or `[id name="value"]…`.
fn after_data(text: &str) -> &str {
    if let Some(rest) = text.strip_prefix('-') {
        return rest;
    }
    let mut rest = text;
    while rest.starts_with('[') {
        let Some(end) = end_of_element(rest) else { return rest };
        rest = rest.get(end..).unwrap_or_default();
    }
    rest
}

/// The place after the bracket that closes an element and is not within quotes.
fn end_of_element(text: &str) -> Option<usize> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b']' if !is_quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> Option<[String; 5]> {
        let clock = Clock { zone: jiff::tz::TimeZone::UTC, now: "2026-11-26T00:00:00Z".parse().unwrap() };
        let header = Header::parse(line, &clock)?;
        let text = |part: Option<&str>| part.unwrap_or("∅").to_owned();
        let time = header.seconds.map(|seconds| seconds.to_string());
        Some([
            text(time.as_deref()),
            text(header.host),
            text(header.process),
            text(header.pid),
            header.message.into(),
        ])
    }

    #[test]
    fn lines_of_both_standards() {
        let time = "1795554842";
        for (line, [host, process, pid, message]) in [
            ("Nov 24 21:14:02 web01 sshd[12]: Failed for x", ["web01", "sshd", "12", "Failed for x"]),
            ("<86>Nov 24 21:14:02 10.0.0.1 su: x: y", ["10.0.0.1", "su", "∅", "x: y"]),
            ("2026-11-24T21:14:02+00:00 web01 systemd[1]: up", ["web01", "systemd", "1", "up"]),
            ("Nov 24 21:14:02 web01 last message repeated", ["web01", "∅", "∅", "last message repeated"]),
            ("Nov 24 21:14:02 sshd[12]: no host", ["∅", "sshd", "12", "no host"]),
            ("<13>1 2026-11-24T21:14:02Z web01 app 7 ID - \u{feff}hi", ["web01", "app", "7", "hi"]),
            ("<13>1 2026-11-24T21:14:02Z web01 app - - [a b=\"]\\\"\"][c] hi", ["web01", "app", "∅", "hi"]),
            ("Nov 24 2026 21:14:02: %ASA-6-302013: Built", ["∅", "%ASA-6-302013", "∅", "Built"]),
        ] {
            let wanted = [time, host, process, pid, message].map(str::to_owned);
            assert_eq!(parts(line), Some(wanted), "{line}");
        }
        let bare = ["∅", "∅", "∅", "∅", "up"].map(str::to_owned);
        assert_eq!(parts("<13>up"), Some(bare));
    }

    #[test]
    fn other_lines_are_none() {
        for line in ["", "hello", "<x>y", "<13", "[Tue Nov 24 21:14:02 2026] [error] x", "2026-11-24"] {
            assert_eq!(parts(line), None, "{line}");
        }
    }
}
