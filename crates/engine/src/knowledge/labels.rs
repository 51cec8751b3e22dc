//! Event types and tags: names for searches, and names for values of fields (Splunk Knowledge Manager Manual,
//! "About event types", "About tags and aliases").

use std::collections::{BTreeMap, BTreeSet};

use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::macros::{self, Macros};
use sluice_spl::span::Span;
use sluice_spl::tree::{CompareOp, Search, SearchKind, SearchValue, ValueForm};

use crate::conf::Stanzas;
use crate::wildcard::Matcher;

/// The field of an event's types.
pub(crate) const EVENT_TYPE: &str = "eventtype";
/// The field of its tags.
pub(crate) const TAG: &str = "tag";
/// The tags of one field: `tag::host`.
pub(crate) const TAG_OF: &str = "tag::";

/// Event types and tags within one another.
const MAX_DEPTH: usize = 16;
/// Event types and tags that one search may stand for.
const MAX_LABELS: usize = 10_000;

/// Event types and tags.
#[derive(Debug, Clone, Default)]
pub(crate) struct Labels {
    /// Searches by name.
    event_types: BTreeMap<String, String>,
    /// Field and value, by tag.
    tags: BTreeMap<String, BTreeSet<(String, String)>>,
}

/// Whether a field's values are labels.
pub(crate) fn is_label(field: &str) -> bool {
    field == EVENT_TYPE || field == TAG || field.starts_with(TAG_OF)
}

impl Labels {
    /// From `eventtypes.conf` and `tags.conf`.
    pub(super) fn new(event_types: Stanzas, tags: Stanzas) -> Self {
        let mut labels = Self::default();
        for (name, mut settings) in event_types {
            let disabled = settings.get("disabled").is_some_and(|value| is_on(value));
            if let Some(search) = settings.remove("search").filter(|_| !disabled) {
                labels.event_types.insert(name, search);
            }
        }
        for (stanza, settings) in tags {
            let Some((field, value)) = stanza.split_once('=') else { continue };
            let pair = (field.trim().to_owned(), percent_decoded(value.trim()));
            for (tag, state) in settings {
                if state.trim().eq_ignore_ascii_case("enabled") {
                    labels.tags.entry(tag).or_default().insert(pair.clone());
                }
            }
        }
        labels
    }

    /// The search with its comparisons of event types and tags replaced by what these stand for. `None` if it asks
    /// otherwise than by equality: then the fields themselves are needed.
    ///
    /// # Errors
    /// When an event type's search is wrong, or they stand for one another in a circle.
    pub(crate) fn expand(&self, search: &Search, macros: &Macros) -> Result<Option<Search>, Diagnostic> {
        if self.event_types.is_empty() && self.tags.is_empty() || !only_equal(search) {
            return Ok(None);
        }
        let mut expansion = Expansion { labels: self, macros, open: Vec::new(), left: MAX_LABELS };
        expansion.search(search, search.span, true).map(Some)
    }

    /// The event types whose names match, each with its search in full.
    pub(super) fn event_types(&self, macros: &Macros, span: Span) -> Result<Vec<(&str, Search)>, Diagnostic> {
        let mut expansion = Expansion { labels: self, macros, open: Vec::new(), left: MAX_LABELS };
        self.event_types.keys().map(|name| Ok((name.as_str(), expansion.event_type(name, span)?))).collect()
    }

    /// The tags of a field, or of all fields, each with the search that it stands for.
    pub(super) fn tags(
        &self,
        of: Option<&str>,
        macros: &Macros,
        span: Span,
    ) -> Result<Vec<(&str, Search)>, Diagnostic> {
        let mut expansion = Expansion { labels: self, macros, open: Vec::new(), left: MAX_LABELS };
        let mut found = Vec::new();
        for (tag, pairs) in &self.tags {
            let mut any = Vec::new();
            for (field, value) in pairs.iter().filter(|(field, _)| of.is_none_or(|of| of == field)) {
                any.push(expansion.tagged(field, value, span)?);
            }
            if !any.is_empty() {
                found.push((tag.as_str(), one_of(any, span)));
            }
        }
        Ok(found)
    }
}

/// Whether event types and tags are compared by `=` and `IN` alone.
fn only_equal(search: &Search) -> bool {
    match &search.kind {
        SearchKind::And(parts) | SearchKind::Or(parts) => parts.iter().all(only_equal),
        SearchKind::Not(inner) | SearchKind::Group(inner) => only_equal(inner),
        SearchKind::Compare(field, op, _) => *op == CompareOp::Equal || !is_label(field),
        _ => true,
    }
}

/// Labels being replaced.
struct Expansion<'a> {
    labels: &'a Labels,
    macros: &'a Macros,
    /// The event types that the search at hand stands within.
    open: Vec<String>,
    left: usize,
}

impl Expansion<'_> {
    /// `keeps`: an event's own field of that name counts, too.
    // Recursion is bounded by the parser's limit on nesting and by MAX_DEPTH.
    fn search(&mut self, search: &Search, span: Span, keeps: bool) -> Result<Search, Diagnostic> {
        let kind = match &search.kind {
            SearchKind::And(parts) => SearchKind::And(self.all(parts, span, keeps)?),
            SearchKind::Or(parts) => SearchKind::Or(self.all(parts, span, keeps)?),
            SearchKind::Not(inner) => SearchKind::Not(Box::new(self.search(inner, span, keeps)?)),
            SearchKind::Group(inner) => SearchKind::Group(Box::new(self.search(inner, span, keeps)?)),
            SearchKind::Compare(field, CompareOp::Equal, value) if is_label(field) => {
                let own = keeps.then(|| search.clone());
                return self.labelled(field, std::slice::from_ref(value), own, span);
            }
            SearchKind::In(field, values) if is_label(field) => {
                let own = keeps.then(|| search.clone());
                return self.labelled(field, values, own, span);
            }
            other => other.clone(),
        };
        Ok(Search { kind, span })
    }

    fn all(&mut self, parts: &[Search], span: Span, keeps: bool) -> Result<Vec<Search>, Diagnostic> {
        parts.iter().map(|part| self.search(part, span, keeps)).collect()
    }

    /// What an event type or tag of one of these names stands for.
    fn labelled(
        &mut self,
        field: &str,
        values: &[SearchValue],
        own: Option<Search>,
        span: Span,
    ) -> Result<Search, Diagnostic> {
        let labels = self.labels;
        let matchers: Vec<Matcher> =
            values.iter().map(|value| Matcher::new(&value.text, value.form == ValueForm::Case)).collect();
        let wanted = |name: &str| matchers.iter().any(|matcher| matcher.matches(name));
        let mut any: Vec<Search> = own.into_iter().collect();
        if field == EVENT_TYPE {
            for name in labels.event_types.keys().filter(|name| wanted(name)) {
                any.push(self.event_type(name, span)?);
            }
            return Ok(one_of(any, span));
        }
        let of = field.strip_prefix(TAG_OF);
        let tags = labels.tags.iter().filter(|(tag, _)| wanted(tag)).flat_map(|(_, pairs)| pairs);
        let pairs: BTreeSet<_> = tags.filter(|(field, _)| of.is_none_or(|of| of == field)).collect();
        for (field, value) in pairs {
            any.push(self.tagged(field, value, span)?);
        }
        Ok(one_of(any, span))
    }

    fn tagged(&mut self, field: &str, value: &str, span: Span) -> Result<Search, Diagnostic> {
        if field == EVENT_TYPE {
            return match self.labels.event_types.contains_key(value) {
                true => self.event_type(value, span),
                // An app may tag the event types of another that is not there.
                false => Ok(one_of(Vec::new(), span)),
            };
        }
        self.count(field, span)?;
        let value = SearchValue { text: value.to_owned(), quoted: true, form: ValueForm::Plain };
        Ok(Search { kind: SearchKind::Compare(field.to_owned(), CompareOp::Equal, value), span })
    }

    fn event_type(&mut self, name: &str, span: Span) -> Result<Search, Diagnostic> {
        self.count(name, span)?;
        if self.open.iter().any(|open| open == name) || self.open.len() >= MAX_DEPTH {
            let path = self.open.join("`, `");
            let message = format!("event type `{name}` stands for itself, within `{path}`");
            return Err(Diagnostic::error(code::MACRO_RECURSION, span, message)
                .with_help("an event type's search may not need the event type or its tags"));
        }
        let text = self.labels.event_types.get(name).map_or("", String::as_str);
        let wrong = |errors: Vec<Diagnostic>| wrong(name, &errors, span);
        let expanded = macros::expand(text, self.macros).map_err(wrong)?;
        let (search, _) = sluice_spl::parse_search(&expanded.text).map_err(wrong)?;
        self.open.push(name.to_owned());
        let search = self.search(&search, span, false);
        self.open.pop();
        Ok(Search { kind: SearchKind::Group(Box::new(search?)), span })
    }

    fn count(&mut self, name: &str, span: Span) -> Result<(), Diagnostic> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            let message = format!("more than {MAX_LABELS} event types and tags, at `{name}`");
            Diagnostic::error(code::TOO_DEEP, span, message).with_help("ask for fewer, by longer names")
        })?;
        Ok(())
    }
}

fn wrong(name: &str, errors: &[Diagnostic], span: Span) -> Diagnostic {
    let why = errors.first().map_or("it is not a search", |error| error.message.as_str());
    Diagnostic::error(code::UNEXPECTED_TOKEN, span, format!("event type `{name}`: {why}"))
        .with_help("event types come from eventtypes.conf of the app folders that --app names")
}

/// One of these; of none, nothing.
fn one_of(mut any: Vec<Search>, span: Span) -> Search {
    let at = |kind| Search { kind, span };
    match any.len() {
        0 => at(SearchKind::Not(Box::new(at(SearchKind::All)))),
        1 => any.remove(0),
        _ => at(SearchKind::Group(Box::new(at(SearchKind::Or(any))))),
    }
}

fn is_on(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "1" | "t" | "true" | "yes" | "y")
}

/// The stanzas of `tags.conf` write values as URLs do: `source=XmlWinEventLog%3ASecurity`.
fn percent_decoded(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf;

    fn labels(event_types: &str, tags: &str) -> Labels {
        let read = |text: &str| {
            let mut stanzas = Stanzas::new();
            conf::merge(text, &mut stanzas);
            stanzas
        };
        Labels::new(read(event_types), read(tags))
    }

    /// What a search stands for, as text.
    fn expanded(labels: &Labels, text: &str) -> Result<String, &'static str> {
        let (search, _) = sluice_spl::parse_search(text).unwrap();
        let found = labels.expand(&search, &Macros::default()).map_err(|error| error.code)?;
        Ok(found.map_or_else(|| "as fields".to_owned(), |search| sluice_spl::print_search(&search)))
    }

    #[test]
    fn event_types_and_tags_become_what_they_stand_for() {
        let labels = labels(
            "[p]\nsearch = EventCode=1\n[n]\nsearch = EventCode=3 NOT a=b\n[off]\nsearch = *\ndisabled = 1\n",
            "[eventtype=p]\nprocess = enabled\nnet = disabled\n[eventtype=n]\nnet = enabled\n\
             [host=web%2A]\nnet = enabled\n[eventtype=elsewhere]\nprocess = enabled\n",
        );
        let cases = [
            ("eventtype=p x=1", "(eventtype=p OR (EventCode=1)) x=1"),
            ("eventtype=off", "eventtype=off"),
            ("NOT tag=process", "NOT (tag=process OR NOT * OR (EventCode=1))"),
            ("tag=net", "(tag=net OR (EventCode=3 NOT a=b) OR host=\"web*\")"),
            ("tag::host=net", "(tag::host=net OR host=\"web*\")"),
            ("tag IN (proc*, none)", "(tag IN (proc*, none) OR NOT * OR (EventCode=1))"),
            ("tag!=net", "as fields"),
        ];
        for (text, wanted) in cases {
            assert_eq!(expanded(&labels, text).as_deref(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn event_types_may_need_others_but_not_themselves() {
        let labels = labels(
            "[a]\nsearch = eventtype=b\n[b]\nsearch = x=1\n[c]\nsearch = tag=t\n[d]\nsearch = (\n",
            "[eventtype=c]\nt = enabled\n",
        );
        assert_eq!(expanded(&labels, "eventtype=a").as_deref(), Ok("(eventtype=a OR ((x=1)))"));
        assert_eq!(expanded(&labels, "eventtype=c"), Err(code::MACRO_RECURSION));
        assert_eq!(expanded(&labels, "eventtype=d"), Err(code::UNEXPECTED_TOKEN));
    }
}
