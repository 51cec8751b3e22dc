//! Predicates of `search` as conditions on the event.

use std::sync::Arc;

use sluice_events::field;
use sluice_events::filter::Condition;
use sluice_spl::tree::{CompareOp, Search, SearchKind, SearchValue, ValueForm};

use super::expr::Side;
use super::{Origin, Test, Walk, literals};
use crate::lower::search::Comparison;
use crate::value;

impl<'a> Walk<'a> {
    /// What must hold of an event for which the search is true; if not `positive`, for which it is not.
    pub(super) fn search(&mut self, search: &'a Search, positive: bool, scope: usize) -> Condition {
        let parts = |walk: &mut Self, parts: &'a [Search]| -> Vec<Condition> {
            parts.iter().map(|part| walk.search(part, positive, scope)).collect()
        };
        match &search.kind {
            SearchKind::All | SearchKind::Subsearch(_) => Condition::Always,
            SearchKind::Term(term) => self.term(term, positive, scope),
            SearchKind::And(all) if positive => Condition::all(parts(self, all)),
            SearchKind::And(all) => Condition::any(parts(self, all)),
            SearchKind::Or(any) if positive => Condition::any(parts(self, any)),
            SearchKind::Or(any) => Condition::all(parts(self, any)),
            SearchKind::Not(inner) => self.search(inner, !positive, scope),
            SearchKind::Group(inner) => self.search(inner, positive, scope),
            SearchKind::Compare(field, op, value) => self.found(field, *op, value, positive, scope),
            SearchKind::In(field, values) => {
                let each =
                    values.iter().map(|value| self.found(field, CompareOp::Equal, value, positive, scope));
                if positive { Condition::any(each) } else { Condition::all(each) }
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

    fn found(
        &mut self,
        name: &'a str,
        op: CompareOp,
        value: &SearchValue,
        positive: bool,
        scope: usize,
    ) -> Condition {
        let wanted = Wanted { op, value, positive };
        match self.origin(name, scope) {
            Origin::Event(name) => self.found_in(Side::Field(name), &wanted),
            // What is assigned to `_time` becomes a number, whose text may be another.
            Origin::Expr(..) if name == field::TIME => Condition::Always,
            Origin::Expr(expr, scope) => {
                let side = self.side(expr, scope);
                self.found_in(side, &wanted)
            }
            Origin::Unknown => Condition::Always,
        }
    }

    /// The comparison with what a field has been assigned.
    // Recursion is bounded by the budget.
    fn found_in(&mut self, side: Side<'a>, wanted: &Wanted<'_>) -> Condition {
        let Some(budget) = self.budget.checked_sub(1) else { return Condition::Always };
        self.budget = budget;
        match side {
            Side::Field(name) => self.test(name, wanted.test(), wanted.positive),
            Side::Text(text) => wanted.is_met(text),
            Side::Number(number) => wanted.is_met(&value::number_to_text(number)),
            Side::Choice(values, scope) => {
                let found = self.choice(&values, scope, |walk, value| {
                    let side = walk.side(value, scope);
                    walk.found_in(side, wanted)
                });
                // A field without a value is not found, whatever is looked for.
                if wanted.positive {
                    found
                } else {
                    Condition::any([found, self.none_chosen(&values, scope)])
                }
            }
            Side::Unknown => Condition::Always,
        }
    }
}

/// What a field is compared with.
struct Wanted<'s> {
    op: CompareOp,
    value: &'s SearchValue,
    /// Whether it is to be found, or not to be found.
    positive: bool,
}

impl Wanted<'_> {
    fn comparison(&self) -> Comparison {
        Comparison::new(self.op, self.value.form == ValueForm::Case, &self.value.text)
    }

    /// Whether a known value decides it.
    fn is_met(&self, text: &str) -> Condition {
        if self.comparison().holds(text) == self.positive { Condition::Always } else { Condition::Never }
    }

    fn test(&self) -> Test {
        let comparison = self.comparison();
        let literals = match self.op {
            CompareOp::Equal => literals::of_wildcard(&self.value.text, '*'),
            _ => Vec::new(),
        };
        Test {
            key: format!("search {:?} {:?} {}", self.op, self.value.form, self.value.text),
            literals,
            holds: Arc::new(move |value| comparison.holds(value)),
        }
    }
}
