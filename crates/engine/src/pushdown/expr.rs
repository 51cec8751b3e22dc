//! Conditions of `where` and `eval` as conditions on the event.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use sluice_events::filter::{Condition, Made, Only};
use sluice_spl::tree::{BinaryOp, CompareOp, Expr, ExprKind, UnaryOp};

use super::made::Found;
use super::{Derived, Origin, Test, Walk, literals};
use crate::function::comparison::{cidrmatch, like};
use crate::lower::capture::FIRST;
use crate::pattern;
use crate::value::{self, Cell};

/// Functions of texts within one another that are looked through.
const MOST_FUNCTIONS: usize = 16;

/// A side of a comparison.
pub(super) enum Side<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    /// A field of the event, or what is found in its text.
    Field(&'a str, Option<Found>),
    /// No value.
    Null,
    /// One of several values, or what is made of it.
    Choice(Choice<'a>, Option<Found>),
    Unknown,
}

/// One of several values.
pub(super) struct Choice<'a> {
    /// Each with the condition that it is chosen by, if that is known.
    pub(super) values: Vec<(Option<&'a Expr>, &'a Expr)>,
    /// Conditions and values see the first so many assignments.
    pub(super) scope: usize,
}

impl Side<'_> {
    /// What is made of its text.
    pub(super) fn made(self, made: Found) -> Self {
        match self {
            Self::Field(field, before) => Self::Field(field, Some(made.after(before))),
            Self::Choice(choice, before) => Self::Choice(choice, Some(made.after(before))),
            Self::Null => Self::Null,
            Self::Text(text) => match (made.make)(&text) {
                Ok(Some(number)) if made.is_number => number.parse().map_or(Self::Unknown, Self::Number),
                Ok(Some(text)) => Self::Text(Cow::Owned(text.into_owned())),
                Ok(None) => Self::Null,
                Err(_) => Self::Unknown,
            },
            Self::Number(_) | Self::Unknown => Self::Unknown,
        }
    }

    /// The number that was made, and another, or less it.
    fn plus(self, is_less: bool, number: &str) -> Self {
        let sum = |made: Option<Found>| made?.plus(is_less, number);
        match self {
            Self::Number(one) => number.parse().map_or(Self::Unknown, |other: f64| {
                Self::Number(if is_less { one - other } else { one + other })
            }),
            Self::Field(field, made) => sum(made).map_or(Self::Unknown, |sum| Self::Field(field, Some(sum))),
            Self::Choice(choice, made) => {
                sum(made).map_or(Self::Unknown, |sum| Self::Choice(choice, Some(sum)))
            }
            _ => Self::Unknown,
        }
    }
}

impl<'a> Walk<'a> {
    /// That a field of the event, or what is found in it, passes a test, or that it does not.
    pub(super) fn passes(
        &mut self,
        field: &str,
        found: Option<Found>,
        test: Test,
        positive: bool,
    ) -> Condition {
        match found {
            Some(found) => {
                let test = Test { literals: found.literals(&test), is_told: false, only: None, ..test };
                let Found { key, make, .. } = found;
                self.test(field, Some(Made { key, make }), test, positive)
            }
            None => self.test(field, None, test, positive),
        }
    }

    /// What must hold of an event for which the condition is true; if not `positive`, for which it is false.
    // Recursion is bounded by the budget, and by the parser's limit on nesting.
    pub(super) fn expr(&mut self, expr: &'a Expr, positive: bool, scope: usize) -> Condition {
        let Some(budget) = self.budget.checked_sub(1) else { return Condition::Always };
        self.budget = budget;
        match &expr.kind {
            ExprKind::Field(name) => match self.origin(name, scope) {
                Origin::Expr(expr, scope) => self.expr(expr, positive, scope),
                _ => Condition::Always,
            },
            ExprKind::Unary(UnaryOp::Not, inner) => self.expr(inner, !positive, scope),
            ExprKind::Binary(op @ (BinaryOp::And | BinaryOp::Or), left, right) => {
                let both = [self.expr(left, positive, scope), self.expr(right, positive, scope)];
                // Of `a AND b` that is false, one is false.
                if (*op == BinaryOp::And) == positive { Condition::all(both) } else { Condition::any(both) }
            }
            ExprKind::Binary(BinaryOp::Compare(op), left, right) => {
                let (left, right) = (self.side(left, scope), self.side(right, scope));
                self.compare(*op, left, right, positive, true)
            }
            ExprKind::In(inner, list) => self.one_of(inner, list, positive, scope),
            ExprKind::Call(name, args) => self.call(name, args, positive, scope),
            _ => Condition::Always,
        }
    }

    fn one_of(&mut self, inner: &'a Expr, list: &'a [Expr], positive: bool, scope: usize) -> Condition {
        let mut parts = Vec::new();
        for item in list {
            let (left, right) = (self.side(inner, scope), self.side(item, scope));
            parts.push(self.compare(CompareOp::Equal, left, right, positive, true));
        }
        if positive { Condition::any(parts) } else { Condition::all(parts) }
    }

    fn call(&mut self, name: &str, args: &'a [Expr], positive: bool, scope: usize) -> Condition {
        match (name, args) {
            ("true", []) => always(positive),
            ("false", []) => always(!positive),
            ("isnull", [value]) => self.has_value(value, !positive, scope),
            ("isnotnull", [value]) => self.has_value(value, positive, scope),
            ("match", [text, regex]) => self.matches(text, regex, positive, scope),
            ("like", [text, pattern]) => self.like(text, pattern, positive, scope),
            ("cidrmatch", [net, address]) => self.in_network(net, address, positive, scope),
            ("in", [inner, list @ ..]) => self.one_of(inner, list, positive, scope),
            ("if", [condition, then, otherwise]) => {
                let choice = Choice { values: vec![(Some(condition), then), (None, otherwise)], scope };
                self.chosen(&choice, |walk, value| walk.expr(value, positive, scope))
            }
            ("case", _) => {
                let choice = Choice { values: branches(args).collect(), scope };
                self.chosen(&choice, |walk, value| walk.expr(value, positive, scope))
            }
            _ => Condition::Always,
        }
    }

    /// That there is a value, or that there is none.
    fn has_value(&mut self, value: &'a Expr, positive: bool, scope: usize) -> Condition {
        let side = match &value.kind {
            ExprKind::Field(name) => match self.origin(name, scope) {
                Origin::Looked(at)
                    if self.derived.get(at).is_some_and(|looked| looked.otherwise.is_none()) =>
                {
                    self.derived(at, 0)
                }
                _ => self.side(value, scope),
            },
            _ => self.side(value, scope),
        };
        self.is_there(side, positive)
    }

    /// The same of a side.
    // Recursion is bounded by the budget.
    fn is_there(&mut self, side: Side<'a>, positive: bool) -> Condition {
        let Some(budget) = self.budget.checked_sub(1) else { return Condition::Always };
        self.budget = budget;
        match side {
            Side::Text(_) | Side::Number(_) => always(positive),
            Side::Null => always(!positive),
            Side::Field(field, found) => {
                let holds = Arc::new(|_: &str| true);
                let test = Test {
                    key: "any value".to_owned(),
                    literals: Vec::new(),
                    is_told: false,
                    only: None,
                    holds,
                };
                self.passes(field, found, test, positive)
            }
            Side::Choice(choice, made) => {
                let chosen = self.choice(&choice, &made, |walk, side| walk.is_there(side, positive));
                if positive { chosen } else { Condition::any([chosen, self.none_chosen(&choice)]) }
            }
            Side::Unknown => Condition::Always,
        }
    }

    /// That a side's text passes a test, or that it has one that does not.
    // Recursion is bounded by the budget.
    fn side_passes(&mut self, side: Side<'a>, test: &Test, positive: bool) -> Condition {
        let Some(budget) = self.budget.checked_sub(1) else { return Condition::Always };
        self.budget = budget;
        match side {
            Side::Field(field, found) => self.passes(field, found, test.clone(), positive),
            Side::Choice(choice, made) => {
                self.choice(&choice, &made, |walk, side| walk.side_passes(side, test, positive))
            }
            Side::Text(text) => always((test.holds)(&text) == positive),
            Side::Null => Condition::Never,
            Side::Number(_) | Side::Unknown => Condition::Always,
        }
    }

    /// What holds of one of the values, under its condition, where those before it are not true.
    pub(super) fn choice(
        &mut self,
        choice: &Choice<'a>,
        made: &Option<Found>,
        mut of_value: impl FnMut(&mut Self, Side<'a>) -> Condition,
    ) -> Condition {
        self.chosen(choice, |walk, value| {
            let side = walk.side(value, choice.scope);
            let side = match made {
                Some(made) => side.made(made.clone()),
                None => side,
            };
            of_value(walk, side)
        })
    }

    fn chosen(
        &mut self,
        choice: &Choice<'a>,
        mut of_value: impl FnMut(&mut Self, &'a Expr) -> Condition,
    ) -> Condition {
        let Choice { values, scope } = choice;
        let is_first_value = is_first_value(values);
        let mut parts = Vec::new();
        let mut before = Vec::new();
        for (condition, value) in values {
            let by = condition.map(|condition| self.asked_by(condition, *scope));
            let chosen = match &by {
                Some((met, _)) => met.clone(),
                None if is_first_value => self.has_value(value, true, *scope),
                None => Condition::Always,
            };
            parts.push(Condition::all(before.iter().cloned().chain([of_value(self, value), chosen])));
            match by {
                Some((_, not_met)) => before.push(not_met),
                None if is_first_value => before.push(self.has_value(value, false, *scope)),
                None => {}
            }
        }
        Condition::any(parts)
    }

    /// What must hold of an event for which a condition is true, and of one for which it is not. It is found out once: a
    /// data model chooses each of its fields by one.
    fn asked_by(&mut self, condition: &'a Expr, scope: usize) -> (Condition, Condition) {
        let place = (std::ptr::from_ref(condition), scope);
        if let Some(known) = self.asked.get(&place) {
            return known.clone();
        }
        let asked = (self.expr(condition, true, scope), self.not_true(condition, scope));
        self.asked.insert(place, asked.clone());
        asked
    }

    /// None of the conditions is true, so there is no value.
    pub(super) fn none_chosen(&mut self, choice: &Choice<'a>) -> Condition {
        let Choice { values, scope } = choice;
        let is_first_value = is_first_value(values);
        let conditions = values.iter().map(|(condition, value)| match condition {
            Some(condition) => self.not_true(condition, *scope),
            None if is_first_value => self.has_value(value, false, *scope),
            None => Condition::Never,
        });
        Condition::all(conditions.collect::<Vec<_>>())
    }

    /// What must hold of an event for which the condition is false or null.
    fn not_true(&mut self, expr: &'a Expr, scope: usize) -> Condition {
        match &expr.kind {
            ExprKind::Binary(BinaryOp::And, left, right) => {
                Condition::any([self.not_true(left, scope), self.not_true(right, scope)])
            }
            ExprKind::Binary(BinaryOp::Or, left, right) => {
                Condition::all([self.not_true(left, scope), self.not_true(right, scope)])
            }
            // A test of a field that is null fails, as one that is false does.
            ExprKind::Binary(BinaryOp::Compare(_), left, right)
                if self.is_plain(left, scope) && self.is_plain(right, scope) =>
            {
                self.expr(expr, false, scope)
            }
            ExprKind::Binary(BinaryOp::Compare(_), left, right) => Condition::any([
                self.expr(expr, false, scope),
                self.has_value(left, false, scope),
                self.has_value(right, false, scope),
            ]),
            ExprKind::Call(name, _) if matches!(name.as_str(), "isnull" | "isnotnull" | "true") => {
                self.expr(expr, false, scope)
            }
            ExprKind::Call(name, args)
                if matches!(name.as_str(), "match" | "like")
                    && args.iter().all(|arg| self.is_plain(arg, scope)) =>
            {
                self.expr(expr, false, scope)
            }
            _ => Condition::Always,
        }
    }

    /// Whether it is a constant or a field of the event.
    fn is_plain(&self, expr: &'a Expr, scope: usize) -> bool {
        matches!(self.side(expr, scope), Side::Text(_) | Side::Number(_) | Side::Field(..))
    }

    fn matches(&mut self, text: &'a Expr, regex: &'a Expr, positive: bool, scope: usize) -> Condition {
        let Side::Text(regex) = self.side(regex, scope) else { return Condition::Always };
        let regex = regex.as_ref();
        let Ok(pattern) = pattern::compile(regex) else { return Condition::Always };
        let literals = match self.literals.get(regex) {
            Some(known) => known.clone(),
            None => {
                let found = pattern.necessary().map(literals::of_regex).unwrap_or_default();
                self.literals.insert(regex.to_owned(), found.clone());
                found
            }
        };
        // A search that is given up is an error, which the row itself must meet: it never speaks against it.
        let holds = Arc::new(move |value: &str| pattern.is_match(value).unwrap_or(positive));
        let test =
            Test { key: format!("match {positive} {regex}"), literals, is_told: false, only: None, holds };
        let side = self.side(text, scope);
        self.side_passes(side, &test, positive)
    }

    fn like(&mut self, text: &'a Expr, pattern: &'a Expr, positive: bool, scope: usize) -> Condition {
        let (Side::Field(field, found), Side::Text(pattern)) =
            (self.side(text, scope), self.side(pattern, scope))
        else {
            return Condition::Always;
        };
        let has_wildcard = pattern.contains(['%', '_']);
        let literal = literals::of_pattern(&pattern.replace('_', "%"), '%');
        let literals = literal.filter(|_| has_wildcard || found.is_some()).into_iter().collect();
        let owned = pattern.clone().into_owned();
        let holds = Arc::new(move |value: &str| like::covers(&owned, value));
        let test = Test { key: format!("like {pattern}"), literals, is_told: false, only: None, holds };
        self.passes(field, found, test, positive)
    }

    fn in_network(&mut self, net: &'a Expr, address: &'a Expr, positive: bool, scope: usize) -> Condition {
        let (Side::Text(net), Side::Field(field, found)) = (self.side(net, scope), self.side(address, scope))
        else {
            return Condition::Always;
        };
        let network = cidrmatch::network(&net);
        let holds = Arc::new(move |value: &str| cidrmatch::is_inside(network, value));
        let test =
            Test { key: format!("cidrmatch {net}"), literals: Vec::new(), is_told: false, only: None, holds };
        self.passes(field, found, test, positive)
    }

    /// What a side of a comparison is, with assignments put in.
    pub(super) fn side(&self, expr: &'a Expr, scope: usize) -> Side<'a> {
        self.side_of(expr, scope, 0)
    }

    /// The same within so many functions of texts.
    fn side_of(&self, expr: &'a Expr, scope: usize, depth: usize) -> Side<'a> {
        let (mut expr, mut scope) = (expr, scope);
        loop {
            return match &expr.kind {
                ExprKind::Text(text) => Side::Text(Cow::Borrowed(text)),
                ExprKind::Number(number) => number.parse().map_or(Side::Unknown, Side::Number),
                ExprKind::Field(name) => match self.origin(name, scope) {
                    Origin::Event(name) => Side::Field(name, None),
                    // Each step goes to an earlier assignment.
                    Origin::Expr(earlier, before) => {
                        (expr, scope) = (earlier, before);
                        continue;
                    }
                    Origin::Found(at) if depth < MOST_FUNCTIONS => self.derived(at, depth + 1),
                    Origin::Null => Side::Null,
                    // A lookup may give several values, which compare by other rules.
                    Origin::Found(_) | Origin::Looked(_) | Origin::Unknown => Side::Unknown,
                },
                ExprKind::Binary(op @ (BinaryOp::Add | BinaryOp::Subtract), left, right)
                    if depth < MOST_FUNCTIONS =>
                {
                    let (left, is_less) = (self.side_of(left, scope, depth + 1), *op == BinaryOp::Subtract);
                    match &right.kind {
                        ExprKind::Number(number) => left.plus(is_less, number),
                        _ => Side::Unknown,
                    }
                }
                ExprKind::Call(name, args) => match (name.as_str(), args.as_slice()) {
                    ("if", [condition, then, otherwise]) => {
                        let values = vec![(Some(condition), then), (None, otherwise)];
                        Side::Choice(Choice { values, scope }, None)
                    }
                    ("case", _) => Side::Choice(Choice { values: branches(args).collect(), scope }, None),
                    ("coalesce" | FIRST, _) => {
                        let values = args.iter().map(|arg| (None, arg)).collect();
                        Side::Choice(Choice { values, scope }, None)
                    }
                    ("null", []) => Side::Null,
                    ("mvcount", [Expr { kind: ExprKind::Call(inner, args), .. }])
                        if inner == "split" && depth < MOST_FUNCTIONS =>
                    {
                        match args.as_slice() {
                            [text, Expr { kind: ExprKind::Text(delimiter), .. }] => {
                                self.side_of(text, scope, depth + 1).made(Found::pieces(delimiter))
                            }
                            _ => Side::Unknown,
                        }
                    }
                    (name, [text, args @ ..]) if depth < MOST_FUNCTIONS => match Found::of_call(name, args) {
                        Some(made) => self.side_of(text, scope, depth + 1).made(made),
                        None => Side::Unknown,
                    },
                    _ => Side::Unknown,
                },
                _ => Side::Unknown,
            };
        }
    }

    /// What was made of an earlier field, within so many functions of texts.
    // Recursion is bounded by the depth.
    pub(super) fn derived(&self, at: usize, depth: usize) -> Side<'a> {
        let Some(Derived { of, scope, found, .. }) = self.derived.get(at) else { return Side::Unknown };
        let side = match self.origin(of, *scope) {
            Origin::Event(name) => Side::Field(name, None),
            Origin::Expr(expr, scope) => self.side_of(expr, scope, depth),
            Origin::Found(before) if depth < MOST_FUNCTIONS => self.derived(before, depth + 1),
            Origin::Null => Side::Null,
            Origin::Found(_) | Origin::Looked(_) | Origin::Unknown => Side::Unknown,
        };
        side.made(found.clone())
    }

    /// `is_written`: one side is a constant where it stands, not the value of `if` or `case`, whose type
    /// depends on its other values.
    fn compare(
        &mut self,
        op: CompareOp,
        left: Side<'a>,
        right: Side<'a>,
        positive: bool,
        is_written: bool,
    ) -> Condition {
        match (left, right) {
            (Side::Choice(choice, made), Side::Text(other)) => self.choice(&choice, &made, |walk, side| {
                walk.compare(op, side, Side::Text(other.clone()), positive, true)
            }),
            (Side::Choice(choice, made), Side::Number(other)) => self.choice(&choice, &made, |walk, side| {
                walk.compare(op, side, Side::Number(other), positive, false)
            }),
            (Side::Null, _) | (_, Side::Null) => Condition::Never,
            (constant @ (Side::Text(_) | Side::Number(_)), side @ (Side::Choice(..) | Side::Field(..))) => {
                self.compare(mirrored(op), side, constant, positive, is_written)
            }
            (Side::Text(left), Side::Text(right)) if !both_numbers(&left, &right) => {
                always(value::satisfies(op, left.cmp(&right)) == positive)
            }
            (Side::Number(left), Side::Number(right)) => match left.partial_cmp(&right) {
                Some(ordering) => always(value::satisfies(op, ordering) == positive),
                None => Condition::Always,
            },
            (Side::Field(field, found), Side::Number(number)) => {
                let holds = Arc::new(move |value: &str| {
                    satisfies(op, value::compare(&Cell::Text(value), &Cell::Number(number)))
                });
                let (key, only) = (format!("{op:?} {number:?}"), only_numbers(op, number));
                let test = Test { key, literals: Vec::new(), is_told: false, only, holds };
                self.passes(field, found, test, positive)
            }
            (Side::Field(field, found), Side::Text(text)) if is_written && !is_number(&found) => {
                let owned = text.clone().into_owned();
                let holds = Arc::new(move |value: &str| value::satisfies(op, value.cmp(owned.as_str())));
                // What is found in a text stands in it.
                let literals = match (&found, op) {
                    (Some(_), CompareOp::Equal) => literals::of_pattern(&text, '\0').into_iter().collect(),
                    _ => Vec::new(),
                };
                let only = (op == CompareOp::Equal).then(|| Only::Texts(vec![text.clone().into_owned()]));
                let test = Test { key: format!("{op:?} {text:?}"), literals, is_told: false, only, holds };
                self.passes(field, found, test, positive)
            }
            _ => Condition::Always,
        }
    }
}

fn is_number(found: &Option<Found>) -> bool {
    found.as_ref().is_some_and(|found| found.is_number)
}

/// The numbers that compare so, and those at the edge.
pub(super) fn only_numbers(op: CompareOp, number: f64) -> Option<Only> {
    match op {
        CompareOp::Equal => Some(Only::Numbers(number, number)),
        CompareOp::Less | CompareOp::LessOrEqual => Some(Only::Numbers(f64::NEG_INFINITY, number)),
        CompareOp::Greater | CompareOp::GreaterOrEqual => Some(Only::Numbers(number, f64::INFINITY)),
        CompareOp::NotEqual => None,
    }
}

/// Whether it is the first value that there is, as `coalesce` gives it.
fn is_first_value(values: &[(Option<&Expr>, &Expr)]) -> bool {
    values.iter().all(|(condition, _)| condition.is_none())
}

pub(super) fn always(holds: bool) -> Condition {
    if holds { Condition::Always } else { Condition::Never }
}

/// In a multivalue field they compare as numbers.
fn both_numbers(left: &str, right: &str) -> bool {
    value::parse_number(left).is_some() && value::parse_number(right).is_some()
}

fn satisfies(op: CompareOp, ordering: Option<Ordering>) -> bool {
    ordering.is_some_and(|ordering| value::satisfies(op, ordering))
}

/// Conditions and values of `case`.
fn branches(args: &[Expr]) -> impl Iterator<Item = (Option<&Expr>, &Expr)> {
    args.as_chunks::<2>().0.iter().map(|[condition, value]| (Some(condition), value))
}

/// The comparison with its sides exchanged.
fn mirrored(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Less => CompareOp::Greater,
        CompareOp::LessOrEqual => CompareOp::GreaterOrEqual,
        CompareOp::Greater => CompareOp::Less,
        CompareOp::GreaterOrEqual => CompareOp::LessOrEqual,
        same @ (CompareOp::Equal | CompareOp::NotEqual) => same,
    }
}
