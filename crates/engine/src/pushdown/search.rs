//! Predicates of `search` as conditions on the event.

use std::sync::Arc;

use sluice_events::field;
use sluice_events::filter::Condition;
use sluice_spl::tree::{CompareOp, Search, SearchKind, SearchValue, ValueForm};

use super::{Origin, Test, Walk, literals};
use crate::lower::search::Comparison;

impl Walk<'_> {
    /// What must hold of an event for which the search is true; if not `positive`, for which it is not.
    pub(super) fn search(&mut self, search: &Search, positive: bool, scope: usize) -> Condition {
        let parts = |walk: &mut Self, parts: &[Search]| -> Vec<Condition> {
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
        if !positive || word.len() < 2 || !matches!(self.origin(field::RAW, scope), Origin::Event) {
            return Condition::Always;
        }
        let key = format!("term {word}");
        let test = self.builder.test(field::RAW, key, vec![word.to_owned()], Arc::new(|_| true));
        test.map_or(Condition::Always, Condition::Holds)
    }

    fn found(
        &mut self,
        field: &str,
        op: CompareOp,
        value: &SearchValue,
        positive: bool,
        scope: usize,
    ) -> Condition {
        if !matches!(self.origin(field, scope), Origin::Event) {
            return Condition::Always;
        }
        let comparison = Comparison::new(op, value.form == ValueForm::Case, &value.text);
        let literals = match op {
            CompareOp::Equal => literals::of_wildcard(&value.text, '*'),
            _ => Vec::new(),
        };
        let test = Test {
            key: format!("search {op:?} {:?} {}", value.form, value.text),
            literals,
            holds: Arc::new(move |value| comparison.holds(value)),
        };
        self.test(field, test, positive)
    }
}
