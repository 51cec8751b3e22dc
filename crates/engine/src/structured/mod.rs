//! Structure in text: JSON, XML and `key=value`, as `spath`, `fromjson`, `xmlkv`, `extract` and the extraction at
//! search time (`KV_MODE`) see it.

pub(crate) mod json;
mod pairs;
mod path;
mod xml;
pub(crate) mod xpath;

use std::borrow::Cow;

use sluice_events::format::json::tree::{self, Json};
use sluice_events::format::xml::{self as xml_tree, Element};

pub(crate) use pairs::{Pairs, automatic, elements};
pub(crate) use path::Path;

/// Takes a field's name and one value of it.
pub(crate) type Each<'a> = &'a mut dyn FnMut(Cow<'_, str>, Cow<'_, str>);

/// How fields are taken from events that are text alone, as `KV_MODE` in props.conf says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KvMode {
    /// Not at all.
    None,
    /// `key=value`, or the values of an event that is JSON.
    Auto,
    /// The values of JSON.
    Json,
    /// The elements of XML.
    Xml,
}

/// A text that has structure.
#[derive(Debug)]
pub(crate) enum Document {
    Json(Json),
    Xml(Vec<Element>),
}

impl Document {
    /// A text that begins as XML is read as that, any other as JSON.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.trim_ascii_start().starts_with('<') {
            let elements = xml_tree::parse(text);
            return (!elements.is_empty()).then_some(Self::Xml(elements));
        }
        tree::parse(text).map(Self::Json)
    }

    /// The values at a path.
    pub(crate) fn select(&self, path: &Path) -> Vec<String> {
        match self {
            Self::Json(json) => json::select(json, path).into_iter().filter_map(Json::text).collect(),
            Self::Xml(elements) => xml::select(elements, path),
        }
    }

    /// All its values, each under the path that leads to it.
    pub(crate) fn fields(&self, each: Each<'_>) {
        match self {
            Self::Json(json) => json::fields(json, each),
            Self::Xml(elements) => xml::fields(elements, each),
        }
    }
}

/// The fields that Splunk takes from an event's text by itself.
pub(crate) fn extracted(text: &str, mode: KvMode, each: Each<'_>) {
    let json = |each: Each<'_>| match tree::parse(text) {
        Some(json @ (Json::Object(_) | Json::Array(_))) => {
            json::fields(&json, each);
            true
        }
        _ => false,
    };
    match mode {
        KvMode::None => {}
        KvMode::Json => {
            json(each);
        }
        KvMode::Xml => xml::fields(&xml_tree::parse(text), each),
        KvMode::Auto => {
            if !json(each) {
                automatic(text, each);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_and_path_are_safe(text in "[<>/a=\"'{}\\[\\]:,.0-9@ &;é!?-]{0,60}", path in "[a-c.{}@0-9/*\\[\\]=']{0,20}") {
            let path = Path::parse(&path);
            if let Some(document) = Document::parse(&text) {
                document.select(&path);
                document.fields(&mut |_, _| {});
            }
            for mode in [KvMode::Auto, KvMode::Json, KvMode::Xml] {
                extracted(&text, mode, &mut |name, _| assert!(!name.is_empty()));
            }
            elements(&text, &mut |_, _| {});
        }

        #[test]
        fn any_xpath_is_read_or_refused(path in "[a-c.{}@0-9/*\\[\\]=' ()!-]{0,30}") {
            if let Ok(path) = xpath::XPath::parse(&path) {
                path.select(&xml_tree::parse("<a b='1'><b>x</b><c/></a>"));
            }
        }

        #[test]
        fn what_is_set_is_found(keys in proptest::collection::vec("[a-c]{1,2}", 1..5)) {
            let path = Path::parse(&keys.join("."));
            let mut document = Json::Object(Vec::new());
            json::set(&mut document, &path, &Json::Bool(true));
            prop_assert_eq!(json::select(&document, &path), [&Json::Bool(true)]);
            json::delete(&mut document, &path);
            prop_assert!(json::select(&document, &path).is_empty());
        }
    }
}
