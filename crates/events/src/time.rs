//! Timestamps of logs → seconds since 1970 UTC.
//!
//! Reads ISO 8601 / RFC 3339 and its relaxed forms (a space for the `T`, `/` for `-`, a comma before
//! the fraction, no zone) and epochs in seconds, milli-, micro- or nanoseconds. Nothing is allocated.

pub mod stamp;

use jiff::civil;
use jiff::tz::TimeZone;

/// Reads a timestamp; one that names no zone is taken to be in `zone`. `None` if it is none.
///
/// ```
/// use jiff::tz::TimeZone;
/// use sluice_events::time::parse;
///
/// assert_eq!(parse("2019-12-05T01:49:34.041Z", &TimeZone::UTC), Some(1575510574.041));
/// assert_eq!(parse("1575510574041", &TimeZone::UTC), Some(1575510574.041));
/// assert_eq!(parse("yesterday", &TimeZone::UTC), None);
/// ```
pub fn parse(text: &str, zone: &TimeZone) -> Option<f64> {
    let text = text.trim_ascii();
    epoch(text).or_else(|| iso(text, zone))
}

/// Whether the timestamp says by itself which moment it means: an epoch, or with `Z` or an offset.
pub fn names_its_zone(text: &str) -> bool {
    let text = text.trim_ascii();
    epoch(text).is_some()
        || text.ends_with(['Z', 'z'])
        || text.get(19..).is_some_and(|tail| tail.contains(['+', '-']))
}

/// Epochs by the number of digits before the point: 9 to 11 are seconds, 13 milli-, 16 micro- and
/// 19 nanoseconds. Shorter numbers are counters, not times.
fn epoch(text: &str) -> Option<f64> {
    let whole = text.bytes().take_while(u8::is_ascii_digit).count();
    let scale = match whole {
        9..=11 => 1.0,
        13 => 1e3,
        16 => 1e6,
        19 => 1e9,
        _ => return None,
    };
    let rest = text.get(whole..)?;
    let is_number = rest.is_empty()
        || rest.strip_prefix('.').is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    if !is_number {
        return None;
    }
    text.parse::<f64>().ok().map(|value| value / scale)
}

fn iso(text: &str, zone: &TimeZone) -> Option<f64> {
    let bytes = text.as_bytes();
    let year = digits(bytes, 0, 4)?;
    let (dash, month, dash_again, day) =
        (*bytes.get(4)?, digits(bytes, 5, 2)?, *bytes.get(7)?, digits(bytes, 8, 2)?);
    if !matches!(dash, b'-' | b'/') || dash != dash_again || !matches!(bytes.get(10)?, b'T' | b't' | b' ') {
        return None;
    }
    let (hour, minute) = (digits(bytes, 11, 2)?, digits(bytes, 14, 2)?);
    if *bytes.get(13)? != b':' || hour > 23 || minute > 59 {
        return None;
    }
    let (second, at) = match bytes.get(16) {
        Some(b':') => (digits(bytes, 17, 2)?, 19),
        _ => (0, 16),
    };
    let (fraction, at) = fraction(bytes, at);
    if second > 60 || month == 0 || month > 12 || day == 0 || day > days_in(year, month) {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    let offset = match offset(bytes.get(at..)?)? {
        Some(offset) => offset,
        None if *zone == TimeZone::UTC => 0,
        None => local_offset(year, month, day, [hour, minute, second.min(59)], zone)?,
    };
    Some((seconds - offset) as f64 + f64::from(fraction) / 1e9)
}

/// `length` digits at `at`.
fn digits(bytes: &[u8], at: usize, length: usize) -> Option<i64> {
    bytes.get(at..at + length)?.iter().try_fold(0, |sum, byte| match byte {
        b'0'..=b'9' => Some(sum * 10 + i64::from(byte - b'0')),
        _ => None,
    })
}

/// Nanoseconds of a fraction at `at`, and where it ends. Digits after the ninth are dropped.
fn fraction(bytes: &[u8], at: usize) -> (u32, usize) {
    if !matches!(bytes.get(at), Some(b'.' | b',')) {
        return (0, at);
    }
    let (mut nanos, mut unit, mut end) = (0, 100_000_000, at + 1);
    while let Some(digit @ b'0'..=b'9') = bytes.get(end) {
        nanos += u32::from(digit - b'0') * unit;
        unit /= 10;
        end += 1;
    }
    (nanos, end)
}

/// `Z`, `+hh:mm`, `+hhmm`, `+hh`, ` UTC`; the inner `None` if nothing is there, the outer if it is
/// something else.
fn offset(tail: &[u8]) -> Option<Option<i64>> {
    let (sign, digits_of) = match tail.trim_ascii_start() {
        [] => return Some(None),
        b"Z" | b"z" | b"UTC" | b"GMT" => return Some(Some(0)),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match digits_of.len() {
        2 => (digits(digits_of, 0, 2)?, 0),
        4 => (digits(digits_of, 0, 2)?, digits(digits_of, 2, 2)?),
        5 if digits_of.get(2) == Some(&b':') => (digits(digits_of, 0, 2)?, digits(digits_of, 3, 2)?),
        _ => return None,
    };
    Some(Some(sign * (hours * 3_600 + minutes * 60)))
}

fn local_offset(year: i64, month: i64, day: i64, clock: [i64; 3], zone: &TimeZone) -> Option<i64> {
    let [hour, minute, second] = clock.map(|part| i8::try_from(part).unwrap_or_default());
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let civil = civil::DateTime::new(i16::try_from(year).ok()?, month, day, hour, minute, second, 0).ok()?;
    let moment = zone.to_ambiguous_timestamp(civil).compatible().ok()?;
    Some(i64::from(zone.to_offset(moment).seconds()))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01, by Howard Hinnant's `days_from_civil`
/// (<https://howardhinnant.github.io/date_algorithms.html>).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn utc(text: &str) -> Option<f64> {
        parse(text, &TimeZone::UTC)
    }

    #[test]
    fn the_forms_in_logs() {
        let moment = Some(1_575_510_574.0);
        for text in [
            "2019-12-05T01:49:34Z",
            "2019-12-05 01:49:34",
            "2019/12/05 01:49:34",
            "2019-12-05T02:49:34+01:00",
            "2019-12-05T02:49:34+0100",
            "2019-12-05 01:49:34 UTC",
            "2019-12-04T20:49:34.000000000-05",
            " 1575510574 ",
            "1575510574.000",
            "1575510574000000000",
        ] {
            assert_eq!(utc(text), moment, "{text}");
        }
        assert_eq!(utc("2019-12-05 01:49:34,25"), Some(1_575_510_574.25));
        assert_eq!(utc("2019-12-05T01:49"), Some(1_575_510_540.0));
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "4",
            "12345678",
            "2019-12-05",
            "2019-02-29T00:00:00Z",
            "2019-12-05T25:00:00Z",
            "2019-12-05T01:49:34 noon",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_without_zone_is_in_the_input_zone() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(parse("2020-07-01 02:00:00", &berlin), utc("2020-07-01T00:00:00Z"));
        assert_eq!(parse("2020-01-01 01:00:00", &berlin), utc("2020-01-01T00:00:00Z"));
        assert!(!names_its_zone("2020-01-01 01:00:00"));
        assert!(names_its_zone("2020-01-01 01:00:00+00:00"));
    }

    proptest! {
        #[test]
        fn any_text_is_safe(text in "\\PC*") {
            utc(&text);
        }

        #[test]
        fn agrees_with_jiff(seconds in -60_000_000_000_i64..250_000_000_000) {
            let moment = jiff::Timestamp::from_second(seconds).unwrap();
            prop_assert_eq!(utc(&moment.to_string()), Some(seconds as f64));
        }
    }
}
