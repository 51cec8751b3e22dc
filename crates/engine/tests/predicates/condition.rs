//! Conditions of `where`: true, false or null; values with case; AND binds tighter than OR, OR than XOR.

use crate::data::{self, Row};
use crate::random::Random;
use crate::value::{self, SIGNS, Sign};

#[derive(Debug)]
pub(crate) enum Condition {
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Xor(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    Compare(&'static str, Sign, Right),
    In(&'static str, Vec<Right>),
    Like(&'static str, &'static str),
    /// A regex that is a literal text, and whether it must stand at the start.
    Match(&'static str, &'static str, bool),
    Network(&'static str, &'static str),
    IsNull(&'static str),
    IsNotNull(&'static str),
    /// `if(condition, "y", "n")="y"`
    If(Box<Condition>),
}

#[derive(Debug)]
pub(crate) enum Right {
    Number(&'static str),
    Text(&'static str),
    Field(&'static str),
}

pub(crate) fn condition(random: &mut Random, depth: usize) -> Condition {
    let inner = |random: &mut Random| Box::new(condition(random, depth - 1));
    match if depth == 0 { 6 + random.below(10) } else { random.below(16) } {
        0 | 1 => Condition::And(inner(random), inner(random)),
        2 | 3 => Condition::Or(inner(random), inner(random)),
        4 => match random.below(3) {
            0 => Condition::Xor(inner(random), inner(random)),
            _ => Condition::If(inner(random)),
        },
        5 => Condition::Not(inner(random)),
        6 => Condition::In(
            random.of(&data::FIELDS),
            (0..1 + random.below(3)).map(|_| literal(random)).collect(),
        ),
        7 => Condition::Like(
            random.of(&data::SINGLE),
            random.of(&["a%", "%B%", "a_b", "1%", "%", "C:%", "", "%.%"]),
        ),
        8 => Condition::Match(
            random.of(&data::SINGLE),
            random.of(&["a", "B", "1", "10", "é"]),
            random.chance(50),
        ),
        9 => Condition::Network(random.of(&["10.0.0.0/8", "10.0.0.0/24", "2001:db8::/32"]), "ip"),
        10 => Condition::IsNull(random.of(&data::FIELDS)),
        11 => Condition::IsNotNull(random.of(&data::FIELDS)),
        _ => {
            let right =
                if random.chance(25) { Right::Field(random.of(&data::FIELDS)) } else { literal(random) };
            Condition::Compare(random.of(&data::FIELDS), random.of(&SIGNS).0, right)
        }
    }
}

fn literal(random: &mut Random) -> Right {
    if random.chance(40) {
        Right::Number(random.of(&["1", "9", "10", "100", "0.5", "1.0"]))
    } else {
        Right::Text(random.of(&data::VALUES))
    }
}

pub(crate) fn written(condition: &Condition, random: &mut Random) -> String {
    let needless = random.chance(10);
    let text = match condition {
        Condition::And(left, right) => pair(condition, left, "AND", right, random),
        Condition::Or(left, right) => pair(condition, left, "OR", right, random),
        Condition::Xor(left, right) => pair(condition, left, "XOR", right, random),
        Condition::Not(inner) => {
            let text = written(inner, random);
            if strength(inner) < 4 { format!("NOT ({text})") } else { format!("NOT {text}") }
        }
        Condition::Compare(field, sign, right) => {
            let signs: Vec<_> =
                SIGNS.iter().filter(|(known, _)| known == sign).map(|(_, text)| *text).collect();
            format!("{field} {} {}", signs[0], right.written())
        }
        Condition::In(field, list) => {
            let list: Vec<_> = list.iter().map(Right::written).collect();
            format!("{field} IN ({})", list.join(", "))
        }
        Condition::Like(field, pattern) => format!("like({field}, {})", value::quoted(pattern)),
        Condition::Match(field, text, start) => {
            format!("match({field}, \"{}{text}\")", if *start { "^" } else { "" })
        }
        Condition::Network(network, field) => format!("cidrmatch(\"{network}\", {field})"),
        Condition::IsNull(field) => format!("isnull({field})"),
        Condition::IsNotNull(field) => format!("isnotnull({field})"),
        Condition::If(inner) => format!("if({}, \"y\", \"n\")=\"y\"", written(inner, random)),
    };
    if needless { format!("({text})") } else { text }
}

impl Right {
    fn written(&self) -> String {
        match self {
            Right::Number(text) | Right::Field(text) => (*text).to_owned(),
            Right::Text(text) => value::quoted(text),
        }
    }
}

/// How tightly a condition holds together.
fn strength(condition: &Condition) -> usize {
    match condition {
        Condition::Xor(..) => 0,
        Condition::Or(..) => 1,
        Condition::And(..) => 2,
        Condition::Not(_) => 3,
        _ => 4,
    }
}

fn pair(whole: &Condition, left: &Condition, sign: &str, right: &Condition, random: &mut Random) -> String {
    let side = |part: &Condition, random: &mut Random| {
        let text = written(part, random);
        if strength(part) <= strength(whole) { format!("({text})") } else { text }
    };
    format!("{} {sign} {}", side(left, random), side(right, random))
}

/// Null is neither true nor false.
pub(crate) fn truth(condition: &Condition, row: &Row) -> Option<bool> {
    let single = |field: &str| data::values(row, field).first().copied();
    match condition {
        Condition::And(left, right) => match (truth(left, row), truth(right, row)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (left, right) => left.and(right),
        },
        Condition::Or(left, right) => match (truth(left, row), truth(right, row)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (left, right) => left.and(right),
        },
        Condition::Xor(left, right) => Some(truth(left, row)? != truth(right, row)?),
        Condition::Not(inner) => truth(inner, row).map(|truth| !truth),
        Condition::Compare(field, sign, right) => compares(data::values(row, field), *sign, right, row),
        Condition::In(field, list) => {
            let left = data::values(row, field);
            let found = list.iter().any(|right| compares(left, Sign::Equal, right, row) == Some(true));
            (!left.is_empty()).then_some(found)
        }
        Condition::Like(field, pattern) => single(field).map(|text| value::matches_like(pattern, text)),
        Condition::Match(field, wanted, true) => single(field).map(|text| text.starts_with(wanted)),
        Condition::Match(field, wanted, false) => single(field).map(|text| text.contains(wanted)),
        Condition::Network(network, field) => single(field).and_then(|text| value::in_network(network, text)),
        Condition::IsNull(field) => Some(single(field).is_none()),
        Condition::IsNotNull(field) => Some(single(field).is_some()),
        Condition::If(inner) => Some(truth(inner, row) == Some(true)),
    }
}

/// As numbers where both sides look like numbers, but against a quoted text as text. Of several values any may
/// compare so, and none may be equal for `!=`.
fn compares(left: &[&str], sign: Sign, right: &Right, row: &Row) -> Option<bool> {
    let others: Vec<&str> = match right {
        Right::Number(text) => vec![if *text == "1.0" { "1" } else { text }],
        Right::Text(text) => vec![text],
        Right::Field(field) => data::values(row, field).to_vec(),
    };
    if left.is_empty() || others.is_empty() {
        return None;
    }
    let order = |left: &str, right_text: &str| match right {
        Right::Text(_) => left.as_bytes().cmp(right_text.as_bytes()),
        _ => value::compare(left, right_text),
    };
    let any =
        |sign| others.iter().any(|other| left.iter().any(|text| value::satisfies(sign, order(text, other))));
    Some(if sign == Sign::NotEqual { !any(Sign::Equal) } else { any(sign) })
}
