//! Timestamps in lines of text, as programs write them.
//!
//! Beyond what [`super::parse`] reads: `Nov 24 21:14:02` of syslog with and without a year, `24/Nov/2026:21:14:02
//! +0000` of web servers, `Tue Nov 24 21:14:02 2026`, and `11/24/2026 21:14:02`.

use std::ops::Range;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{days, days_in, digits, fraction, iso, local_offset, offset};

/// Bytes of a line that are looked at; Splunk's MAX_TIMESTAMP_LOOKAHEAD.
const LOOKAHEAD: usize = 128;
/// A time without a year is at most so far after the moment of reading; Splunk's MAX_DAYS_HENCE.
const DAYS_HENCE: f64 = 2.0;
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// How times are read that do not say all.
#[derive(Debug, Clone)]
pub struct Clock {
    /// The zone of times that name none.
    pub zone: TimeZone,
    /// When the log is read: a time without a year is the last one before.
    pub now: Timestamp,
}

/// A time, and the place in the line where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamp {
    /// Seconds since 1970 UTC.
    pub seconds: f64,
    /// From its first byte to the one after its last.
    pub place: Range<usize>,
}

/// The first timestamp in a line.
///
/// ```
/// use sluice_events::time::stamp::{Clock, find};
///
/// let clock = Clock { zone: jiff::tz::TimeZone::UTC, now: "2026-11-26T00:00:00Z".parse()? };
/// let stamp = find("<13>Nov 24 21:14:02 web01 cron[7]: ran", &clock).unwrap();
/// assert_eq!((stamp.seconds, stamp.place), (1795554842.0, 4..19));
/// assert!(find("nothing to see", &clock).is_none());
/// # Ok::<(), jiff::Error>(())
/// ```
pub fn find(line: &str, clock: &Clock) -> Option<Stamp> {
    let mut before = b' ';
    for (at, byte) in line.bytes().enumerate().take(LOOKAHEAD) {
        let is_start = match before {
            b'0'..=b'9' => false,
            b'a'..=b'z' | b'A'..=b'Z' | b'.' | b':' | b'-' | b'/' | b'_' => false,
            _ => byte.is_ascii_alphanumeric(),
        };
        before = byte;
        if is_start && let Some(stamp) = line.get(at..).and_then(|text| read(text, at == 0, clock)) {
            let place = at + stamp.place.start..at + stamp.place.end;
            return Some(Stamp { place, ..stamp });
        }
    }
    None
}

/// The timestamp that a text begins with.
pub(crate) fn at_start(text: &str, clock: &Clock) -> Option<Stamp> {
    read(text, true, clock)
}

fn read(text: &str, is_first: bool, clock: &Clock) -> Option<Stamp> {
    let bytes = text.as_bytes();
    match bytes.first()? {
        b'0'..=b'9' => iso_at(text, clock)
            .or_else(|| web(bytes, clock))
            .or_else(|| american(bytes, clock))
            .or_else(|| epoch(text).filter(|_| is_first)),
        _ => named(bytes, clock),
    }
}

/// ISO 8601; where it ends is seen from what may stand in it.
fn iso_at(text: &str, clock: &Clock) -> Option<Stamp> {
    let bytes = text.as_bytes();
    if !matches!(bytes.get(4), Some(b'-' | b'/')) {
        return None;
    }
    let clock_end =
        11 + length(bytes.get(11..)?, |byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b','));
    // A comma or point that ends a sentence is none of a fraction.
    let clock_end = clock_end - usize::from(matches!(bytes.get(clock_end - 1), Some(b'.' | b',' | b':')));
    let zoned = clock_end + zone_length(bytes.get(clock_end..)?);
    let of = |end: usize| Some(Stamp { seconds: iso(text.get(..end)?, &clock.zone)?, place: 0..end });
    of(zoned).or_else(|| of(clock_end))
}

/// Bytes of `Z`, `+hhmm` or `+hh:mm`, maybe after a space.
fn zone_length(bytes: &[u8]) -> usize {
    let space = usize::from(bytes.first() == Some(&b' '));
    match bytes.get(space..).unwrap_or_default() {
        [b'Z' | b'z', ..] if space == 0 => 1,
        [b'+' | b'-', rest @ ..] => {
            let length = length(rest, |byte| byte.is_ascii_digit() || byte == b':');
            if matches!(length, 2 | 4 | 5) { space + 1 + length } else { 0 }
        }
        _ => 0,
    }
}

fn length(bytes: &[u8], is_in: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is_in(**byte)).count()
}

/// `24/Nov/2026:21:14:02 +0000`
fn web(bytes: &[u8], clock: &Clock) -> Option<Stamp> {
    let day = digits(bytes, 0, 2)?;
    let month = month(bytes.get(3..6)?)?;
    if bytes.get(2) != Some(&b'/') || bytes.get(6) != Some(&b'/') || bytes.get(11) != Some(&b':') {
        return None;
    }
    let date = [digits(bytes, 7, 4)?, month, day];
    moment(date, bytes, 12, clock)
}

/// `11/24/2026 21:14:02`, maybe with `PM`; Splunk takes the month to be first, too.
fn american(bytes: &[u8], clock: &Clock) -> Option<Stamp> {
    let (month, at) = number(bytes, 0)?;
    let (day, at) = number(bytes, after(bytes, at, b'/')?)?;
    let year_at = after(bytes, at, b'/')?;
    let year = digits(bytes, year_at, 4)?;
    let clock_at = after(bytes, year_at + 4, b' ')?;
    let stamp = moment([year, month, day], bytes, clock_at, clock)?;
    let half = bytes.get(stamp.place.end..).unwrap_or_default();
    let shift = match (half, number(bytes, clock_at)) {
        ([b' ', b'P' | b'p', b'M' | b'm', ..], Some((0..=11, _))) => 12.0 * 3_600.0,
        ([b' ', b'A' | b'a', b'M' | b'm', ..], Some((12, _))) => -12.0 * 3_600.0,
        _ => 0.0,
    };
    Some(Stamp { seconds: stamp.seconds + shift, ..stamp })
}

/// `Nov 24 21:14:02`, `Nov 24 2026 21:14:02`, `Tue Nov 24 21:14:02.123456 2026`.
fn named(bytes: &[u8], clock: &Clock) -> Option<Stamp> {
    let weekday = match bytes {
        [a, b, c, b' ', ..] if is_weekday(&[*a, *b, *c]) => 4,
        [a, b, c, b',', b' ', ..] if is_weekday(&[*a, *b, *c]) => 5,
        _ => 0,
    };
    let month = month(bytes.get(weekday..weekday + 3)?)?;
    let at = spaces(bytes, weekday + 3)?;
    let (day, at) = number(bytes, at)?;
    let at = spaces(bytes, at)?;
    if let Some(year) = digits(bytes, at, 4) {
        return moment([year, month, day], bytes, spaces(bytes, at + 4)?, clock);
    }
    // A year may come last.
    let guess = moment([2_000, month, day], bytes, at, clock)?;
    let end = guess.place.end;
    if let Some(year) = spaces(bytes, end).and_then(|at| digits(bytes, at, 4)) {
        let is_year =
            (1_970..2_200).contains(&year) && !bytes.get(end + 5).is_some_and(u8::is_ascii_alphanumeric);
        if is_year && let Some(stamp) = moment([year, month, day], bytes, at, clock) {
            return Some(Stamp { place: 0..end + 5, ..stamp });
        }
    }
    last_before_now(month, day, bytes, at, clock)
}

/// The last such day that is not after the moment of reading, leap days too.
fn last_before_now(month: i64, day: i64, bytes: &[u8], at: usize, clock: &Clock) -> Option<Stamp> {
    let now = clock.now.as_microsecond() as f64 / 1e6;
    let this_year = i64::from(clock.zone.to_datetime(clock.now).year());
    // `Dec 31` may be in a zone where it is next year already.
    (0..=8).find_map(|ago| {
        let stamp = moment([this_year + 1 - ago, month, day], bytes, at, clock)?;
        (stamp.seconds <= now + DAYS_HENCE * 86_400.0).then_some(stamp)
    })
}

/// A date and the clock that stands at `at`, with its zone if it names one.
fn moment([year, month, day]: [i64; 3], bytes: &[u8], at: usize, clock: &Clock) -> Option<Stamp> {
    let (hour, minute_at) = number(bytes, at)?;
    let minute = digits(bytes, after(bytes, minute_at, b':')?, 2)?;
    let second = digits(bytes, after(bytes, minute_at + 3, b':')?, 2)?;
    let (nanos, end) = fraction(bytes, minute_at + 6);
    let is_date = (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month);
    if !is_date || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let zone = zone_length(bytes.get(end..)?);
    let (named, end) = match bytes.get(end..end + zone).and_then(offset) {
        Some(Some(named)) => (Some(named), end + zone),
        _ => (None, end),
    };
    let offset = match named {
        Some(named) => named,
        None if clock.zone == TimeZone::UTC => 0,
        None => local_offset(year, month, day, [hour, minute, second.min(59)], &clock.zone)?,
    };
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    Some(Stamp { seconds: seconds as f64 + f64::from(nanos) / 1e9, place: 0..end })
}

/// `1795554843.098`, as squid begins its lines.
fn epoch(text: &str) -> Option<Stamp> {
    let end = length(text.as_bytes(), |byte| byte.is_ascii_digit() || byte == b'.');
    let seconds = super::epoch(text.get(..end)?)?;
    Some(Stamp { seconds, place: 0..end })
}

/// One or two digits, and the place after them.
fn number(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    match digits(bytes, at, 2) {
        Some(two) => Some((two, at + 2)),
        None => Some((digits(bytes, at, 1)?, at + 1)),
    }
}

fn after(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    (bytes.get(at) == Some(&byte)).then_some(at + 1)
}

/// The place after one or two spaces.
fn spaces(bytes: &[u8], at: usize) -> Option<usize> {
    let at = after(bytes, at, b' ')?;
    Some(after(bytes, at, b' ').unwrap_or(at))
}

fn month(name: &[u8]) -> Option<i64> {
    let at = MONTHS.iter().position(|month| month.as_bytes().eq_ignore_ascii_case(name))?;
    i64::try_from(at + 1).ok()
}

fn is_weekday(name: &[u8; 3]) -> bool {
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .iter()
        .any(|day| day.as_bytes().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clock() -> Clock {
        Clock { zone: TimeZone::UTC, now: "2026-11-26T00:00:00Z".parse().unwrap() }
    }

    fn found(line: &str) -> Option<(f64, &str)> {
        let stamp = find(line, &clock())?;
        Some((stamp.seconds, line.get(stamp.place)?))
    }

    #[test]
    fn the_forms_in_lines() {
        let moment = 1_795_554_842.0;
        for (line, text) in [
            ("Nov 24 21:14:02 web01 sshd[1]: x", "Nov 24 21:14:02"),
            ("<13>Nov 24 21:14:02 web01 sshd", "Nov 24 21:14:02"),
            ("Nov 24 2026 21:14:02: %ASA-6-1", "Nov 24 2026 21:14:02"),
            ("[Tue Nov 24 21:14:02 2026] [error] x", "Tue Nov 24 21:14:02 2026"),
            ("2026-11-24 21:14:02 INFO started", "2026-11-24 21:14:02"),
            ("[2026-11-24T22:14:02+01:00] started", "2026-11-24T22:14:02+01:00"),
            ("2026-11-24T21:14:02Z web01 a", "2026-11-24T21:14:02Z"),
            ("2026/11/24 21:14:02 [error] 7#7: x", "2026/11/24 21:14:02"),
            ("203.0.113.9 - - [24/Nov/2026:21:14:02 +0000] \"GET /\"", "24/Nov/2026:21:14:02 +0000"),
            ("11/24/2026 9:14:02 PM,login", "11/24/2026 9:14:02"),
            ("1795554842 4 203.0.113.9 TCP_MISS/200", "1795554842"),
            ("time=2026-11-24T21:14:02Z level=info", "2026-11-24T21:14:02Z"),
        ] {
            assert_eq!(found(line), Some((moment, text)), "{line}");
        }
        assert_eq!(found("2026-11-24 21:14:02,250 WARN x"), Some((moment + 0.25, "2026-11-24 21:14:02,250")));
        assert_eq!(found("Tue Nov 24 21:14:02.5 2026 x"), Some((moment + 0.5, "Tue Nov 24 21:14:02.5 2026")));
    }

    #[test]
    fn what_is_no_time() {
        for line in
            ["", "12 monkeys", "version 2026-11-24", "10.0.0.1 said", "Nov 31 21:14:02 x", "may be 12:00:00"]
        {
            assert_eq!(found(line), None, "{line}");
        }
    }

    #[test]
    fn a_time_without_a_year_is_the_last_one() {
        let year = |line: &str| {
            let seconds = find(line, &clock()).unwrap().seconds;
            Timestamp::from_second(seconds as i64).unwrap().to_string()
        };
        assert_eq!(year("Nov 27 12:00:00 x"), "2026-11-27T12:00:00Z");
        assert_eq!(year("Dec  1 12:00:00 x"), "2025-12-01T12:00:00Z");
        assert_eq!(year("Feb 29 12:00:00 x"), "2024-02-29T12:00:00Z");
    }

    #[test]
    fn a_time_without_a_zone_is_in_the_readers() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let stamp = find("Nov 24 22:14:02 web01", &Clock { zone, ..clock() }).unwrap();
        assert_eq!(stamp.seconds, 1_795_554_842.0);
    }

    proptest! {
        #[test]
        fn any_line_is_safe(line in "([a-zA-Z0-9:/. +,-]|Nov |2026|é){0,60}") {
            if let Some(stamp) = find(&line, &clock()) {
                prop_assert!(line.get(stamp.place).is_some());
            }
        }
    }
}
