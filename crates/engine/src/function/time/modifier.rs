//! Time modifiers: `-1d@d`, `@w1`, epoch seconds, `11/24/2026:00:00:00`.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, ZonedDateTime};

/// The moment that a modifier names, counted from `now` in the user's zone. Offsets (`-2h`) and
/// snaps (`@d`) apply from left to right.
pub fn apply(now: Timestamp, zone: &TimeZone, modifier: &str) -> Option<Timestamp> {
    let text = modifier.trim();
    let relative = text.strip_prefix("now").unwrap_or(text);
    if relative.is_empty() {
        return (!text.is_empty()).then_some(now);
    }
    if relative.starts_with(['-', '+', '@'])
        && let Some(moment) = chain(now.to_zoned_datetime(zone.clone()), relative)
    {
        return Some(moment.timestamp());
    }
    absolute(text, zone)
}

fn chain(mut at: ZonedDateTime, mut rest: &str) -> Option<ZonedDateTime> {
    while !rest.is_empty() {
        if let Some(snap_to) = rest.strip_prefix('@') {
            let end = snap_to.find(['-', '+', '@']).unwrap_or(snap_to.len());
            let (unit, after) = snap_to.split_at(end);
            at = snap(&at, unit)?;
            rest = after;
            continue;
        }
        let negative = match rest.as_bytes().first()? {
            b'-' => true,
            b'+' => false,
            _ => return None,
        };
        let step = rest.get(1..)?;
        let end = step.find(['-', '+', '@']).unwrap_or(step.len());
        let (step, after) = step.split_at(end);
        let span = offset(step)?;
        at = at.checked_add(if negative { span.negate() } else { span }).ok()?;
        rest = after;
    }
    Some(at)
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    /// From this day on, Sunday is 0.
    Week(i8),
    Month,
    Quarter,
    Year,
}

fn unit(name: &str) -> Option<Unit> {
    let name = name.to_ascii_lowercase();
    Some(match name.as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => Unit::Second,
        "m" | "min" | "mins" | "minute" | "minutes" => Unit::Minute,
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hour,
        "d" | "day" | "days" => Unit::Day,
        "w" | "week" | "weeks" => Unit::Week(0),
        "mon" | "month" | "months" => Unit::Month,
        "q" | "qtr" | "qtrs" | "quarter" | "quarters" => Unit::Quarter,
        "y" | "yr" | "yrs" | "year" | "years" => Unit::Year,
        other => {
            let day: i8 = other.strip_prefix('w')?.parse().ok()?;
            return (0..=7).contains(&day).then_some(Unit::Week(day % 7));
        }
    })
}

/// `2h`; without a number one, without a unit seconds.
fn offset(text: &str) -> Option<Span> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, name) = text.split_at(digits);
    if text.is_empty() {
        return None;
    }
    let number: i64 = if number.is_empty() { 1 } else { number.parse().ok()? };
    let span = Span::new();
    match if name.is_empty() { Unit::Second } else { unit(name)? } {
        Unit::Second => span.try_seconds(number),
        Unit::Minute => span.try_minutes(number),
        Unit::Hour => span.try_hours(number),
        Unit::Day => span.try_days(number),
        Unit::Week(_) => span.try_weeks(number),
        Unit::Month => span.try_months(number),
        Unit::Quarter => span.try_months(number.checked_mul(3)?),
        Unit::Year => span.try_years(number),
    }
    .ok()
}

/// Back to the start of a unit.
fn snap(at: &ZonedDateTime, name: &str) -> Option<ZonedDateTime> {
    let seconds = |length: i64| -> Option<ZonedDateTime> {
        // By the clock on the wall, so that zones of half an hour snap to their own hours.
        let wall = at.timestamp().as_second() + i64::from(at.offset().seconds());
        let start = at.timestamp().as_second() - wall.rem_euclid(length);
        Some(Timestamp::from_second(start).ok()?.to_zoned_datetime(at.time_zone().clone()))
    };
    let midnight = |date: Date| {
        DateTime::from_parts(date, Time::midnight()).to_zoned_datetime(at.time_zone().clone()).ok()
    };
    let date = at.date();
    match unit(name)? {
        Unit::Second => seconds(1),
        Unit::Minute => seconds(60),
        Unit::Hour => seconds(3600),
        Unit::Day => midnight(date),
        Unit::Week(first) => {
            let back = (date.weekday().to_sunday_zero_offset() - first).rem_euclid(7);
            midnight(date.checked_sub(i64::from(back).days()).ok()?)
        }
        Unit::Month => midnight(date.first_of_month()),
        Unit::Quarter => midnight(Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok()?),
        Unit::Year => midnight(date.first_of_year()),
    }
}

fn absolute(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Some(seconds) = crate::value::parse_number(text) {
        return from_seconds(seconds);
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let written = DateTime::strptime("%m/%d/%Y:%H:%M:%S", text)
        .or_else(|_| Date::strptime("%m/%d/%Y", text).map(|date| date.to_datetime(Time::midnight())))
        .or_else(|_| text.parse::<DateTime>())
        .ok()?;
    Some(written.to_zoned_datetime(zone.clone()).ok()?.timestamp())
}

/// Seconds with a fraction as a moment, to the microsecond.
pub(super) fn from_seconds(seconds: f64) -> Option<Timestamp> {
    let micros = (seconds * 1e6).round();
    // Beyond this a float is no whole number of microseconds, and no year has four digits.
    (micros.abs() < 1e18).then_some(())?;
    Timestamp::from_microsecond(micros as i64).ok()
}

/// A moment as seconds with a fraction.
pub(super) fn to_seconds(moment: Timestamp) -> f64 {
    moment.as_microsecond() as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(modifier: &str) -> Option<String> {
        let now: Timestamp = "2026-11-24T21:14:02Z".parse().unwrap();
        apply(now, &TimeZone::UTC, modifier).map(|moment| moment.to_string())
    }

    #[test]
    fn modifiers_name_moments() {
        for (modifier, expected) in [
            ("now", "2026-11-24T21:14:02Z"),
            ("-1d", "2026-11-23T21:14:02Z"),
            ("-h", "2026-11-24T20:14:02Z"),
            ("+2h@h", "2026-11-24T23:00:00Z"),
            ("-1d@d-2h", "2026-11-22T22:00:00Z"),
            ("@w0", "2026-11-22T00:00:00Z"),
            ("@w7", "2026-11-22T00:00:00Z"),
            ("@w1", "2026-11-23T00:00:00Z"),
            ("@w3", "2026-11-18T00:00:00Z"),
            ("@mon", "2026-11-01T00:00:00Z"),
            ("@q", "2026-10-01T00:00:00Z"),
            ("-1qtr@q", "2026-07-01T00:00:00Z"),
            ("@y", "2026-01-01T00:00:00Z"),
            ("now-5m", "2026-11-24T21:09:02Z"),
            ("-10", "2026-11-24T21:13:52Z"),
            ("1700000000.25", "2023-11-14T22:13:20.25Z"),
            ("02/28/2024:12:00:00", "2024-02-28T12:00:00Z"),
            ("02/28/2024", "2024-02-28T00:00:00Z"),
            ("2024-02-28T12:00:00+01:00", "2024-02-28T11:00:00Z"),
            ("2024-02-28", "2024-02-28T00:00:00Z"),
        ] {
            assert_eq!(at(modifier).as_deref(), Some(expected), "{modifier}");
        }
        for wrong in ["", "-1x", "@", "-", "@w8", "soon", "1e300"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_follow_the_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now: Timestamp = "2026-10-25T12:00:00Z".parse().unwrap();
        let day = apply(now, &zone, "@d").unwrap();
        assert_eq!(day.to_string(), "2026-10-24T22:00:00Z");
        let india = TimeZone::get("Asia/Kolkata").unwrap();
        assert_eq!(apply(now, &india, "@h").unwrap().to_string(), "2026-10-25T11:30:00Z");
    }
}
