//! How values compare, in plain words.

use std::cmp::Ordering;
use std::net::IpAddr;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Sign {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

pub(crate) const SIGNS: [(Sign, &str); 6] = [
    (Sign::Equal, "="),
    (Sign::NotEqual, "!="),
    (Sign::Less, "<"),
    (Sign::LessOrEqual, "<="),
    (Sign::Greater, ">"),
    (Sign::GreaterOrEqual, ">="),
];

pub(crate) fn satisfies(sign: Sign, ordering: Ordering) -> bool {
    match sign {
        Sign::Equal => ordering == Ordering::Equal,
        Sign::NotEqual => ordering != Ordering::Equal,
        Sign::Less => ordering == Ordering::Less,
        Sign::LessOrEqual => ordering != Ordering::Greater,
        Sign::Greater => ordering == Ordering::Greater,
        Sign::GreaterOrEqual => ordering != Ordering::Less,
    }
}

/// The number that a text is: sign, digits with at most one point among them, exponent.
pub(crate) fn number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let power = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let is_number = digits(whole) && digits(part) && digits(power) && !power.is_empty();
    if is_number && !(whole.is_empty() && part.is_empty()) { text.parse().ok() } else { None }
}

/// As numbers if both are, else as text.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.partial_cmp(&right).unwrap(),
        _ => left.as_bytes().cmp(right.as_bytes()),
    }
}

/// `*` in a pattern stands for any text.
pub(crate) fn matches_wildcard(pattern: &[char], text: &[char]) -> bool {
    matches(pattern, text, '*', None)
}

/// `%` stands for any text, `_` for one character.
pub(crate) fn matches_like(pattern: &str, text: &str) -> bool {
    let chars = |text: &str| text.chars().collect::<Vec<_>>();
    matches(&chars(pattern), &chars(text), '%', Some('_'))
}

fn matches(pattern: &[char], text: &[char], any: char, one: Option<char>) -> bool {
    match (pattern.first(), text.first()) {
        (None, first) => first.is_none(),
        (Some(c), _) if *c == any => {
            (0..=text.len()).any(|skipped| matches(&pattern[1..], &text[skipped..], any, one))
        }
        (Some(c), Some(first)) => {
            (Some(*c) == one || c == first) && matches(&pattern[1..], &text[1..], any, one)
        }
        (Some(_), None) => false,
    }
}

/// Whether an address lies in a network, `10.0.0.0/8`; `None` if that is no network.
pub(crate) fn in_network(network: &str, address: &str) -> Option<bool> {
    let (base, length) = network.split_once('/')?;
    let base: IpAddr = base.parse().ok()?;
    let length: u32 = length.parse().ok()?;
    let Ok(address) = address.parse() else { return Some(false) };
    Some(match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            let shift = 32 - length;
            u64::from(u32::from(base)) >> shift == u64::from(u32::from(address)) >> shift
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            length == 0 || u128::from(base) >> (128 - length) == u128::from(address) >> (128 - length)
        }
        _ => false,
    })
}

/// In double quotes, as both grammars read it.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
