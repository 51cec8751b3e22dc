//! Times as Windows stores them.

use std::fmt;

/// Ticks of 100 ns since 1601-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileTime(pub u64);

const TICKS_PER_MILLI: u64 = 10_000;
const TICKS_PER_DAY: u64 = 86_400_000 * TICKS_PER_MILLI;
/// Days from 0000-03-01 to 1601-01-01.
const DAYS_TO_1601: u64 = 584_694;

/// The date and time of day of a [`FileTime`].
struct Civil {
    year: u64,
    month: u64,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
    ticks: u64,
}

impl FileTime {
    /// 2026-11-24 at 21:14:02.118 UTC, when the sample attacks happen.
    pub const ATTACK: FileTime = FileTime(134_400_284_421_180_000);
    /// 2026-11-24 at 00:00 UTC, when the benchmark starts.
    pub const MIDNIGHT: FileTime = FileTime(134_399_520_000_000_000);

    /// The time this many milliseconds later.
    #[must_use]
    pub fn after_millis(self, millis: u64) -> Self {
        FileTime(self.0.saturating_add(millis * TICKS_PER_MILLI))
    }

    /// The time this many milliseconds earlier.
    #[must_use]
    pub fn before_millis(self, millis: u64) -> Self {
        FileTime(self.0.saturating_sub(millis * TICKS_PER_MILLI))
    }

    /// `2026-11-24T21:14:02.122000000Z`, as Splunk's XML has it.
    pub fn to_nanos_text(self) -> String {
        let c = self.civil();
        format!("{}.{:07}00Z", c.seconds_text('T'), c.ticks)
    }

    /// `2026-11-24 21:14:02.118`, as Sysmon's UtcTime has it.
    pub fn to_sysmon_text(self) -> String {
        let c = self.civil();
        format!("{}.{:03}", c.seconds_text(' '), c.ticks / TICKS_PER_MILLI)
    }

    /// `2026-11-24T21:14:02.122Z`, as Elastic has it.
    pub fn to_millis_text(self) -> String {
        let c = self.civil();
        format!("{}.{:03}Z", c.seconds_text('T'), c.ticks / TICKS_PER_MILLI)
    }

    /// `2026-11-24T21:14:02.122000+00:00`, as NXLog has it.
    pub fn to_nxlog_text(self) -> String {
        let c = self.civil();
        format!("{}.{:06}+00:00", c.seconds_text('T'), c.ticks / 10)
    }

    /// `Nov 24 21:14:02`, as syslog has it.
    pub fn to_syslog_text(self) -> String {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let c = self.civil();
        let month =
            MONTHS.iter().zip(1..).find(|(_, number)| *number == c.month).map_or("Jan", |(name, _)| name);
        format!("{month} {:>2} {:02}:{:02}:{:02}", c.day, c.hour, c.minute, c.second)
    }

    /// `2026-11-24T21:14:02.118000+0000`, as Suricata has it.
    pub fn to_eve_text(self) -> String {
        let c = self.civil();
        format!("{}.{:06}+0000", c.seconds_text('T'), c.ticks / 10)
    }

    /// `1795554842.118`, as auditd and Zeek have it.
    pub fn to_epoch_text(self) -> String {
        format!("{}.{:03}", self.unix_seconds(), self.0 / TICKS_PER_MILLI % 1000)
    }

    /// Seconds since 1970, as Sysmon puts it in a ProcessGuid.
    pub fn unix_seconds(self) -> u32 {
        u32::try_from((self.0 / 10_000_000).saturating_sub(11_644_473_600)).unwrap_or(u32::MAX)
    }

    /// By Howard Hinnant's `civil_from_days`, which counts years from March.
    fn civil(self) -> Civil {
        let (days, ticks) = (self.0 / TICKS_PER_DAY + DAYS_TO_1601, self.0 % TICKS_PER_DAY);
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let seconds = ticks / 10_000_000;
        Civil {
            year: era * 400 + year_of_era + u64::from(month <= 2),
            month,
            day: of_year - (153 * from_march + 2) / 5 + 1,
            hour: seconds / 3_600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            ticks: ticks % 10_000_000,
        }
    }
}

impl Civil {
    fn seconds_text(&self, between: char) -> String {
        let Civil { year, month, day, hour, minute, second, .. } = self;
        format!("{year:04}-{month:02}-{day:02}{between}{hour:02}:{minute:02}:{second:02}")
    }
}

/// `2026-11-24T21:14:02.1220000Z`, as evtx_dump and Windows have it.
impl fmt::Display for FileTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = self.civil();
        write!(f, "{}.{:07}Z", c.seconds_text('T'), c.ticks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_times_they_say() {
        assert_eq!(FileTime::ATTACK.to_sysmon_text(), "2026-11-24 21:14:02.118");
        assert_eq!(FileTime::MIDNIGHT.to_nanos_text(), "2026-11-24T00:00:00.000000000Z");
        assert_eq!(FileTime::ATTACK.unix_seconds(), 1_795_554_842);
        assert_eq!(FileTime::ATTACK.to_epoch_text(), "1795554842.118");
        assert_eq!(FileTime::ATTACK.to_eve_text(), "2026-11-24T21:14:02.118000+0000");
    }

    #[test]
    fn leap_days_and_new_years_are_counted() {
        let days = |count: u64| FileTime(count * TICKS_PER_DAY).to_millis_text();
        assert_eq!(days(0), "1601-01-01T00:00:00.000Z");
        assert_eq!(days(134_774), "1970-01-01T00:00:00.000Z");
        assert_eq!(days(134_774 + 19_782), "2024-02-29T00:00:00.000Z");
    }

    #[test]
    fn syslog_pads_the_day() {
        assert_eq!(FileTime(134_774 * TICKS_PER_DAY).to_syslog_text(), "Jan  1 00:00:00");
    }
}
