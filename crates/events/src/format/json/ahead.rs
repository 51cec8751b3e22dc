//! A look at a document before it is parsed: its wanted keys are found by a search, and their values tested.
//!
//! In JSON that is valid, a quote before a key's letters that no backslash stands before begins a string, and
//! what follows `"key":` is the key's value, at whatever depth. Of a document that is not valid nothing is
//! lost but the report of its fault. What the search cannot tell for sure (a key that stands twice or is
//! written with escapes, a value that is an object) it leaves to the parser.

use std::cell::OnceCell;

use memchr::memmem;

use super::text::unescape;
use crate::batch::EventBuilder;
use crate::field;
use crate::filter::{Matcher, Met, Seen, Tests, Words};
use crate::format::{Format, windows_names, zeek_names};

use super::keys::Known;

/// A value that holds no backslash, or is no string.
const PLAIN: u8 = 0;
/// A string with escapes.
const ESCAPED: u8 = 1;

/// Where one document ends and another begins on the same line: both must be parsed to be counted.
const JOINTS: [&str; 6] = ["}{\"", "} {\"", "}\t{\"", "}\r{\"", "}\u{b}{\"", "}\u{c}{\""];

/// A character by its number: what follows may say that it is a letter of a key.
const ESCAPE: &str = "\\u00";

/// Keys that a flat document has which NXLog wrote.
const NXLOG: [&str; 2] = ["\"EventID\"", "\"Channel\""];

/// Looks at documents with a request's filter.
pub(super) struct Ahead {
    matcher: Matcher,
    words: Words,
    /// What each word is.
    uses: Vec<Use>,
    /// The keys of [`NXLOG`] are searched when it matters what an event is called, which is seldom.
    signs: [memmem::Finder<'static>; 2],
    keys: Vec<Keys>,
    found: Vec<Found>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Joint,
    Escape,
    /// A key of the field of this number.
    Key(usize),
}

/// How a field's keys are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// By no search: which keys give it depends on the shape.
    Unknown,
    /// One of several keys gives it, as the shape may be.
    Alias,
    /// The key of its name gives it, if the document is flat.
    Name,
    /// It is the document, or a string in it.
    Raw,
    /// The channel of a Windows event tells it, if the document is flat.
    Called,
}

/// What was found of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    /// Its value begins at or after this place.
    Value(usize),
    /// Several, or one that is no key.
    Unclear,
}

impl Ahead {
    /// `None` if the request has no filter.
    pub(super) fn new(events: &EventBuilder) -> Option<Self> {
        let matcher = events.matcher(Format::Json)?;
        let mut words: Vec<String> = JOINTS.map(str::to_owned).into();
        let mut uses = vec![Use::Joint; JOINTS.len()];
        words.push(ESCAPE.to_owned());
        uses.push(Use::Escape);
        let mut keys = Vec::new();
        for (at, (field, slot)) in matcher.fields().iter().zip(events.checked()).enumerate() {
            let (kind, names) = match slot {
                _ if field.name == field::RAW => (Keys::Raw, Vec::new()),
                None if is_called(&field.name) && events.fixed(&field.name).is_none() => {
                    (Keys::Called, Vec::new())
                }
                Some(_) => keys_of(&field.name),
                None => (Keys::Unknown, Vec::new()),
            };
            keys.push(kind);
            for name in names {
                words.extend([format!("\"{name}\""), format!("@{name}\"")]);
                uses.extend([Use::Key(at); 2]);
            }
        }
        let signs = NXLOG.map(memmem::Finder::new);
        let found = vec![Found::Nothing; keys.len()];
        Some(Self { matcher, words: Words::new(&words)?, uses, signs, keys, found })
    }

    /// What of the filter the document's event may meet; it is unclear if it may hold more than one. `scratch` is room
    /// for unescaped values.
    pub(super) fn met(&mut self, document: &[u8], scratch: &mut String) -> Met {
        let document = document.trim_ascii();
        if !matches!(document, [b'{', .., b'}']) {
            return Met::UNCLEAR;
        }
        let Self { matcher, words, uses, signs, keys, found } = self;
        found.fill(Found::Nothing);
        let mut is_readable = true;
        words.each(document, |word, _, end| {
            match uses.get(word) {
                Some(Use::Key(field)) => {
                    if let Some(place) = found.get_mut(*field) {
                        *place = place.and(after_colon(document, end));
                    }
                }
                Some(Use::Escape) => is_readable = !is_of_key(document, end),
                Some(Use::Joint) | None => is_readable = false,
            }
            is_readable
        });
        if !is_readable {
            return Met::UNCLEAR;
        }
        let flat = OnceCell::new();
        let is_flat = || *flat.get_or_init(|| is_flat(document));
        let look = &mut |field: usize, tests: Tests<'_>| match (keys.get(field), found.get(field)) {
            (Some(Keys::Called), _) if is_flat() => {
                channel(document, signs).map_or(Seen::Unknown, |channel| called(channel, tests, scratch))
            }
            (Some(Keys::Alias | Keys::Name), Some(Found::Nothing)) => Seen::Absent,
            (Some(Keys::Alias | Keys::Name), Some(Found::Value(at))) => test(document, *at, tests, scratch),
            // Letters may hide in `\u0061`, slashes in `\/`.
            (Some(Keys::Raw), _)
                if [b"\\u", b"\\/"].iter().all(|sign| memmem::find(document, *sign).is_none()) =>
            {
                tests.of_raw(document)
            }
            _ => Seen::Unknown,
        };
        let is_certain = &mut |field: usize| match keys.get(field) {
            Some(Keys::Name) => is_flat(),
            Some(Keys::Called) => true,
            _ => false,
        };
        matcher.met(look, is_certain)
    }
}

/// Whether a field is what the channel of a Windows event tells.
fn is_called(field: &str) -> bool {
    matches!(field, field::SOURCE | field::SOURCETYPE)
}

/// The channel of an event that NXLog wrote, if its document is flat: these keys tell that.
fn channel<'d>(document: &'d [u8], [event_id, channel]: &[memmem::Finder<'_>; 2]) -> Option<&'d str> {
    let is_there = matches!(only_value(document, event_id)?, [b'"' | b'-' | b'0'..=b'9', ..]);
    let string = string_of(only_value(document, channel)?.strip_prefix(b"\"")?)?;
    std::str::from_utf8(string.bytes).ok().filter(|_| is_there && !string.is_escaped)
}

/// From the value of a key on, if it stands there once.
fn only_value<'d>(document: &'d [u8], key: &memmem::Finder<'_>) -> Option<&'d [u8]> {
    let mut found = key.find_iter(document);
    let at = found.next().filter(|at| document.get(at.wrapping_sub(1)) != Some(&b'\\'))?;
    if found.next().is_some() {
        return None;
    }
    let value = after_colon(document, at + key.needle().len())?;
    Some(document.get(value..)?.trim_ascii_start())
}

/// What events of a channel are called.
fn called(channel: &str, tests: Tests<'_>, scratch: &mut String) -> Seen {
    let called = windows_names::called(channel);
    let is_source = tests.name() == field::SOURCE;
    tests.of(PLAIN, channel.as_bytes(), false, || {
        scratch.clear();
        match is_source {
            true => scratch.extend([called.source_prefix, channel]),
            false => scratch.push_str(called.sourcetype),
        }
        Some(scratch.as_str())
    })
}

impl Found {
    /// With one more occurrence.
    fn and(self, value: Option<usize>) -> Self {
        match (self, value) {
            (Self::Nothing, Some(at)) => Self::Value(at),
            _ => Self::Unclear,
        }
    }
}

/// The keys whose values may be a field's, in any shape.
pub(crate) fn keys_of(field: &str) -> (Keys, Vec<&str>) {
    let is_system = |field: &str| {
        field == "Data"
            || !matches!(Known::of(field), Known::Other | Known::Sensor(_))
            || windows_names::SYSTEM.iter().any(|(_, names)| names.contains(&field))
    };
    match field {
        "EventCode" => (Keys::Alias, vec!["EventCode", "EventID", "event_id"]),
        "EventID" => (Keys::Alias, vec!["EventID", "event_id"]),
        // Zeek's own `host` and the like go by another name.
        _ if is_system(field)
            || field.starts_with(zeek_names::PREFIX)
            || !field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') =>
        {
            (Keys::Unknown, Vec::new())
        }
        _ => (Keys::Name, vec![field]),
    }
}

/// The place after the colon that follows a key.
fn after_colon(document: &[u8], at: usize) -> Option<usize> {
    let rest = document.get(at..)?.trim_ascii_start();
    rest.starts_with(b":").then(|| document.len() - rest.len() + 1)
}

/// Whether the character whose number ends here may be one of a key that is looked for.
fn is_of_key(document: &[u8], number: usize) -> bool {
    let digits = document.get(number..number + 2).and_then(|digits| std::str::from_utf8(digits).ok());
    let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn test(document: &[u8], at: usize, tests: Tests<'_>, scratch: &mut String) -> Seen {
    let rest = document.get(at..).unwrap_or_default().trim_ascii_start();
    match rest {
        [b'"', string @ ..] => {
            let Some(string) = string_of(string).filter(|string| !string.bytes.is_empty()) else {
                return Seen::Unknown;
            };
            let text = || std::str::from_utf8(string.bytes).ok();
            if string.is_escaped {
                tests.of(ESCAPED, string.bytes, !string.hides_letters, || {
                    scratch.clear();
                    unescape(text()?, scratch);
                    Some(scratch.as_str())
                })
            } else {
                tests.of(PLAIN, string.bytes, true, text)
            }
        }
        [b'n', ..] => Seen::Absent,
        [b'-' | b'0'..=b'9' | b't' | b'f', ..] => {
            let end = rest
                .iter()
                .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'));
            let bytes = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            tests.of(PLAIN, bytes, true, || std::str::from_utf8(bytes).ok())
        }
        _ => Seen::Unknown,
    }
}

/// A string without its quotes.
struct Written<'a> {
    bytes: &'a [u8],
    is_escaped: bool,
    /// Escapes stand for characters that could stand for themselves.
    hides_letters: bool,
}

/// The string that begins here, after its quote.
fn string_of(bytes: &[u8]) -> Option<Written<'_>> {
    let (mut at, mut is_escaped, mut hides_letters) = (0, false, false);
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(Written { bytes: bytes.get(..at)?, is_escaped, hides_letters });
        }
        is_escaped = true;
        hides_letters |= !matches!(bytes.get(at + 1), Some(b'\\' | b'"' | b'n' | b'r' | b't'));
        at += 2;
    }
}

/// Whether no object stands inside the document: where a brace follows a quote, it is part of a string.
fn is_flat(document: &[u8]) -> bool {
    memchr::memchr_iter(b'{', document).skip(1).all(|at| document.get(at - 1) == Some(&b'"'))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::batch::Overrides;
    use crate::filter::{Condition, FilterBuilder};
    use crate::request::{Request, Wanted};

    /// Events with EventCode 3, and Image that ends in `x.exe`, and not User `me`.
    fn may_matter(document: &str) -> bool {
        let mut builder = FilterBuilder::default();
        let code = builder.test("EventCode", "3".into(), vec![], Arc::new(|value| value == "3")).unwrap();
        let ends: crate::filter::Holds = Arc::new(|value| value.ends_with("\\x.exe"));
        let image = builder.test("Image", "x".into(), vec!["x.exe".into()], ends).unwrap();
        let user = builder.test("User", "me".into(), vec![], Arc::new(|value| value == "me")).unwrap();
        let condition =
            Condition::all([Condition::Holds(code), Condition::Holds(image), Condition::Fails(user)]);
        let fields = ["EventCode", "Image", "User"].map(Wanted::one).into();
        let filter = builder.finish(condition).map(Arc::new);
        let request = Arc::new(Request { fields, filter, ..Request::default() });
        let events = EventBuilder::new(request, Arc::default(), "a", &Overrides::default(), 0);
        !Ahead::new(&events).unwrap().met(document.as_bytes(), &mut String::new()).is_none()
    }

    #[test]
    fn documents_that_cannot_pass_are_told() {
        for document in [
            r#"{"EventID":1,"Image":"C:\\x.exe"}"#,
            r#"{"EventID":3,"Image":"C:\\y.exe"}"#,
            r#"{"EventID":3,"Image":null}"#,
            r#"{"EventID":3}"#,
            r#"{"EventID" : "3" , "Image" : "C:\\x.ex\"e" }"#,
            r#"{"EventID":3,"Image":"C:\\x.exe","User":"me","g":"{1}"}"#,
            r#"{"EventID":3,"a":"\"Image\":\"C:\\x.exe\""}"#,
            r#"{"EventID":3,"a":"\u003cb\u003e"}"#,
            "{}",
        ] {
            assert!(!may_matter(document), "{document}");
        }
    }

    /// Events whose source is that of a channel called `Security`, and whose sourcetype is not `_json`.
    fn may_be_called_so(document: &str) -> bool {
        let mut builder = FilterBuilder::default();
        let is = |text: &'static str| -> crate::filter::Holds { Arc::new(move |value| value == text) };
        let source = "XmlWinEventLog:Security";
        let source = builder.test(field::SOURCE, source.into(), vec![], is(source)).unwrap();
        let other = builder.test(field::SOURCETYPE, "_json".into(), vec![], is("_json")).unwrap();
        let filter = builder.finish(Condition::all([Condition::Holds(source), Condition::Fails(other)]));
        let fields = [field::SOURCE, field::SOURCETYPE].map(Wanted::one).into();
        let request = Arc::new(Request { fields, filter: filter.map(Arc::new), ..Request::default() });
        let events = EventBuilder::new(request, Arc::default(), "a.jsonl", &Overrides::default(), 0);
        !Ahead::new(&events).unwrap().met(document.as_bytes(), &mut String::new()).is_none()
    }

    #[test]
    fn the_channel_of_a_flat_windows_event_tells_what_it_is_called() {
        assert!(may_be_called_so(r#"{"EventID":1,"Channel":"Security"}"#));
        assert!(!may_be_called_so(r#"{"EventID":1,"Channel":"System"}"#));
        assert!(!may_be_called_so(
            r#"{"Channel" : "System", "EventID" : "1", "source":"XmlWinEventLog:Security"}"#
        ));
        for unclear in [
            r#"{"EventID":1,"Channel":"System","winlog":{"channel":"Security"}}"#,
            r#"{"EventID":null,"Channel":"System","source":"XmlWinEventLog:Security"}"#,
            r#"{"EventID":1,"Channel":["System"],"source":"XmlWinEventLog:Security"}"#,
            r#"{"EventID":1,"Channel":"Sys\u0074em"}"#,
            r#"{"EventID":1,"Channel":"System","Channel":"Security"}"#,
            r#"{"EventCode":1,"Channel":"System","source":"XmlWinEventLog:Security"}"#,
        ] {
            assert!(may_be_called_so(unclear), "{unclear}");
        }
    }

    #[test]
    fn what_may_pass_or_is_unclear_is_left_to_the_parser() {
        for document in [
            r#"{"EventID":3,"Image":"C:\\x.exe"}"#,
            r#"{"winlog":{"event_id":"3","event_data":{"Image" : "C:\\x.exe"}}}"#,
            r#"{"EventID":3,"Image":"C:\\\u0078.exe"}"#,
            r#"{"EventID":3,"Image":"C:\\y.exe","Image":"C:\\x.exe"}"#,
            r#"{"EventID":3,"\u0049mage":"C:\\x.exe"}"#,
            r#"{"EventID":3,"Image":"C:\\y.exe","Imag\u0065":"C:\\x.exe"}"#,
            r##"{"EventID":{"#text":3},"Image":"C:\\x.exe"}"##,
            r##"{"EventID":3,"EventData":{"Data":[{"@Name":"Image","#text":"C:\\x.exe"}]}}"##,
            r#"{"EventID":3,"@Image":"C:\\x.exe"}"#,
            r#"{"EventID":3,"Image":"C:\\x.exe","process":{"User":"me"}}"#,
            r#"{"a":1} {"EventID":1}"#,
            r#"[{"EventID":1}]"#,
            "",
        ] {
            assert!(may_matter(document), "{document}");
        }
    }
}
