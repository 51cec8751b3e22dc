//! Moments as text.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Seconds since 1970 as ISO 8601 in a zone; `None` if no calendar has it.
///
/// ```
/// use sluice_detect::output::time::iso;
/// assert_eq!(iso(0.25, &jiff::tz::TimeZone::UTC).unwrap(), "1970-01-01T00:00:00.250Z");
/// ```
pub fn iso(seconds: f64, zone: &TimeZone) -> Option<String> {
    let micros = micros(seconds)?;
    let moment = Timestamp::from_microsecond(micros).ok()?.to_zoned_datetime(zone.clone());
    let date = moment.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    Some(format!("{date}{}{}", fraction(micros), offset(&moment)))
}

/// The same without the fraction, and with a space.
pub fn short(seconds: f64, zone: &TimeZone) -> Option<String> {
    let moment = Timestamp::from_microsecond(micros(seconds)?).ok()?.to_zoned_datetime(zone.clone());
    Some(format!("{}{}", moment.strftime("%Y-%m-%d %H:%M:%S"), offset(&moment)))
}

/// Seconds since 1970 with up to six digits of fraction.
///
/// ```
/// assert_eq!(sluice_detect::output::time::epoch(1795554842.122).unwrap(), "1795554842.122");
/// ```
pub fn epoch(seconds: f64) -> Option<String> {
    let micros = micros(seconds)?;
    let sign = if micros < 0 { "-" } else { "" };
    let (whole, rest) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
    let digits = format!("{rest:06}");
    let digits = digits.trim_end_matches('0');
    Some(if digits.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{digits}") })
}

fn micros(seconds: f64) -> Option<i64> {
    let micros = (seconds * 1e6).round();
    (micros.abs() < 9e18).then_some(micros as i64)
}

fn fraction(micros: i64) -> String {
    match micros.rem_euclid(1_000_000) {
        0 => String::new(),
        rest if rest % 1_000 == 0 => format!(".{:03}", rest / 1_000),
        rest => format!(".{rest:06}"),
    }
}

fn offset(moment: &jiff::ZonedDateTime) -> String {
    match moment.offset().seconds() {
        0 => "Z".to_owned(),
        _ => moment.strftime("%:z").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_the_users_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(iso(1_700_000_000.5, &zone).unwrap(), "2023-11-15T00:13:20.500+02:00");
        assert_eq!(short(1_700_000_000.5, &TimeZone::UTC).unwrap(), "2023-11-14 22:13:20Z");
    }

    #[test]
    fn a_number_that_is_no_moment_has_no_text() {
        assert_eq!(iso(1e30, &TimeZone::UTC), None);
        assert_eq!(epoch(f64::NAN), None);
        assert_eq!(epoch(-1.5).unwrap(), "-1.5");
    }
}
