//! An XML text as a tree, for those who look into it. The reader of Windows events does without.

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};

/// Elements within elements.
const MAX_DEPTH: usize = 128;
/// Elements of a text; no more are read, as no event has so many.
const MAX_ELEMENTS: usize = 1 << 17;

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name, with its prefix if it has one.
    pub name: String,
    /// Names and values in order.
    pub attributes: Vec<(String, String)>,
    /// The elements inside it.
    pub children: Vec<Element>,
    /// The text directly inside it, without the white space around it.
    pub text: String,
}

/// Reads a text as XML: the elements at its top. Damage ends the reading: elements that are open then count as
/// closed there.
pub fn parse(text: &str) -> Vec<Element> {
    let mut tree = Tree { open: vec![Element::default()], elements: 0 };
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    reader.config_mut().allow_unmatched_ends = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) if tree.takes(&tag) => tree.start(&tag),
            Ok(Event::Empty(tag)) if tree.takes(&tag) => {
                tree.start(&tag);
                tree.end();
            }
            Ok(Event::End(_)) => tree.end(),
            Ok(Event::Text(text)) => tree.text(&text),
            Ok(Event::CData(text)) => tree.text(&text),
            Ok(Event::GeneralRef(name)) => {
                if let Ok(Some(c)) = name.resolve_char_ref() {
                    tree.text(c.encode_utf8(&mut [0; 4]));
                } else if let Some(text) = resolve_predefined_entity(&name) {
                    tree.text(text);
                } else {
                    // A declared entity is never expanded.
                    tree.text(&format!("&{};", &*name));
                }
            }
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Ok(Event::Start(_) | Event::Empty(_) | Event::Eof) | Err(_) => break,
        }
    }
    tree.finish()
}

struct Tree {
    /// The document and the elements that are open in it.
    open: Vec<Element>,
    elements: usize,
}

impl Tree {
    /// Whether there is room for an element, and it has a name.
    fn takes(&self, tag: &BytesStart<'_>) -> bool {
        let name: &str = tag.name().into_inner();
        !name.is_empty() && self.open.len() <= MAX_DEPTH && self.elements < MAX_ELEMENTS
    }

    fn start(&mut self, tag: &BytesStart<'_>) {
        let name: &str = tag.name().into_inner();
        let mut element = Element { name: name.to_owned(), ..Element::default() };
        for attribute in tag.attributes().with_checks(false).flatten() {
            let key: &str = attribute.key.into_inner();
            let raw: &str = &attribute.value;
            let value = unescape(raw).map_or_else(|_| raw.to_owned(), |value| value.into_owned());
            element.attributes.push((key.to_owned(), value));
        }
        self.elements += 1;
        self.open.push(element);
    }

    /// The document itself stays open.
    fn end(&mut self) {
        if self.open.len() < 2 {
            return;
        }
        if let (Some(mut element), Some(parent)) = (self.open.pop(), self.open.last_mut()) {
            let trimmed = element.text.trim();
            if trimmed.len() != element.text.len() {
                element.text = trimmed.to_owned();
            }
            parent.children.push(element);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }

    fn finish(mut self) -> Vec<Element> {
        while self.open.len() > 1 {
            self.end();
        }
        self.open.pop().map(|document| document.children).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_text_attributes_and_children() {
        let tree = parse("<?xml version=\"1.0\"?><a x='1&amp;2'> t&lt;<b/><c><![CDATA[<d>]]></c> &#65;</a>");
        let [a] = &tree[..] else { panic!("{tree:?}") };
        assert_eq!((a.name.as_str(), a.text.as_str()), ("a", "t< A"));
        assert_eq!(a.attributes, [("x".to_owned(), "1&2".to_owned())]);
        assert_eq!(a.children.iter().map(|child| child.text.as_str()).collect::<Vec<_>>(), ["", "<d>"]);
    }

    #[test]
    fn damage_ends_the_reading() {
        let tree = parse("<a><b>1</b><c>2");
        assert_eq!(tree[0].children.len(), 2);
        assert_eq!(parse("no xml"), []);
        assert_eq!(parse("<>x</>"), []);
        assert_eq!(parse("<a><b>1</a>")[0].children[0].text, "1");
        assert!(!parse(&"<a>".repeat(100_000)).is_empty());
    }
}
