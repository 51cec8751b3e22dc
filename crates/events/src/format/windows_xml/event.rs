//! The fields of one event's XML.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::batch::EventBuilder;
use crate::format::windows::{Naming, Place, Target};

/// What is wrong with an event's XML, in a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flaw(pub &'static str);

const MALFORMED: Flaw = Flaw("its XML is malformed");
const UNKNOWN_ENTITY: Flaw = Flaw("it names an entity that XML does not know");
/// Elements within elements; real events have five.
const MAX_DEPTH: usize = 64;

/// Gives the current event the wanted fields of its XML. Says what could not be read; what came
/// before it was given.
pub(crate) fn fields(xml: &str, naming: &mut Naming, events: &mut EventBuilder) -> Option<Flaw> {
    let mut walk = Walk {
        naming,
        events,
        open: Vec::new(),
        names: String::new(),
        text: String::new(),
        targets: Vec::new(),
        flaw: None,
    };
    let mut reader = Reader::from_str(xml);
    reader.config_mut().allow_dangling_amp = true;
    loop {
        let step = match reader.read_event() {
            Ok(Event::Start(tag)) => walk.start(&tag),
            Ok(Event::Empty(tag)) => walk.start(&tag).map(|()| walk.end()),
            Ok(Event::End(_)) => {
                walk.end();
                Ok(())
            }
            Ok(Event::Text(text)) => walk.text(&text),
            Ok(Event::CData(text)) => walk.text(&text),
            Ok(Event::GeneralRef(name)) => walk.reference(&name),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => Ok(()),
            Ok(Event::Eof) => break,
            Err(_) => Err(MALFORMED),
        };
        if let Err(flaw) = step {
            return Some(flaw);
        }
    }
    if walk.open.is_empty() { walk.flaw } else { Some(Flaw("its XML ends within an element")) }
}

/// An element that is open.
struct Element {
    /// Around it.
    parent: Place,
    /// In it.
    inner: Place,
    /// In [`Walk::names`].
    name: Range<usize>,
    /// Its attribute `Name`, in [`Walk::names`].
    data_name: Option<Range<usize>>,
    has_children: bool,
}

struct Walk<'a> {
    naming: &'a mut Naming,
    events: &'a mut EventBuilder,
    open: Vec<Element>,
    /// Of the open elements.
    names: String,
    /// Of the innermost open element.
    text: String,
    targets: Vec<Target>,
    flaw: Option<Flaw>,
}

impl Walk<'_> {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), Flaw> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Flaw("its elements are nested too deeply"));
        }
        let name = tag.local_name();
        let name: &str = name.as_ref();
        let parent = self.open.last().map_or(Place::Document, |element| element.inner);
        if let Some(element) = self.open.last_mut() {
            element.has_children = true;
        }
        self.text.clear();
        let start = self.names.len();
        self.names.push_str(name);
        let mut element = Element {
            parent,
            inner: parent.enter(name),
            name: start..self.names.len(),
            data_name: None,
            has_children: false,
        };
        if matches!(parent, Place::System | Place::EventData) {
            self.attributes(tag, name, &mut element)?;
        }
        self.open.push(element);
        Ok(())
    }

    fn attributes(&mut self, tag: &BytesStart<'_>, name: &str, element: &mut Element) -> Result<(), Flaw> {
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| MALFORMED)?;
            let key: &str = attribute.key.as_ref();
            let raw: &str = &attribute.value;
            let text = unescape(raw).unwrap_or_else(|_| {
                self.flaw = Some(UNKNOWN_ENTITY);
                raw.into()
            });
            if element.parent == Place::EventData && key == "Name" {
                let start = self.names.len();
                self.names.push_str(&text);
                element.data_name = Some(start..self.names.len());
                continue;
            }
            let mut targets = std::mem::take(&mut self.targets);
            targets.extend_from_slice(self.naming.attribute(element.parent, name, key));
            targets.drain(..).for_each(|target| self.naming.put(&target, &text, self.events));
            self.targets = targets;
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Flaw> {
        match self.open.last() {
            Some(element) if !element.has_children => self.text.push_str(text),
            Some(_) => {}
            None if text.trim_ascii().is_empty() => {}
            None => return Err(MALFORMED),
        }
        Ok(())
    }

    /// The five of XML and numbers. Others stay as they are written: a declared entity is never
    /// expanded.
    fn reference(&mut self, name: &BytesRef<'_>) -> Result<(), Flaw> {
        if let Ok(Some(c)) = name.resolve_char_ref() {
            return self.text(c.encode_utf8(&mut [0; 4]));
        }
        if let Some(text) = resolve_predefined_entity(name) {
            return self.text(text);
        }
        self.flaw = Some(UNKNOWN_ENTITY);
        self.text("&")?;
        self.text(name)?;
        self.text(";")
    }

    fn end(&mut self) {
        let Some(element) = self.open.pop() else { return };
        if !element.has_children && !self.text.is_empty() {
            let name = self.names.get(element.name.clone()).unwrap_or_default();
            let data_name = element.data_name.and_then(|range| self.names.get(range));
            let mut targets = std::mem::take(&mut self.targets);
            self.naming
                .leaf(element.parent, name, data_name, self.events, |target| targets.push(target.clone()));
            targets.drain(..).for_each(|target| self.naming.put(&target, &self.text, self.events));
            self.targets = targets;
        }
        self.names.truncate(element.name.start);
        self.text.clear();
    }
}
