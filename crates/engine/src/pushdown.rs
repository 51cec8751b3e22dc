//! What a query asks of an event, as far as the event alone answers it: the conditions of the query's first
//! commands, as a [`Filter`] that readers check before they decode.
//!
//! The commands are walked from the front. What `eval` assigns is put in where it is used, and a condition
//! on the result of `if` or `case` becomes one on what they choose by:
//! `eval a=if(match(x, "y"), 1, 0) | where a=1` asks for an `x` that matches. So does one on what `rex` or `lookup`
//! finds by a field. Whatever is not understood asks for nothing, so the filter lets too much pass, never too little.
//! The walk ends at the first command for which rows matter that a later one would drop; groups that a later one drops
//! by the fields that they are called by matter as little as their rows.

mod expr;
mod literals;
mod made;
mod search;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use sluice_events::field;
use sluice_events::filter::{Condition, Filter, FilterBuilder, Holds, Made, Only};
use sluice_spl::ops::{Assignment, Extend, Filter as FilterOp, Lookup, Name, Op, Project, ProjectMode, Rex};
use sluice_spl::tree::{Expr, ExprKind, Search};

use crate::knowledge::Knowledge;
use crate::lower::rename;
use crate::lower::scan::TimeRange;
use crate::needed::matches;
use crate::{pattern, wildcard};
use made::Found;

/// Expressions that are looked at; assignments that use one another may make no end of them.
const BUDGET: usize = 20_000;

/// The filter of a query that begins with a search of these times and goes on with `rest`. `needs_all` says which commands
/// must know the fields of all their rows.
///
/// `repeated` are fields that some event has several values of: those compare by other rules.
pub(crate) fn filter(
    predicate: &Search,
    times: TimeRange,
    rest: &[Op],
    (repeated, needs_all): (&BTreeSet<String>, fn(&Op) -> bool),
    knowledge: &Knowledge,
) -> Option<Arc<Filter>> {
    let rest: Vec<Cow<'_, Op>> = rest.iter().map(filled).collect();
    let mut walk = Walk {
        repeated,
        knowledge,
        assigned: Vec::new(),
        derived: Vec::new(),
        builder: FilterBuilder::default(),
        budget: BUDGET,
        asked: HashMap::new(),
        literals: BTreeMap::new(),
    };
    let mut parts = vec![walk.search(predicate, true, 0)];
    for op in &rest {
        if needs_all(op) && !walk.knows_fields_of(op) {
            break;
        }
        match walk.through(op) {
            Some(part) => parts.push(part),
            None => break,
        }
    }
    if times.earliest.is_some() || times.latest.is_some() {
        let (from, to) = (times.earliest.unwrap_or(f64::NEG_INFINITY), times.latest.unwrap_or(f64::INFINITY));
        walk.builder.within(from, to);
    }
    walk.builder.finish(Condition::all(parts)).map(Arc::new)
}

/// `fillnull value=x a` as `eval a=coalesce(a, "x")`.
fn filled(op: &Op) -> Cow<'_, Op> {
    let Op::FillNull(fill) = op else { return Cow::Borrowed(op) };
    if fill.fields.is_empty() || fill.fields.iter().any(Name::is_pattern) {
        return Cow::Borrowed(op);
    }
    let assignment = |name: &Name| {
        let at = |kind| Expr { kind, span: name.span };
        let choices = vec![at(ExprKind::Field(name.text.clone())), at(ExprKind::Text(fill.value.clone()))];
        Assignment { target: name.clone(), expr: at(ExprKind::Call("coalesce".to_owned(), choices)) }
    };
    Cow::Owned(Op::Extend(Extend { assignments: fill.fields.iter().map(assignment).collect() }))
}

/// Commands on the way, and what they said so far.
struct Walk<'a> {
    repeated: &'a BTreeSet<String>,
    knowledge: &'a Knowledge,
    /// Fields that are no longer the event's own of that name, in order.
    assigned: Vec<(Cow<'a, str>, Origin<'a>)>,
    /// What commands find by other fields.
    derived: Vec<Derived<'a>>,
    builder: FilterBuilder,
    budget: usize,
    /// What conditions ask for that values are chosen by, each as seen after so many assignments.
    asked: HashMap<(*const Expr, usize), (Condition, Condition)>,
    /// What was found for regexes so far: an assignment is looked at wherever its field is used.
    literals: BTreeMap<String, Vec<String>>,
}

/// A test on a value.
#[derive(Clone)]
struct Test {
    /// Equal keys, equal tests.
    key: String,
    /// See [`FilterBuilder::test`].
    literals: Vec<String>,
    /// See [`FilterBuilder::told_by_literals`].
    is_told: bool,
    /// See [`FilterBuilder::only`].
    only: Option<Only>,
    holds: Holds,
}

/// Metadata that some readers know of an event before they decode it: what props.conf goes by.
const KINDS: [&str; 2] = [field::SOURCE, field::SOURCETYPE];

/// In place of a field's name: all fields.
const ALL: &str = "*";

/// Where a field's value comes from.
#[derive(Clone, Copy)]
enum Origin<'a> {
    /// The event's field of this name.
    Event(&'a str),
    /// An expression, which sees the first so many assignments.
    Expr(&'a Expr, usize),
    /// What a `rex` found: which of the derived fields it is.
    Found(usize),
    /// What a `lookup` found, which may be several values.
    Looked(usize),
    /// There is none.
    Null,
    /// It is not known.
    Unknown,
}

/// What a command finds by another field.
struct Derived<'a> {
    /// The field, which is seen after the first so many assignments.
    of: &'a str,
    scope: usize,
    found: Found,
    /// What it gives where it finds nothing.
    otherwise: Option<String>,
}

impl<'a> Walk<'a> {
    /// What a command asks for; `None` if nothing can be said of it and those after it.
    fn through(&mut self, op: &'a Op) -> Option<Condition> {
        let scope = self.assigned.len();
        match op {
            Op::Filter(FilterOp::Search(search)) => return Some(self.search(search, true, scope)),
            Op::Filter(FilterOp::Where(expr)) => return Some(self.expr(expr, true, scope)),
            Op::Extend(extend) => {
                for assignment in &extend.assignments {
                    let origin = Origin::Expr(&assignment.expr, self.assigned.len());
                    self.assigned.push((Cow::Borrowed(&assignment.target.text), origin));
                }
            }
            Op::Rename(rename) => {
                for (from, to) in &rename.pairs {
                    if from.is_pattern() {
                        self.rename_all(&from.text, &to.text);
                        continue;
                    }
                    let origin = self.origin(&from.text, self.assigned.len());
                    self.forget([&*from.text]);
                    self.assigned.push((Cow::Borrowed(&to.text), origin));
                }
            }
            Op::Rex(rex) => {
                let pattern = pattern::compile(&rex.pattern.text).ok()?;
                let found = pattern
                    .names()
                    .map(|(_, name)| (Cow::Owned(name.to_owned()), self.found_by_rex(rex, name)));
                let found: Vec<_> = found.collect();
                for (name, derived) in found {
                    let origin =
                        derived.map_or(Origin::Unknown, |derived| Origin::Found(self.derive(derived)));
                    self.assigned.push((name, origin));
                }
                self.forget(rex.offset_field.iter().map(|name| &*name.text));
            }
            Op::Sed(sed) => self.forget([&*sed.field.text]),
            Op::Select(select) => self.forget([&*select.output.text]),
            Op::ToJson(json) => self.forget([&*json.output.text]),
            Op::Bin(bin) => self.forget([&*bin.target.text]),
            Op::FillNull(fill) => self.forget(fill.fields.iter().map(|name| &*name.text)),
            Op::Lookup(lookup) => {
                let looked: Vec<_> = lookup
                    .outputs
                    .iter()
                    .map(|(column, _)| self.found_by_lookup(lookup, &column.text))
                    .collect();
                for ((_, name), derived) in lookup.outputs.iter().zip(looked) {
                    let origin =
                        derived.map_or(Origin::Unknown, |derived| Origin::Looked(self.derive(derived)));
                    self.assigned.push((Cow::Borrowed(&name.text), origin));
                }
            }
            Op::Convert(convert) => {
                self.forget(
                    convert.conversions.iter().map(|one| &*one.target.as_ref().unwrap_or(&one.field).text),
                );
            }
            Op::Split(split) => self.forget([&*split.field.text]),
            Op::Expand(expand) => self.forget([&*expand.field.text]),
            Op::Single(field) => self.forget([&*field.text]),
            Op::Replace(replace) => self.forget(replace.fields.iter().map(|name| &*name.text)),
            Op::RelativeTime(pairs) => self.forget(pairs.iter().map(|(_, target)| &*target.text)),
            Op::Format(_) => {}
            Op::Project(project) if project.mode == ProjectMode::Drop => {
                for name in &project.fields {
                    let names = self.known_names().filter(|known| matches(name, known)).cloned();
                    let names: Vec<_> = names.chain([Cow::Borrowed(&*name.text)]).collect();
                    self.assigned.extend(names.into_iter().map(|name| (name, Origin::Unknown)));
                }
            }
            Op::Project(project) => self.keep(project),
            // What is said of a group by what it is called is said of each of its rows.
            Op::Aggregate(aggregate) => {
                self.only(aggregate.by.iter().map(|name| &*name.text), Origin::Null);
                self.forget(aggregate.calls.iter().map(|call| &*call.name.text));
            }
            _ => return None,
        }
        Some(Condition::Always)
    }

    /// These fields stay, all others go.
    fn keep(&mut self, project: &'a Project) {
        let internal = [field::TIME, field::RAW].into_iter().filter(|_| project.mode == ProjectMode::Keep);
        self.only(project.fields.iter().map(|name| name.text.as_str()).chain(internal), Origin::Unknown);
    }

    /// What `rex` gives a field that has had no value.
    fn found_by_rex(&self, rex: &'a Rex, name: &str) -> Option<Derived<'a>> {
        let scope = self.assigned.len();
        let before = self.assigned.iter().rev().find(|(known, _)| known == name || known == ALL);
        let is_new = matches!(before, Some((_, Origin::Null)));
        let found = if is_new { Found::of_rex(rex, name)? } else { return None };
        Some(Derived { of: &rex.field.text, scope, found, otherwise: None })
    }

    /// What `lookup` gives for a column.
    fn found_by_lookup(&self, lookup: &'a Lookup, column: &str) -> Option<Derived<'a>> {
        let [(_, of)] = lookup.keys.as_slice() else { return None };
        if lookup.keep_existing {
            return None;
        }
        let (table, definition) = self.knowledge.lookup(&lookup.name.text)?.ok()?;
        let otherwise = definition.given_for(0).map(str::to_owned);
        let found = Found::of_lookup(lookup, column, table, definition)?;
        Some(Derived { of: &of.text, scope: self.assigned.len(), found, otherwise })
    }

    fn derive(&mut self, derived: Derived<'a>) -> usize {
        self.derived.push(derived);
        self.derived.len() - 1
    }

    /// The same of fields by name; what becomes of the others.
    fn only(&mut self, names: impl Iterator<Item = &'a str>, others: Origin<'a>) {
        let kept: Vec<_> =
            names.map(|name| (Cow::Borrowed(name), self.origin(name, self.assigned.len()))).collect();
        self.assigned.push((Cow::Borrowed(ALL), others));
        self.assigned.extend(kept);
    }

    /// Whether an op that must know all fields of its rows finds them among those that are known.
    fn knows_fields_of(&self, op: &Op) -> bool {
        let is_drop = |project: &Project| project.mode == ProjectMode::Drop;
        let looks_up = matches!(op, Op::Rename(_)) || matches!(op, Op::Project(project) if is_drop(project));
        looks_up && self.assigned.iter().any(|(name, _)| name == ALL)
    }

    /// The fields that there may be since all others were dropped; those that are gone may be among them.
    fn known_names(&self) -> impl Iterator<Item = &Cow<'a, str>> {
        let all = self.assigned.iter().rposition(|(name, _)| name == ALL);
        self.assigned.iter().skip(all.map_or(self.assigned.len(), |at| at + 1)).map(|(name, _)| name)
    }

    /// The fields that a pattern covers get other names.
    fn rename_all(&mut self, from: &str, to: &str) {
        let known: BTreeSet<Cow<'a, str>> = self.known_names().cloned().collect();
        let mut given = BTreeSet::new();
        for name in &known {
            let Some(parts) = wildcard::captures(from, name) else { continue };
            let target = rename::filled(to, &parts);
            let found = self.assigned.iter().rev().find(|(known, _)| known == name);
            // Of two fields that get one name, it is not said which stays.
            let origin = match found {
                Some((_, origin)) if !known.contains(target.as_str()) && given.insert(target.clone()) => {
                    *origin
                }
                _ => Origin::Unknown,
            };
            self.assigned.push((name.clone(), Origin::Unknown));
            self.assigned.push((Cow::Owned(target), origin));
        }
    }

    /// These fields are no longer the event's own.
    fn forget(&mut self, fields: impl IntoIterator<Item = &'a str>) {
        self.assigned.extend(fields.into_iter().map(|field| (Cow::Borrowed(field), Origin::Unknown)));
    }

    /// Where a field's value comes from, seen after `scope` assignments.
    fn origin(&self, field: &'a str, scope: usize) -> Origin<'a> {
        let before = self.assigned.get(..scope).unwrap_or_default();
        let found = before.iter().rev().find(|(name, _)| name == field || name == ALL);
        match found.map_or(Origin::Event(field), |(_, origin)| *origin) {
            Origin::Event(name) if self.repeated.contains(name) => Origin::Unknown,
            origin => origin,
        }
    }

    /// That a field of the event, or what is made of it, passes a test, or that it does not.
    fn test(&mut self, field: &str, made: Option<Made>, test: Test, positive: bool) -> Condition {
        // A multivalue name stands for many places in the event.
        if field.contains("{}") || field::is_metadata(field) && !KINDS.contains(&field) {
            return Condition::Always;
        }
        let Test { key, literals, is_told, only, holds } = test;
        let id = match made {
            Some(made) => self.builder.test_of(field, (made, positive), &key, literals, holds),
            None => self.builder.test(field, key, literals, holds),
        };
        let Some(id) = id else { return Condition::Always };
        if let Some(only) = only {
            self.builder.only(id, only);
        }
        if is_told {
            self.builder.told_by_literals(id);
        }
        if positive { Condition::Holds(id) } else { Condition::Fails(id) }
    }
}
