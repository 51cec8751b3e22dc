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
