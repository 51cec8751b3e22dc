//! Time modifiers: `-1d@d`, `@w1`, epoch seconds, `11/24/2026:00:00:00`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The moment that a modifier names, counted from `now` in the user's zone.
pub fn apply(_: Timestamp, _: &TimeZone, _: &str) -> Option<Timestamp> {
    None
}
