//! What to take from the instances of a template: its wanted values, found once per template.

use std::ops::Range;

use super::token::{Span, Token, Tokens};
use crate::batch::EventBuilder;
use crate::field;
use crate::format::windows::{Naming, Place, Target};

/// What a template's instances give for the wanted fields.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub picks: Vec<Pick>,
    pub parts: Vec<Part>,
    /// Values that may hold a template of their own, and the place they stand in.
    pub nested: Vec<(u16, Place)>,
    /// Values whose absence leaves out an element, for [`Pick::guards`].
    pub guards: Vec<u16>,
    /// Fields are named by values: the event is read by way of its XML.
    pub is_irregular: bool,
    /// Fields that the filter looks at, by their place in it, and the picks that give them.
    pub checks: Vec<(usize, usize)>,
    /// The text of an event holds what the filter looks for only if a value of it does.
    pub is_silent: bool,
    /// A text is put together from values and others.
    is_mixed: bool,
    text: String,
}

/// A field's value: the text of its parts.
#[derive(Debug)]
pub(super) struct Pick {
    pub target: Target,
    pub parts: Range<usize>,
    /// None of these values may be null.
    pub guards: Range<usize>,
}

/// A part of a value's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Constant { start: usize, end: usize },
    Value(u16),
}

impl Plan {
    pub(super) fn constant(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// For a template whose root element stands in `place`.
    pub(super) fn new(tokens: &Tokens, place: Place, naming: &Naming, events: &EventBuilder) -> Self {
        let mut planner = Planner {
            tokens,
            naming,
            events,
            place,
            plan: Self::default(),
            open: Vec::new(),
            attribute: None,
            targets: Vec::new(),
        };
        tokens.list.iter().for_each(|token| planner.token(*token));
        planner.plan.check(events);
        let is_mixed = planner.plan.is_mixed || planner.plan.is_irregular;
        planner.plan.is_silent =
            !is_mixed && events.raw_filter().is_some_and(|filter| filter.rules_out(tokens.all_text()));
        planner.plan
    }

    fn check(&mut self, events: &EventBuilder) {
        for (at, pick) in self.picks.iter().enumerate() {
            let field = match &pick.target {
                Target::Field(slot) => events.checked().iter().position(|checked| *checked == Some(*slot)),
                Target::Source(_) => events.checked_metadata(field::SOURCE),
                _ => None,
            };
            self.checks.extend(field.map(|field| (field, at)));
        }
    }
}

/// An element that is open.
struct Element {
    name: Span,
    /// Around it.
    parent: Place,
    /// In it.
    inner: Place,
    /// Its attribute `Name`.
    data_name: Option<String>,
    parts: Vec<Part>,
    has_children: bool,
    dependency: Option<u16>,
}

struct Planner<'a> {
    tokens: &'a Tokens,
    naming: &'a Naming,
    events: &'a EventBuilder,
    /// Around the root element.
    place: Place,
    plan: Plan,
    open: Vec<Element>,
    /// The attribute that is being read, and its parts.
    attribute: Option<(Span, Vec<Part>)>,
    targets: Vec<Target>,
}

impl Planner<'_> {
    fn token(&mut self, token: Token) {
        match token {
            Token::Open { name, dependency, .. } => self.open(name, dependency),
            Token::Attribute(name) => self.start_attribute(name),
            Token::Content => self.finish_attribute(),
            Token::Empty | Token::Close => self.close(),
            Token::Text(span) => self.text(span),
            Token::Value { id, .. } => self.value(id),
            Token::Instance(_) => self.plan.is_irregular = true,
        }
    }

    fn open(&mut self, name: Span, dependency: Option<u16>) {
        let parent = self.open.last().map_or(self.place, |element| element.inner);
        if let Some(element) = self.open.last_mut() {
            element.has_children = true;
        }
        let inner = parent.enter(self.tokens.text(name));
        let element = Element {
            name,
            parent,
            inner,
            data_name: None,
            parts: Vec::new(),
            has_children: false,
            dependency,
        };
        self.open.push(element);
    }

    fn start_attribute(&mut self, name: Span) {
        self.finish_attribute();
        self.attribute = Some((name, Vec::new()));
    }

    fn finish_attribute(&mut self) {
        let (Some((name, parts)), Some(element)) = (self.attribute.take(), self.open.last_mut()) else {
            return;
        };
        let (attribute, element_name) = (self.tokens.text(name), self.tokens.text(element.name));
        if element.parent == Place::EventData && attribute == "Name" {
            element.data_name = constant_text(&self.plan, &parts);
            self.plan.is_irregular |= element.data_name.is_none();
            return;
        }
        let targets = self.naming.attribute(element.parent, element_name, attribute).to_vec();
        self.pick(targets, &parts);
    }

    fn text(&mut self, span: Span) {
        let start = self.plan.text.len();
        self.plan.text.push_str(self.tokens.text(span));
        self.part(Part::Constant { start, end: self.plan.text.len() });
    }

    fn value(&mut self, id: u16) {
        self.part(Part::Value(id));
        let Some(element) = self.open.last().filter(|_| self.attribute.is_none()) else { return };
        if element.inner != Place::Nowhere {
            self.plan.nested.push((id, element.inner));
        }
    }

    fn part(&mut self, part: Part) {
        let parts = match (&mut self.attribute, self.open.last_mut()) {
            (Some((_, parts)), _) => parts,
            (None, Some(element)) => &mut element.parts,
            (None, None) => {
                self.plan.is_irregular = true;
                return;
            }
        };
        parts.push(part);
        self.plan.is_mixed |= parts.len() > 1;
    }

    fn close(&mut self) {
        self.finish_attribute();
        let Some(element) = self.open.last_mut() else { return };
        let parts = std::mem::take(&mut element.parts);
        if !element.has_children && !parts.is_empty() {
            let mut targets = std::mem::take(&mut self.targets);
            let name = self.tokens.text(element.name);
            self.naming.leaf(element.parent, name, element.data_name.as_deref(), self.events, |target| {
                targets.push(target.clone());
            });
            self.pick(targets.drain(..), &parts);
            self.targets = targets;
        }
        self.open.pop();
    }

    fn pick(&mut self, targets: impl IntoIterator<Item = Target>, parts: &[Part]) {
        let mut targets = targets.into_iter().peekable();
        if targets.peek().is_none() {
            return;
        }
        let first = self.plan.parts.len();
        self.plan.parts.extend(parts);
        let parts_at = first..self.plan.parts.len();
        let first = self.plan.guards.len();
        // A null value gives no text anyway.
        let needs_guard = |id: &u16| *parts != [Part::Value(*id)];
        self.plan
            .guards
            .extend(self.open.iter().filter_map(|element| element.dependency).filter(needs_guard));
        let guards = first..self.plan.guards.len();
        for target in targets {
            self.plan.picks.push(Pick { target, parts: parts_at.clone(), guards: guards.clone() });
        }
    }
}

fn constant_text(plan: &Plan, parts: &[Part]) -> Option<String> {
    parts
        .iter()
        .map(|part| match part {
            Part::Constant { start, end } => Some(plan.constant(*start, *end)),
            Part::Value(_) => None,
        })
        .collect()
}
