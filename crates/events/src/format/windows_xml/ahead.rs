//! A look at an event's XML before it is parsed: the names of wanted fields are found by a search, and their
//! values tested.
//!
//! A field is named by the attribute `Name` of an element, or by an element. What the search cannot tell for
//! sure (a name that stands twice, a value with markup in it) it leaves to the parser.

use quick_xml::escape::unescape;

use crate::batch::EventBuilder;
use crate::field;
use crate::filter::{Matcher, Met, Seen, Tests, Words};
use crate::format::{Format, windows_names};

/// A value without entities.
const PLAIN: u8 = 0;
/// A value with entities.
const ESCAPED: u8 = 1;

/// Characters by number may spell anything, names too.
const REFERENCES: [&str; 12] =
    ["&#x", "&#X", "&#0", "&#1", "&#2", "&#3", "&#4", "&#5", "&#6", "&#7", "&#8", "&#9"];

/// Looks at events with a request's filter.
pub(super) struct Ahead {
    matcher: Matcher,
    words: Words,
    /// The field that each word names; `None`: characters by number.
    uses: Vec<Option<usize>>,
    fields: Vec<Told>,
    found: Vec<Found>,
}

/// How a field is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// By its name.
    Named,
    /// It is the whole event.
    Raw,
    /// By no search.
    Unknown,
}

/// What was found of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    /// Its value begins at this place.
    Value(usize),
    Unclear,
}

/// What a name in the XML is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spot {
    /// Not the field's name, but something with the same letters.
    Other,
    /// The name of a field whose value begins at this place.
    Value(usize),
    Unclear,
}

impl Ahead {
    /// `None` if the request has no filter.
    pub(super) fn new(events: &EventBuilder) -> Option<Self> {
        let matcher = events.matcher(Format::WindowsXml)?;
        let mut words: Vec<&str> = REFERENCES.into();
        let mut uses = vec![None; REFERENCES.len()];
        let mut fields = Vec::new();
        for (at, (field, slot)) in matcher.fields().iter().zip(events.checked()).enumerate() {
            let name = slot.and_then(|_| name_of(&field.name));
            fields.push(match name {
                Some(_) => Told::Named,
                None if field.name == field::RAW => Told::Raw,
                None => Told::Unknown,
            });
            if let Some(name) = name {
                words.push(name);
                uses.push(Some(at));
            }
        }
        let words = Words::new(&words)?;
        let found = vec![Found::Nothing; fields.len()];
        Some(Self { matcher, words, uses, fields, found })
    }

    /// What of the filter the event may meet. `scratch` is room for values.
    pub(super) fn met(&mut self, xml: &[u8], scratch: &mut String) -> Met {
        let Self { matcher, words, uses, fields, found } = self;
        found.fill(Found::Nothing);
        let mut is_readable = true;
        words.each(xml, |word, start, end| {
            match uses.get(word).copied().flatten() {
                Some(field) => {
                    if let Some(place) = found.get_mut(field) {
                        *place = place.and(spot(xml, start, end));
                    }
                }
                None => is_readable = false,
            }
            is_readable
        });
        if !is_readable {
            return Met::UNCLEAR;
        }
        let look = &mut |field: usize, tests: Tests<'_>| match (fields.get(field), found.get(field)) {
            (Some(Told::Raw), _) => tests.of_raw(xml),
            (Some(Told::Named), Some(Found::Nothing)) => Seen::Absent,
            (Some(Told::Named), Some(Found::Value(at))) => test(xml, *at, tests, scratch),
            _ => Seen::Unknown,
        };
        let is_certain = &mut |field: usize| match found.get(field) {
            Some(Found::Value(at)) => is_event_data(xml, *at),
            _ => false,
        };
        matcher.met(look, is_certain)
    }
}

impl Found {
    /// With one more occurrence.
    fn and(self, spot: Spot) -> Self {
        match (self, spot) {
            (found, Spot::Other) => found,
            (Self::Nothing, Spot::Value(at)) => Self::Value(at),
            _ => Self::Unclear,
        }
    }
}

/// The name that stands in the XML for a field; `None` if there is more than one way. A name with `_` is
/// written in many ways, for other characters become one.
fn name_of(field: &str) -> Option<&str> {
    match field {
        "EventCode" | "EventID" => Some("EventID"),
        "Data" | "Message" => None,
        _ if windows_names::SYSTEM.iter().any(|(_, names)| names.contains(&field)) => None,
        _ => (field.len() > 2 && field.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(field),
    }
}

/// What the letters of a name at `start..end` are.
fn spot(xml: &[u8], start: usize, end: usize) -> Spot {
    let before = start.checked_sub(1).and_then(|at| xml.get(at)).copied().unwrap_or(0);
    let after = xml.get(end).copied().unwrap_or(0);
    match (before, after) {
        // Part of a longer name or word; only letters make a name another name for sure.
        (b'a'..=b'z' | b'A'..=b'Z', _) => Spot::Other,
        (b'\'', b'\'') | (b'"', b'"') => named_value(xml, start, end),
        (_, b'\'' | b'"') => Spot::Unclear,
        (b'<', b'>') => Spot::Value(end + 1),
        // An end tag, or a word in a text.
        (b'/' | b' ' | b'>', _) => Spot::Other,
        (_, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n') => Spot::Unclear,
        _ => Spot::Other,
    }
}

/// The value of an element with `Name='…'` as its last attribute.
fn named_value(xml: &[u8], start: usize, end: usize) -> Spot {
    let is_name = xml.get(..start - 1).is_some_and(|before| before.ends_with(b" Name="));
    match (is_name, xml.get(end + 1)) {
        (true, Some(b'>')) => Spot::Value(end + 2),
        _ => Spot::Unclear,
    }
}

/// Whether the value at this place is one of `EventData`, right after `System`, by its `Name`.
fn is_event_data(xml: &[u8], at: usize) -> bool {
    let before = xml.get(..at).unwrap_or_default();
    let Some(system) = memchr::memmem::find(before, b"</System>") else { return false };
    let Some(rest) = before.get(system + b"</System>".len()..) else { return false };
    let Some(data) = rest.trim_ascii_start().strip_prefix(b"<EventData>") else { return false };
    let mut tags = memchr::memchr_iter(b'<', data).filter_map(|at| data.get(at + 1..));
    let is_named = memchr::memrchr(b'<', data).is_some_and(|tag| data[tag..].starts_with(b"<Data Name="));
    is_named && tags.all(|tag| tag.starts_with(b"Data Name=") || tag.starts_with(b"/Data>"))
}

fn test(xml: &[u8], at: usize, tests: Tests<'_>, scratch: &mut String) -> Seen {
    let rest = xml.get(at..).unwrap_or_default();
    let Some(end) = memchr::memchr(b'<', rest) else { return Seen::Unknown };
    let (value, markup) = rest.split_at(end);
    // A comment or CDATA may go on with the value.
    if !markup.starts_with(b"</") || value.is_empty() {
        return Seen::Unknown;
    }
    let Ok(text) = std::str::from_utf8(value) else { return Seen::Unknown };
    if !value.contains(&b'&') {
        return tests.of(PLAIN, value, true, || Some(text));
    }
    tests.of(ESCAPED, value, true, || {
        let text = unescape(text).ok()?;
        scratch.clear();
        scratch.push_str(&text);
        Some(scratch.as_str())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::batch::Overrides;
    use crate::filter::{Condition, FilterBuilder};
    use crate::request::{Request, Wanted};

    /// Events with EventCode 3 and an Image that ends in `x&y.exe`.
    fn may_matter(data: &str) -> bool {
        let mut builder = FilterBuilder::default();
        let code = builder.test("EventCode", "3".into(), vec![], Arc::new(|value| value == "3")).unwrap();
        let ends: crate::filter::Holds = Arc::new(|value| value.ends_with("x&y.exe"));
        let image = builder.test("Image", "x".into(), vec![".exe".into()], ends).unwrap();
        let condition = Condition::all([Condition::Holds(code), Condition::Holds(image)]);
        let fields = ["EventCode", "Image"].map(Wanted::one).into();
        let filter = builder.finish(condition).map(Arc::new);
        let request = Arc::new(Request { fields, filter, ..Request::default() });
        let events = EventBuilder::new(request, Arc::default(), "a", &Overrides::default(), 0);
        let xml = format!("<Event><System><EventID>3</EventID></System>{data}</Event>");
        !Ahead::new(&events).unwrap().met(xml.as_bytes(), &mut String::new()).is_none()
    }

    #[test]
    fn events_that_cannot_pass_are_told() {
        for data in [
            "",
            "<EventData><Data Name='Image'>C:\\a.exe</Data></EventData>",
            "<EventData><Data Name='ParentImage'>x&amp;y.exe</Data></EventData>",
            "<EventData><Data Name='Other'>Image x&amp;y.exe</Data></EventData>",
            "<UserData><A><Image>C:\\a.exe</Image></A></UserData>",
        ] {
            assert!(!may_matter(data), "{data}");
        }
    }

    #[test]
    fn what_may_pass_or_is_unclear_is_left_to_the_parser() {
        for data in [
            "<EventData><Data Name='Image'>x&amp;y.exe</Data></EventData>",
            "<EventData><Data Name=\"Image\">x&amp;y.exe</Data></EventData>",
            "<EventData><Data Name='Image'><![CDATA[x&y.exe]]></Data></EventData>",
            "<EventData><Data Name='Image'>a<!-- -->x&amp;y.exe</Data></EventData>",
            "<EventData><Data Name='Im&#97;ge'>x&amp;y.exe</Data></EventData>",
            "<EventData><Data Name='_Image'>x&amp;y.exe</Data></EventData>",
            "<EventData><Data Name='Image' A='b'>x&amp;y.exe</Data></EventData>",
            "<EventData><Data Name='Image'>a</Data><Data Name='Image'>x&amp;y.exe</Data></EventData>",
            "<UserData><a:A><a:Image>x&amp;y.exe</a:Image></a:A></UserData>",
            "<UserData><A><Image >x&amp;y.exe</Image></A></UserData>",
        ] {
            assert!(may_matter(data), "{data}");
        }
    }
}
