//! Text → a moment, by a format of Splunk's time variables.
//!
//! As C's `strptime`: numbers may lack their leading zeros, white space stands for any white space,
//! text behind what the format reads is left alone.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::modifier::to_seconds;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// Abbreviations that name one offset in practice, in hours.
const ZONES: [(&str, i8); 12] = [
    ("utc", 0),
    ("gmt", 0),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("cet", 1),
    ("cest", 2),
];

/// What a text said so far.
#[derive(Debug, Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    day_of_year: Option<i64>,
    hour: i8,
    afternoon: Option<bool>,
    minute: i8,
    second: i8,
    nanosecond: i32,
    offset: Option<Offset>,
    zone: Option<TimeZone>,
    epoch: Option<i64>,
}

/// The same in seconds since 1970.
pub(crate) fn seconds(text: &str, format: &str, now: Timestamp, zone: &TimeZone) -> Option<f64> {
    parse(text, format, now, zone).map(to_seconds)
}

/// The moment; a date that the text lacks is today's.
pub(super) fn parse(text: &str, format: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let mut parts = Parts::default();
    read(text, format, &mut parts)?;
    parts.moment(now, zone)
}

/// Reads as the format says and gives what is left.
fn read<'a>(text: &'a str, format: &str, parts: &mut Parts) -> Option<&'a str> {
    let mut text = text;
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            text = text.trim_start();
            continue;
        }
        if c != '%' {
            text = text.strip_prefix(c)?;
            continue;
        }
        let letter = chars.by_ref().find(|c| !matches!(c, '0'..='9' | ':' | '-' | '_' | 'E' | 'O'))?;
        text = variable(letter, text, parts)?;
    }
    Some(text)
}

fn variable<'a>(letter: char, text: &'a str, parts: &mut Parts) -> Option<&'a str> {
    let (value, rest) = match letter {
        '%' => return text.strip_prefix('%'),
        'n' | 't' => return Some(text.trim_start()),
        'F' => return read(text, "%Y-%m-%d", parts),
        'T' | 'X' => return read(text, "%H:%M:%S", parts),
        'R' => return read(text, "%H:%M", parts),
        'D' => return read(text, "%m/%d/%y", parts),
        'x' => return read(text, "%m/%d/%Y", parts),
        'c' => return read(text, "%a %b %d %H:%M:%S %Y", parts),
        '+' => return read(text, "%a %b %d %H:%M:%S %Z %Y", parts),
        'b' | 'B' | 'h' => {
            let (month, rest) = word(text, &MONTHS)?;
            parts.month = Some(month + 1);
            return Some(rest);
        }
        'a' | 'A' => return word(text, &WEEKDAYS).map(|(_, rest)| rest),
        'p' | 'P' => return half_day(text, parts),
        'N' | 'Q' | 'f' => return fraction(text, parts),
        'z' | 'Z' => return offset(text, parts),
        's' => return epoch(text, parts),
        'Y' => number(text, 4, 0, 9999)?,
        'y' => number(text, 2, 0, 99)?,
        'm' => number(text, 2, 1, 12)?,
        'd' | 'e' => number(text, 2, 1, 31)?,
        'H' | 'k' => number(text, 2, 0, 23)?,
        'I' | 'l' => number(text, 2, 1, 12)?,
        'M' => number(text, 2, 0, 59)?,
        'S' => number(text, 2, 0, 60)?,
        'j' => number(text, 3, 1, 366)?,
        'u' | 'w' => number(text, 1, 0, 7)?,
        'U' | 'V' | 'W' => number(text, 2, 0, 53)?,
        _ => return None,
    };
    let small = i8::try_from(value).unwrap_or(0);
    match letter {
        'Y' => parts.year = i16::try_from(value).ok(),
        'y' => parts.year = i16::try_from(if value < 69 { 2000 + value } else { 1900 + value }).ok(),
        'm' => parts.month = Some(small),
        'd' | 'e' => parts.day = Some(small),
        'H' | 'k' | 'I' | 'l' => parts.hour = small,
        'M' => parts.minute = small,
        // A leap second is the second before it.
        'S' => parts.second = small.min(59),
        'j' => parts.day_of_year = Some(value),
        _ => {}
    }
    Some(rest)
}

fn number(text: &str, most: usize, least: i64, greatest: i64) -> Option<(i64, &str)> {
    let text = text.trim_start();
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(digits);
    let value = digits.parse().ok()?;
    (least..=greatest).contains(&value).then_some((value, rest))
}

/// One of these words, in full or its first three letters.
fn word<'a>(text: &'a str, words: &[&str]) -> Option<(i8, &'a str)> {
    let starts = |word: &str| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    words.iter().zip(0..).find_map(|(word, at)| {
        let short = word.get(..3)?;
        let length = if starts(word) {
            word.len()
        } else if starts(short) {
            3
        } else {
            return None;
        };
        Some((at, text.get(length..)?))
    })
}

fn half_day<'a>(text: &'a str, parts: &mut Parts) -> Option<&'a str> {
    let text = text.trim_start();
    let head = text.get(..2)?.to_ascii_lowercase();
    parts.afternoon = Some(match head.as_str() {
        "am" => false,
        "pm" => true,
        _ => return None,
    });
    text.get(2..)
}

/// Digits behind the point, however many.
fn fraction<'a>(text: &'a str, parts: &mut Parts) -> Option<&'a str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(digits);
    let first = digits.get(..digits.len().min(9)).filter(|first| !first.is_empty())?;
    parts.nanosecond = format!("{first:0<9}").parse().ok()?;
    Some(rest)
}

fn epoch<'a>(text: &'a str, parts: &mut Parts) -> Option<&'a str> {
    let sign = usize::from(text.starts_with('-'));
    let digits = text.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(sign + digits);
    parts.epoch = Some(number.parse().ok()?);
    Some(rest)
}

/// `+0200`, `+02:00`, `+02`, `Z`, `UTC`, `PST`, `Europe/Berlin`
fn offset<'a>(text: &'a str, parts: &mut Parts) -> Option<&'a str> {
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix(['+', '-']) {
        let (hours, rest) = rest.split_at_checked(2)?;
        let minutes = rest.strip_prefix(':').unwrap_or(rest);
        let (minutes, rest) = match minutes.get(..2).and_then(|minutes| minutes.parse::<i32>().ok()) {
            Some(number) => (number, minutes.get(2..)?),
            None => (0, rest),
        };
        if !hours.bytes().all(|byte| byte.is_ascii_digit()) || minutes > 59 {
            return None;
        }
        let seconds = hours.parse::<i32>().ok()? * 3600 + minutes * 60;
        parts.offset =
            Some(Offset::from_seconds(if text.starts_with('-') { -seconds } else { seconds }).ok()?);
        return Some(rest);
    }
    let end = text.find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '/' | '_'))).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let lower = name.to_ascii_lowercase();
    let has_offset = rest.starts_with(['+', '-']) && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    if has_offset && matches!(lower.as_str(), "gmt" | "utc") {
        // `GMT-0700` says what comes after it.
        return offset(rest, parts);
    }
    if lower == "z" {
        parts.offset = Some(Offset::UTC);
    } else if let Some((_, hours)) = ZONES.iter().find(|(known, _)| *known == lower) {
        parts.offset = Some(Offset::constant(*hours));
    } else {
        parts.zone = Some(TimeZone::get(name).ok()?);
    }
    Some(rest)
}

impl Parts {
    fn moment(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if let Some(seconds) = self.epoch {
            return Timestamp::new(seconds, self.nanosecond).ok();
        }
        let hour = match self.afternoon {
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
            None => self.hour,
        };
        let time = Time::new(hour, self.minute, self.second, self.nanosecond).ok()?;
        let zone = self.zone.as_ref().unwrap_or(zone);
        let written = DateTime::from_parts(self.date(now, zone)?, time);
        match self.offset {
            Some(offset) => offset.to_timestamp(written).ok(),
            None => Some(written.to_zoned_datetime(zone.clone()).ok()?.timestamp()),
        }
    }

    fn date(&self, now: Timestamp, zone: &TimeZone) -> Option<Date> {
        let today = now.to_zoned_datetime(zone.clone()).date();
        let year = self.year.unwrap_or(today.year());
        if let Some(day) = self.day_of_year {
            let date = Date::new(year, 1, 1).ok()?.checked_add((day - 1).days()).ok()?;
            return (date.year() == year).then_some(date);
        }
        let named = self.year.is_some() || self.month.is_some();
        let month = self.month.unwrap_or(if self.year.is_some() { 1 } else { today.month() });
        let day = self.day.unwrap_or(if named { 1 } else { today.day() });
        Date::new(year, month, day).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, format: &str) -> Option<String> {
        let now = "2026-11-24T21:14:02Z".parse().unwrap();
        parse(text, format, now, &TimeZone::UTC).map(|moment| moment.to_string())
    }

    #[test]
    fn texts_name_moments() {
        for (text, format, expected) in [
            ("2024-02-29", "%F", "2024-02-29T00:00:00Z"),
            ("24/2/9 7:05", "%y/%m/%d %H:%M", "2024-02-09T07:05:00Z"),
            ("Thu, 29 February 2024 12:00 am", "%a, %d %B %Y %I:%M %p", "2024-02-29T00:00:00Z"),
            ("10:30", "%H:%M", "2026-11-24T10:30:00Z"),
            ("2024-060", "%Y-%j", "2024-02-29T00:00:00Z"),
            ("1700000000.5", "%s.%N", "2023-11-14T22:13:20.5Z"),
            ("2024-01-15 10:00:00 PST", "%F %T %Z", "2024-01-15T18:00:00Z"),
            ("2024-01-15 10:00:00-05:30", "%F %T%:z", "2024-01-15T15:30:00Z"),
            ("2024-01-15 10:00:00 GMT-0700", "%F %T %:Z", "2024-01-15T17:00:00Z"),
            ("2024-01-15 10:00 Europe/Berlin", "%F %R %Z", "2024-01-15T09:00:00Z"),
            ("2024-01-15T10:00:00", "%Y-%m-%d", "2024-01-15T00:00:00Z"),
        ] {
            assert_eq!(at(text, format).as_deref(), Some(expected), "{text}");
        }
        for (text, format) in [("", "%Y"), ("2024-13-01", "%F"), ("2023-02-29", "%F"), ("x", "%q")] {
            assert_eq!(at(text, format), None, "{text}");
        }
    }
}
