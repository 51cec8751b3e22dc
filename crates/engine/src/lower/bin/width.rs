//! How wide buckets are: where one starts, where the next one does, and a width that fits a range.

use datafusion::logical_expr::Expr;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use sluice_spl::ops::BinSize;

use crate::kernel::{Arg, number_literal};
use crate::value;

/// A width, counted from an origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Width {
    size: f64,
    unit: Unit,
    origin: f64,
}

/// What a width counts.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    /// Numbers.
    Plain,
    /// Powers of this base.
    Log(f64),
    /// Seconds.
    Seconds,
    /// Days of the user, from midnight.
    Days,
    /// Months of the user, from the first.
    Months,
}

/// Spans of time that Splunk chooses from (Search Reference, `timechart`, "Default time spans").
const TIME_SPANS: [(f64, Unit); 12] = [
    (1.0, Unit::Seconds),
    (5.0, Unit::Seconds),
    (10.0, Unit::Seconds),
    (30.0, Unit::Seconds),
    (60.0, Unit::Seconds),
    (300.0, Unit::Seconds),
    (600.0, Unit::Seconds),
    (1_800.0, Unit::Seconds),
    (3_600.0, Unit::Seconds),
    (1.0, Unit::Days),
    (1.0, Unit::Months),
    (12.0, Unit::Months),
];

const DAY: f64 = 86_400.0;
/// About.
const MONTH: f64 = 30.0 * DAY;

impl Width {
    /// A width as written; `None` for a number of buckets. Days and longer start at midnight whatever the
    /// origin is (Search Reference, `bin`, `aligntime`).
    pub(crate) fn of(size: &BinSize, origin: Option<f64>) -> Option<Self> {
        match size {
            BinSize::Span(number, unit) => Some(Self::span(*number, unit, origin.unwrap_or(0.0))),
            BinSize::Log(coefficient, base) => {
                Some(Self { size: *coefficient, unit: Unit::Log(*base), origin: 0.0 })
            }
            BinSize::Count(..) => None,
        }
    }

    fn span(number: f64, unit: &str, origin: f64) -> Self {
        let (factor, unit) = match unit {
            "us" => (1e-6, Unit::Seconds),
            "ms" => (1e-3, Unit::Seconds),
            "cs" => (1e-2, Unit::Seconds),
            "ds" => (1e-1, Unit::Seconds),
            "s" => (1.0, Unit::Seconds),
            "m" => (60.0, Unit::Seconds),
            "h" => (3_600.0, Unit::Seconds),
            "d" => (1.0, Unit::Days),
            "w" => (7.0, Unit::Days),
            "mon" => (1.0, Unit::Months),
            "q" => (3.0, Unit::Months),
            "y" => (12.0, Unit::Months),
            _ => (1.0, Unit::Plain),
        };
        let origin = if unit == Unit::Seconds { origin } else { 0.0 };
        Self { size: number * factor, unit, origin }
    }

    /// The least of Splunk's spans that makes at most so many buckets of a time range.
    pub(crate) fn of_time(range: (f64, f64), bins: u64, least: Option<&(f64, String)>, origin: f64) -> Self {
        let least = least.map_or(0.0, |(number, unit)| Self::span(*number, unit, 0.0).rough());
        let fits =
            |width: &Self| width.rough() >= least && (range.1 - range.0) / width.rough() <= bins as f64;
        let mut widths = TIME_SPANS.iter().map(|&(size, unit)| {
            let origin = if unit == Unit::Seconds { origin } else { 0.0 };
            Self { size, unit, origin }
        });
        widths.find(fits).unwrap_or(Self { size: 12.0, unit: Unit::Months, origin: 0.0 })
    }

    /// The least power of ten that makes at most so many buckets of a range (Search Manual, "Search using time bins
    /// and spans").
    pub(crate) fn of_numbers(range: (f64, f64), bins: u64, least: Option<&(f64, String)>) -> Self {
        let least = least.map_or(0.0, |(number, _)| *number);
        let wanted = ((range.1 - range.0) / bins as f64).max(least);
        let size =
            if wanted.is_finite() && wanted > 0.0 { tidy(10_f64.powf(-whole(-wanted.log10()))) } else { 1.0 };
        Self { size, unit: Unit::Plain, origin: 0.0 }
    }

    /// Whether it counts time.
    pub(crate) fn is_time(&self) -> bool {
        matches!(self.unit, Unit::Seconds | Unit::Days | Unit::Months)
    }

    /// Seconds, about.
    fn rough(&self) -> f64 {
        match self.unit {
            Unit::Days => self.size * DAY,
            Unit::Months => self.size * MONTH,
            _ => self.size,
        }
    }

    /// Where the bucket of a number starts.
    pub(crate) fn start(&self, number: f64, zone: &TimeZone) -> Option<f64> {
        match self.unit {
            Unit::Plain | Unit::Seconds => {
                Some(tidy(whole((number - self.origin) / self.size) * self.size + self.origin))
            }
            Unit::Log(base) if number > 0.0 => {
                Some(tidy(self.size * base.powf(whole((number / self.size).log(base)))))
            }
            Unit::Log(_) => None,
            Unit::Days => days(number, self.size, zone),
            Unit::Months => months(number, self.size, zone),
        }
    }

    /// Where the next bucket starts.
    pub(crate) fn next(&self, start: f64, zone: &TimeZone) -> Option<f64> {
        match self.unit {
            Unit::Plain | Unit::Seconds => Some(tidy(start + self.size)),
            Unit::Log(base) => Some(tidy(start * base)),
            Unit::Days => {
                let date = zoned(start, zone)?.date();
                midnight(date.checked_add(jiff::Span::new().try_days(self.size as i64).ok()?).ok()?, zone)
            }
            Unit::Months => {
                let date = zoned(start, zone)?.date();
                midnight(date.checked_add(jiff::Span::new().try_months(self.size as i64).ok()?).ok()?, zone)
            }
        }
    }

    /// A bucket of numbers as text: `10-20`.
    pub(crate) fn label(&self, start: f64, zone: &TimeZone) -> Option<String> {
        let end = self.next(start, zone)?;
        Some(format!("{}-{}", value::number_to_text(start), value::number_to_text(end)))
    }

    /// The width as arguments of a kernel.
    pub(super) fn to_args(self) -> [Expr; 4] {
        let (unit, base) = match self.unit {
            Unit::Plain => (0.0, 0.0),
            Unit::Log(base) => (1.0, base),
            Unit::Seconds => (2.0, 0.0),
            Unit::Days => (3.0, 0.0),
            Unit::Months => (4.0, 0.0),
        };
        [self.size, unit, base, self.origin].map(number_literal)
    }

    /// What [`Width::to_args`] made.
    pub(super) fn of_args(args: &[Arg]) -> Option<Self> {
        let [size, unit, base, origin] = args else { return None };
        let unit = match unit.number(0)? as u8 {
            0 => Unit::Plain,
            1 => Unit::Log(base.number(0)?),
            2 => Unit::Seconds,
            3 => Unit::Days,
            _ => Unit::Months,
        };
        Some(Self { size: size.number(0)?, unit, origin: origin.number(0)? })
    }
}

/// The whole number below, where rounding has not already made it one: 0.3 / 0.1 is 3.
fn whole(number: f64) -> f64 {
    let near = number.round();
    if (number - near).abs() < 1e-9 { near } else { number.floor() }
}

/// Without the digits that only rounding has made: 0.1 * 3 is 0.3.
fn tidy(number: f64) -> f64 {
    if number == number.trunc() { number } else { format!("{number:.12e}").parse().unwrap_or(number) }
}

fn zoned(time: f64, zone: &TimeZone) -> Option<ZonedDateTime> {
    Timestamp::from_second(time.floor() as i64).ok().map(|time| time.to_zoned_datetime(zone.clone()))
}

fn midnight(date: Date, zone: &TimeZone) -> Option<f64> {
    Some(date.to_zoned_datetime(zone.clone()).ok()?.timestamp().as_second() as f64)
}

/// The midnight before, of every so many days since 1970.
fn days(time: f64, width: f64, zone: &TimeZone) -> Option<f64> {
    let date = zoned(time, zone)?.date();
    let day = f64::from((date - jiff::civil::date(1970, 1, 1)).get_days());
    let back = day.rem_euclid(width.max(1.0));
    midnight(date.checked_sub(jiff::Span::new().try_days(back as i64).ok()?).ok()?, zone)
}

/// The first of the month before, of every so many months since the year 0.
fn months(time: f64, width: f64, zone: &TimeZone) -> Option<f64> {
    let date = zoned(time, zone)?.date();
    let month = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
    let first = month - month.rem_euclid((width as i64).max(1));
    let year = i16::try_from(first.div_euclid(12)).ok()?;
    let month = i8::try_from(first.rem_euclid(12) + 1).ok()?;
    midnight(Date::new(year, month, 1).ok()?, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time_span(hours: f64) -> (f64, bool) {
        let width = Width::of_time((0.0, hours * 3_600.0), 100, None, 0.0);
        (width.size, width.unit == Unit::Seconds)
    }

    #[test]
    fn spans_of_time_are_those_that_splunk_documents() {
        assert_eq!(time_span(0.25), (10.0, true));
        assert_eq!(time_span(1.0), (60.0, true));
        assert_eq!(time_span(4.0), (300.0, true));
        assert_eq!(time_span(24.0), (1_800.0, true));
        assert_eq!(time_span(7.0 * 24.0), (1.0, false));
        assert_eq!(Width::of_time((0.0, 365.0 * DAY), 100, None, 0.0).unit, Unit::Months);
    }

    #[test]
    fn spans_of_numbers_are_powers_of_ten() {
        let size = |high: f64, bins| Width::of_numbers((0.0, high), bins, None).size;
        assert_eq!(size(99.0, 10), 10.0);
        assert_eq!(size(99.0, 100), 1.0);
        assert_eq!(size(59.0, 5), 100.0);
        assert_eq!(size(23.0, 12), 10.0);
        assert_eq!(size(0.3, 3), 0.1);
        assert_eq!(size(0.0, 10), 1.0);
    }

    #[test]
    fn rounding_makes_no_bucket_of_its_own() {
        let width = Width::span(0.1, "", 0.0);
        assert_eq!(width.start(0.3, &TimeZone::UTC), Some(0.3));
        assert_eq!(width.label(0.3, &TimeZone::UTC).unwrap(), "0.3-0.4");
        let log = Width { size: 1.0, unit: Unit::Log(10.0), origin: 0.0 };
        assert_eq!(log.start(1_000.0, &TimeZone::UTC), Some(1_000.0));
    }

    #[test]
    fn months_and_days_follow_the_calendar() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_second() as f64;
        let month = Width::span(1.0, "mon", 0.0);
        assert_eq!(month.next(at("2026-01-01T00:00:00Z"), &TimeZone::UTC), Some(at("2026-02-01T00:00:00Z")));
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let day = Width::span(1.0, "d", 0.0);
        // The day on which clocks go back has 25 hours.
        assert_eq!(day.start(at("2026-10-25T12:00:00Z"), &zone), Some(at("2026-10-24T22:00:00Z")));
        assert_eq!(day.next(at("2026-10-24T22:00:00Z"), &zone), Some(at("2026-10-25T23:00:00Z")));
    }
}
