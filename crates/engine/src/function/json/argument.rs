//! Arguments as JSON, and results as text.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use sluice_events::format::json::tree::{self, Json, is_number};

use crate::kernel::{self, Arg};
use crate::structured::Path;
use crate::value::{Cell, number_to_text};

/// An argument as the value that a JSON function puts into a document. A string written in the query stays a
/// string; a field's text is a number if it looks like one, and a part of its own if it is an array or object.
pub(super) fn value(arg: &Arg, row: usize) -> Json {
    let is_literal = arg.constant().is_some();
    match arg.cell(row) {
        Cell::Null => Json::Null,
        Cell::Bool(value) => Json::Bool(value),
        Cell::Number(value) | Cell::Formatted(value, _) => number(value),
        Cell::Integer(value) => Json::Number(value.to_string()),
        Cell::Text(text) if is_literal => Json::String(text.to_owned()),
        Cell::Text(text) => of_text(text),
        Cell::List(list) => match list.len() {
            0 => Json::Null,
            1 => list.iter().next().map_or(Json::Null, of_text),
            _ => Json::Array(list.iter().map(of_text).collect()),
        },
    }
}

/// A field's text: see [`value`].
fn of_text(text: &str) -> Json {
    if is_number(text) {
        return Json::Number(text.to_owned());
    }
    if text.trim_ascii_start().starts_with(['{', '['])
        && let Some(json) = tree::parse(text)
    {
        return json;
    }
    Json::String(text.to_owned())
}

/// A number; what JSON has no number for is null.
pub(crate) fn number(value: f64) -> Json {
    if value.is_finite() { Json::Number(number_to_text(value)) } else { Json::Null }
}

/// A text as the JSON value that it writes: a string has quotes. Else null.
pub(crate) fn inferred(text: &str) -> Json {
    match tree::parse(text) {
        Some(Json::Number(text)) => text.parse().map_or(Json::Null, number),
        Some(json) => json,
        None => Json::Null,
    }
}

/// An argument that must be a JSON document.
pub(super) fn document(arg: &Arg, row: usize) -> Option<Json> {
    match arg.cell(row) {
        Cell::List(list) if list.len() > 1 => None,
        cell => tree::parse(&cell.text()?),
    }
}

/// Paths, read once where the argument is the same for all rows.
pub(super) struct Paths<'a>(Vec<(&'a Arg, Option<Path>)>);

impl<'a> Paths<'a> {
    pub(super) fn new(args: impl IntoIterator<Item = &'a Arg>) -> Self {
        let read = |arg: &'a Arg| {
            let path = arg.constant().and_then(|cell| cell.text()).map(|text| Path::parse(&text));
            (arg, path)
        };
        Self(args.into_iter().map(read).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, at: usize, row: usize) -> Option<Cow<'_, Path>> {
        match self.0.get(at)? {
            (_, Some(path)) => Some(Cow::Borrowed(path)),
            (arg, None) => Some(Cow::Owned(Path::parse(&arg.text(row)?))),
        }
    }
}

/// One document or null a row, as text.
pub(super) fn texts(rows: usize, mut json: impl FnMut(usize) -> Option<Json>) -> ArrayRef {
    kernel::texts(rows, |row| Some(Cow::Owned(json(row)?.to_string())))
}
