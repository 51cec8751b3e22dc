//! The `search` command: two-valued, values in any case, wildcards, networks; OR binds tighter than AND.

use crate::data::{self, Row};
use crate::random::Random;
use crate::value::{self, SIGNS, Sign};

#[derive(Debug)]
pub(crate) enum Predicate {
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
    Not(Box<Predicate>),
    Compare(&'static str, Sign, &'static str),
    Case(&'static str, &'static str),
    In(&'static str, Vec<&'static str>),
}

const PATTERNS: [&str; 12] =
    ["*", "a*", "*b", "*B*", "A*B", "1*", "*.exe", "C:\\TEMP\\*", "*\"*", "10.0.0.*", "1*0", "*\\*"];
const NETWORKS: [&str; 6] =
    ["10.0.0.0/8", "10.0.0.0/24", "10.0.0.128/25", "0.0.0.0/0", "2001:db8::/32", "192.168.0.1/32"];

pub(crate) fn predicate(random: &mut Random, depth: usize) -> Predicate {
    let several =
        |random: &mut Random| (0..2 + random.below(2)).map(|_| predicate(random, depth - 1)).collect();
    match if depth == 0 { 9 } else { random.below(10) } {
        0 | 1 => Predicate::And(several(random)),
        2 | 3 => Predicate::Or(several(random)),
        4 => Predicate::Not(Box::new(predicate(random, depth - 1))),
        5 => Predicate::In(
            random.of(&data::FIELDS),
            (0..1 + random.below(3)).map(|_| wanted(random)).collect(),
        ),
        6 => Predicate::Case(random.of(&data::FIELDS), random.of(&["abc", "ABC", "a*", "Ab*", "1"])),
        _ => Predicate::Compare(random.of(&data::FIELDS), random.of(&SIGNS).0, wanted(random)),
    }
}

fn wanted(random: &mut Random) -> &'static str {
    match random.below(4) {
        0 => random.of(&PATTERNS),
        1 => random.of(&NETWORKS),
        _ => random.of(&data::VALUES),
    }
}

/// The text, with parentheses where the grammar needs them, and sometimes where it does not.
pub(crate) fn written(predicate: &Predicate, random: &mut Random) -> String {
    let needless = random.chance(15);
    let text = match predicate {
        Predicate::And(parts) => {
            let sign = if random.chance(50) { " " } else { " AND " };
            let inside = |part: &Predicate| matches!(part, Predicate::And(_));
            parts.iter().map(|part| inner(part, inside(part), random)).collect::<Vec<_>>().join(sign)
        }
        // OR binds tighter, so only an AND within it needs parentheses.
        Predicate::Or(parts) => {
            let inside = |part: &Predicate| matches!(part, Predicate::And(_) | Predicate::Or(_));
            parts.iter().map(|part| inner(part, inside(part), random)).collect::<Vec<_>>().join(" OR ")
        }
        Predicate::Not(part) => {
            let group = matches!(**part, Predicate::And(_) | Predicate::Or(_));
            format!("NOT {}", inner(part, group, random))
        }
        Predicate::Compare(field, sign, value) => {
            let sign = SIGNS.iter().find(|(known, _)| known == sign).unwrap().1;
            format!("{field}{sign}{}", literal(value, random))
        }
        Predicate::Case(field, value) => format!("{field}=CASE({value})"),
        Predicate::In(field, values) => {
            let values: Vec<_> = values.iter().map(|value| literal(value, random)).collect();
            format!("{field} IN ({})", values.join(", "))
        }
    };
    if needless { format!("({text})") } else { text }
}

fn inner(part: &Predicate, group: bool, random: &mut Random) -> String {
    let text = written(part, random);
    if group { format!("({text})") } else { text }
}

fn literal(value: &str, random: &mut Random) -> String {
    let bare = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "*._-/:".contains(c));
    if bare && random.chance(50) { value.to_owned() } else { value::quoted(value) }
}

pub(crate) fn holds(predicate: &Predicate, row: &Row) -> bool {
    match predicate {
        Predicate::And(parts) => parts.iter().all(|part| holds(part, row)),
        Predicate::Or(parts) => parts.iter().any(|part| holds(part, row)),
        Predicate::Not(part) => !holds(part, row),
        Predicate::Compare(field, sign, wanted) => compares(data::values(row, field), *sign, wanted),
        Predicate::Case(field, wanted) => {
            let wanted: Vec<char> = wanted.chars().collect();
            let is_equal = |text: &&str| value::matches_wildcard(&wanted, &text.chars().collect::<Vec<_>>());
            data::values(row, field).iter().any(is_equal)
        }
        Predicate::In(field, wanted) => {
            wanted.iter().any(|wanted| compares(data::values(row, field), Sign::Equal, wanted))
        }
    }
}

fn compares(values: &[&str], sign: Sign, wanted: &str) -> bool {
    match sign {
        Sign::Equal => values.iter().any(|text| equals(text, wanted)),
        // Without the field nothing differs from the value; of several values none may be equal.
        Sign::NotEqual => !values.is_empty() && !values.iter().any(|text| equals(text, wanted)),
        _ => values.iter().any(|text| value::satisfies(sign, value::compare(text, wanted))),
    }
}

fn equals(text: &str, wanted: &str) -> bool {
    let chars = |text: &str| text.to_lowercase().chars().collect::<Vec<_>>();
    value::matches_wildcard(&chars(wanted), &chars(text)) || value::in_network(wanted, text) == Some(true)
}
