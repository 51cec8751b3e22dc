//! The digits of `%a`, `%e`, `%f` and `%g`, and their groups.

/// A number that is not negative, as C writes it.
pub(super) fn digits(conversion: char, precision: Option<usize>, alternate: bool, number: f64) -> String {
    if matches!(conversion, 'a' | 'A') {
        let text = hexadecimal(number, precision);
        return if conversion == 'A' { text.to_uppercase() } else { text };
    }
    let precision = precision.unwrap_or(6);
    match conversion {
        'e' => exponent(number, precision),
        'E' => exponent(number, precision).to_uppercase(),
        'g' => general(number, precision.max(1), alternate),
        'G' => general(number, precision.max(1), alternate).to_uppercase(),
        _ => format!("{number:.precision$}"),
    }
}

/// `1.5e+03`: at least two digits of exponent, with its sign.
fn exponent(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |power| ('-', power));
    format!("{mantissa}e{sign}{power:0>2}")
}

/// `0x1.8p+1`: bits of the fraction in groups of four, all that there are if no precision says how many.
fn hexadecimal(number: f64, precision: Option<usize>) -> String {
    const GROUPS: usize = 13;
    if number == 0.0 {
        let zeros = "0".repeat(precision.unwrap_or(0));
        return format!("0x0{}{zeros}p+0", if zeros.is_empty() { "" } else { "." });
    }
    let bits = number.to_bits();
    let (mut power, mut fraction) = ((bits >> 52 & 0x7ff) as i64 - 1023, bits & ((1 << 52) - 1));
    // A number below the normal ones has no leading 1.
    if power == -1023 {
        let shift = fraction.leading_zeros() - 11;
        fraction = fraction << shift & ((1 << 52) - 1);
        power = -1022 - i64::from(shift);
    }
    let mut mantissa = (1 << 52) | fraction;
    if let Some(kept) = precision.filter(|&kept| kept < GROUPS) {
        let unit = 1_u64 << (4 * (GROUPS - kept));
        let rest = mantissa % unit;
        mantissa -= rest;
        let is_odd = mantissa / unit % 2 == 1;
        if rest > unit / 2 || (rest == unit / 2 && is_odd) {
            mantissa += unit;
        }
    }
    let whole = mantissa >> 52;
    let digits = format!("{:013x}", mantissa & ((1 << 52) - 1));
    let digits = match precision {
        None => digits.trim_end_matches('0').to_owned(),
        Some(kept) => format!("{digits:0<kept$}").chars().take(kept).collect(),
    };
    let point = if digits.is_empty() { "" } else { "." };
    format!("0x{whole}{point}{digits}p{}{}", if power < 0 { '-' } else { '+' }, power.abs())
}

/// The shorter of both with so many significant digits, without zeros at the end.
fn general(number: f64, significant: usize, alternate: bool) -> String {
    let text = exponent(number, significant - 1);
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "+00"));
    let whole: i64 = power.parse().unwrap_or(0);
    let trimmed = |text: &str| {
        let fraction = text.contains('.') && !alternate;
        if fraction { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    if whole < -4 || whole >= significant as i64 {
        return format!("{}e{power}", trimmed(mantissa));
    }
    let decimals = usize::try_from(significant as i64 - 1 - whole).unwrap_or(0);
    trimmed(&format!("{number:.decimals$}"))
}

/// Groups of three digits before the point.
pub(super) fn grouped(digits: &str) -> String {
    let whole = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
    let comma = |at: usize| if at > 0 && at < whole && (whole - at).is_multiple_of(3) { "," } else { "" };
    digits.chars().enumerate().map(|(at, digit)| format!("{}{digit}", comma(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn general_picks_the_shorter() {
        for (number, text) in [
            (0.0, "0"),
            (100_000.0, "100000"),
            (1e6, "1e+06"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (2.5, "2.5"),
        ] {
            assert_eq!(digits('g', None, false, number), text);
        }
        assert_eq!(digits('E', Some(0), false, 1500.0), "2E+03");
        assert_eq!(digits('a', None, false, 1.0), "0x1p+0");
        assert_eq!(digits('a', None, false, 0.1), "0x1.999999999999ap-4");
        assert_eq!(digits('A', Some(2), false, 3.999), "0X2.00P+1");
        assert_eq!(digits('a', Some(1), false, 0.0), "0x0.0p+0");
        assert_eq!(digits('a', None, false, 5e-324), "0x1p-1074");
    }
}
