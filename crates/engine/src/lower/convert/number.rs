//! Text as a number, in the ways that `convert` knows.

use crate::value::{Cell, parse_number};

/// In any way: a plain number, one with commas, a duration, memory.
pub(super) fn any(cell: &Cell<'_>) -> Option<f64> {
    cell.number().or_else(|| {
        let text = cell.text()?;
        grouped(&text).or_else(|| duration(&text)).or_else(|| minutes(&text)).or_else(|| memory(&text))
    })
}

/// `1,000,000.5`
fn grouped(text: &str) -> Option<f64> {
    if text.contains(',') { parse_number(&text.replace(',', "")) } else { None }
}

/// `[D+]HH:MM:SS` in seconds.
pub(super) fn duration(text: &str) -> Option<f64> {
    let (days, clock) = text.split_once('+').unwrap_or(("0", text));
    let mut parts = clock.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Some(whole(days)? * 86_400.0 + whole(hours)? * 3_600.0 + whole(minutes)? * 60.0 + positive(seconds)?)
}

/// `[MM:]SS.SSS` in seconds.
pub(super) fn minutes(text: &str) -> Option<f64> {
    match text.split_once(':') {
        Some((minutes, seconds)) => Some(whole(minutes)? * 60.0 + positive(seconds)?),
        None => positive(text),
    }
}

/// `3m` in kilobytes; without a letter it says kilobytes.
pub(super) fn memory(text: &str) -> Option<f64> {
    let text = text.trim_end();
    let factor = match text.bytes().last()? {
        b'k' | b'K' => 1.0,
        b'm' | b'M' => 1_024.0,
        b'g' | b'G' => 1_048_576.0,
        _ => return positive(text),
    };
    Some(positive(text.get(..text.len() - 1)?.trim_end())? * factor)
}

/// The number that a text begins with: `212 sec`.
pub(super) fn leading(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = sign + digits(sign);
    if bytes.get(end) == Some(&b'.') {
        let decimals = digits(end + 1);
        // `5.` and `.5` are numbers, `.` is none.
        if decimals > 0 || end > sign {
            end += 1 + decimals;
        }
    }
    let exponent = matches!(bytes.get(end), Some(b'e' | b'E'))
        .then(|| end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+'))))
        .filter(|&from| digits(from) > 0);
    if let Some(from) = exponent {
        end = from + digits(from);
    }
    parse_number(text.get(..end)?)
}

fn whole(text: &str) -> Option<f64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| parse_number(text)).flatten()
}

fn positive(text: &str) -> Option<f64> {
    text.bytes().next()?.is_ascii_digit().then(|| parse_number(text)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_minutes() {
        assert_eq!(duration("00:10:15"), Some(615.0));
        assert_eq!(duration("2+01:00:00.5"), Some(176_400.5));
        assert_eq!(minutes("01:02.250"), Some(62.25));
        assert_eq!(minutes("7.5"), Some(7.5));
        for text in ["", "10:15", "1:2:3:4", "a:b:c", "+1:2:3", "1:-2:3"] {
            assert_eq!(duration(text), None, "{text}");
        }
        assert_eq!(minutes("-1:30"), None);
    }

    #[test]
    fn memory_has_letters() {
        assert_eq!(memory("512"), Some(512.0));
        assert_eq!(memory("1.5m"), Some(1_536.0));
        assert_eq!(memory("2 G"), Some(2_097_152.0));
        assert_eq!(memory("-3k"), None);
        assert_eq!(memory("k"), None);
        assert_eq!(memory("10é"), None);
    }

    #[test]
    fn a_unit_is_what_follows_a_number() {
        assert_eq!(leading("212 sec"), Some(212.0));
        assert_eq!(leading("-1.5e3x"), Some(-1500.0));
        assert_eq!(leading("5e"), Some(5.0));
        assert_eq!(leading("10.0.0.1"), Some(10.0));
        assert_eq!(leading("5."), Some(5.0));
        for text in ["", "sec", ".", "-", "é1"] {
            assert_eq!(leading(text), None, "{text}");
        }
    }
}
