//! Predicates of `search` as conditions on the event.

use std::collections::HashSet;
use std::sync::Arc;

use ipnet::IpNet;
use sluice_events::field;
use sluice_events::filter::{Condition, Only};
use sluice_spl::tree::{CompareOp, Search, SearchKind, SearchValue, ValueForm};

use super::expr::{Side, always, only_numbers};
use super::{Origin, Test, Walk, literals};
use crate::lower::search::{Comparison, is_caseless};
use crate::value;

impl<'a> Walk<'a> {
    /// What must hold of an event for which the search is true; if not `positive`, for which it is not.
    pub(super) fn search(&mut self, search: &'a Search, positive: bool, scope: usize) -> Condition {
        let parts = |walk: &mut Self, parts: &'a [Search]| -> Vec<Condition> {
            parts.iter().map(|part| walk.search(part, positive, scope)).collect()
        };
        match &search.kind {
            SearchKind::All => always(positive),
            SearchKind::Subsearch(_) | SearchKind::CompareSubsearch(..) => Condition::Always,
            SearchKind::Term(term) => self.term(term, positive, scope),
            SearchKind::And(all) if positive => Condition::all(parts(self, all)),
            SearchKind::And(all) => Condition::any(parts(self, all)),
            SearchKind::Or(any) if positive => Condition::any(parts(self, any)),
            SearchKind::Or(any) => Condition::all(parts(self, any)),
            SearchKind::Not(inner) => self.search(inner, !positive, scope),
            SearchKind::Group(inner) => self.search(inner, positive, scope),
            SearchKind::Compare(_, _, value) if value.form == ValueForm::Time => Condition::Always,
            SearchKind::Compare(field, op, value) => {
                self.found(field, Wanted { op: *op, values: std::slice::from_ref(value), positive }, scope)
            }
            SearchKind::In(field, values) => {
                self.found(field, Wanted { op: CompareOp::Equal, values, positive }, scope)
            }
        }
    }

    /// The word itself is looked for; where it may begin and end is left to the plan.
    fn term(&mut self, term: &SearchValue, positive: bool, scope: usize) -> Condition {
        let words = term.text.split(|c: char| !c.is_ascii_alphanumeric());
        let word = words.max_by_key(|word| word.len()).unwrap_or_default();
        if !positive || word.len() < 2 || !matches!(self.origin(field::RAW, scope), Origin::Event(field::RAW))
        {
            return Condition::Always;
        }
        let key = format!("term {word}");
        let test = self.builder.test(field::RAW, key, vec![word.to_owned()], Arc::new(|_| true));
        test.map_or(Condition::Always, Condition::Holds)
    }

    fn found(&mut self, name: &'a str, wanted: Wanted<'_>, scope: usize) -> Condition {
        match self.origin(name, scope) {
            Origin::Event(field::SOURCETYPE) => self.sourcetype(wanted, scope),
            Origin::Event(name) => self.found_in(Side::Field(name, None), wanted),
            // What is assigned to `_time` becomes a number, whose text may be another.
            Origin::Expr(..) if name == field::TIME => Condition::Always,
            Origin::Expr(expr, scope) => {
                let side = self.side(expr, scope);
                self.found_in(side, wanted)
            }
            Origin::Null => always(!wanted.positive),
            Origin::Looked(at) if self.is_found_by_nothing(at, wanted) => Condition::Always,
            Origin::Found(at) | Origin::Looked(at) => {
                let side = self.derived(at, 0);
                self.found_in(side, wanted)
            }
            Origin::Unknown => Condition::Always,
        }
    }

    /// Whether a lookup gives for no key what is to be found.
    fn is_found_by_nothing(&self, looked: usize, wanted: Wanted<'_>) -> bool {
        let otherwise = self.derived.get(looked).and_then(|looked| looked.otherwise.as_ref());
        wanted.positive && otherwise.is_some_and(|text| (wanted.test(false).holds)(text))
    }

    /// A search for a sourcetype means other names of the same, too: see `lower::search`.
    fn sourcetype(&mut self, wanted: Wanted<'_>, scope: usize) -> Condition {
        let is_own = matches!(self.origin(field::SOURCE, scope), Origin::Event(field::SOURCE));
        if !wanted.positive || wanted.op != CompareOp::Equal || !is_own {
            return Condition::Always;
        }
        let named = |value: &SearchValue| {
            let here = field::sourcetype_here(&value.text);
            here.map(|text| SearchValue { text, ..value.clone() })
        };
        let others: Vec<SearchValue> = wanted.values.iter().filter_map(named).collect();
        let of = |name, values| (Side::Field(name, None), Wanted { values, ..wanted });
        let all = [
            of(field::SOURCETYPE, wanted.values),
            of(field::SOURCETYPE, &others),
            of(field::SOURCE, wanted.values),
        ];
        let any = all.into_iter().filter(|(_, wanted)| !wanted.values.is_empty());
        Condition::any(any.map(|(side, wanted)| self.found_in(side, wanted)).collect::<Vec<_>>())
    }

    /// The comparison with what a field has been assigned.
    // Recursion is bounded by the budget.
    fn found_in(&mut self, side: Side<'a>, wanted: Wanted<'_>) -> Condition {
        let Some(budget) = self.budget.checked_sub(1) else { return Condition::Always };
        self.budget = budget;
        match side {
            Side::Field(name, found) => {
                let test = wanted.test(found.is_some());
                self.passes(name, found, test, wanted.positive)
            }
            Side::Text(text) => wanted.is_met(&text),
            Side::Number(number) => wanted.is_met(&value::number_to_text(number)),
            // What has no value is not found.
            Side::Null => always(!wanted.positive),
            Side::Choice(choice, made) => {
                let found = self.choice(&choice, &made, |walk, side| walk.found_in(side, wanted));
                // A field without a value is not found, whatever is looked for.
                if wanted.positive { found } else { Condition::any([found, self.none_chosen(&choice)]) }
            }
            Side::Unknown => Condition::Always,
        }
    }
}

/// So many values are looked up among words without stars.
const MANY: usize = 8;

/// One of several values that a field is compared with.
#[derive(Clone, Copy)]
struct Wanted<'w> {
    op: CompareOp,
    values: &'w [SearchValue],
    /// Whether it is to be found, or not to be found.
    positive: bool,
}

impl Wanted<'_> {
    /// Whether a known value decides it.
    fn is_met(self, text: &str) -> Condition {
        always((self.test(false).holds)(text) == self.positive)
    }

    /// `of_part`: the value stands in a longer text, which is looked at first.
    fn test(self, of_part: bool) -> Test {
        let mut key = format!("search {:?}", self.op);
        let (mut words, mut comparisons) = (HashSet::new(), Vec::new());
        for value in self.values {
            key.push_str(&format!(" {:?} {:?}", value.form, value.text));
            let is_word = self.op == CompareOp::Equal
                && value.form != ValueForm::Case
                && !value.text.contains(['*', '/']);
            match is_word && self.values.len() >= MANY {
                true => drop(words.insert(value.text.to_lowercase())),
                false => {
                    comparisons.push(Comparison::new(self.op, value.form == ValueForm::Case, &value.text))
                }
            }
        }
        let longest = words.iter().map(String::len).max();
        let is_word = move |value: &str| {
            // A letter may take fewer bytes in lower case: the sign of Kelvin takes three, its `k` one.
            longest.is_some_and(|longest| value.len() <= 3 * longest) && words.contains(&value.to_lowercase())
        };
        Test {
            key,
            literals: self.literals(of_part),
            is_told: self.is_told(),
            only: self.only(),
            holds: Arc::new(move |value| {
                is_word(value) || comparisons.iter().any(|comparison| comparison.holds(value))
            }),
        }
    }

    /// A text without letters is the same in any case.
    fn only(self) -> Option<Only> {
        let is_exact = |value: &SearchValue| {
            let is_plain = !value.text.contains(['*', '/']);
            is_caseless(&value.text) || value.form == ValueForm::Case && is_plain
        };
        match (self.op, self.values) {
            (CompareOp::Equal, values) if values.iter().all(is_exact) => {
                Some(Only::Texts(values.iter().map(|value| value.text.clone()).collect()))
            }
            (CompareOp::Equal | CompareOp::NotEqual, _) => None,
            (op, [value]) => only_numbers(op, value::parse_number(&value.text)?),
            _ => None,
        }
    }

    /// Whether a value is found if it holds one of the literals.
    fn is_told(self) -> bool {
        let is_part = |value: &SearchValue| {
            let inner = value.text.strip_prefix('*').and_then(|text| text.strip_suffix('*'));
            value.form == ValueForm::Plain && inner.is_some_and(|inner| !inner.contains('*'))
        };
        self.op == CompareOp::Equal && self.values.iter().all(is_part)
    }

    fn literals(self, of_part: bool) -> Vec<String> {
        // A value that is compared whole needs no search before; nor does one say what is in a network.
        let are_whole = !of_part && !self.values.iter().any(|value| value.text.contains('*'));
        let are_networks = self.values.iter().any(|value| value.text.parse::<IpNet>().is_ok());
        if self.op != CompareOp::Equal || are_whole || are_networks {
            return Vec::new();
        }
        let each = self.values.iter().map(|value| literals::of_pattern(&value.text, '*'));
        each.collect::<Option<_>>().unwrap_or_default()
    }
}
