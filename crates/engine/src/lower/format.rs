//! `format` and `return`: rows as the text of a search.

use sluice_spl::ops::{Format, Return, Values, ValuesData};

use super::values;
use crate::error::Result;
use crate::kernel::Context;
use crate::plan::Rel;
use crate::rows::{Row, Rows};

/// The field that holds the text.
pub(crate) const SEARCH: &str = "search";

/// One row with this text.
pub(crate) fn row(text: String, context: &Context) -> Result<Rel> {
    let data = ValuesData { fields: vec![SEARCH.to_owned()], rows: vec![vec![Some(text)]] };
    let rel = values::lower(&Values { count: 1, annotate: false, data: Some(data) }, context)?;
    rel.retain(|name| name != sluice_events::field::TIME)
}

/// All rows, as `format` writes them.
pub(crate) fn text(rows: &Rows, format: &Format) -> String {
    let most = if format.max == 0 { usize::MAX } else { usize::try_from(format.max).unwrap_or(usize::MAX) };
    let [start, row_start, between, row_end, next, end] = &format.strings;
    // By name, whatever order the columns have: Search Reference, format, example 1.
    let mut fields: Vec<(&str, usize)> = rows.fields().into_iter().zip(0..).collect();
    fields.sort_unstable();
    let written = rows.held().take(most).filter_map(|row| {
        let parts: Vec<String> =
            fields.iter().filter_map(|&(name, at)| part(&row, at, name, format)).collect();
        (!parts.is_empty()).then(|| format!("{row_start} {} {row_end}", parts.join(&format!(" {between} "))))
    });
    let written: Vec<String> = written.collect();
    match written.is_empty() {
        true => format.empty.clone(),
        false => format!("{start} {} {end}", written.join(&format!(" {next} "))),
    }
}

/// `field="value"`; a field called `search` or `query` gives its text as it stands; internal fields nothing.
fn part(row: &Row<'_>, at: usize, name: &str, format: &Format) -> Option<String> {
    let texts = row.cell(at)?.texts();
    if texts.is_empty() || name.starts_with('_') {
        return None;
    }
    if is_text(name) {
        return Some(texts.join(" "));
    }
    let equals: Vec<String> = texts.iter().map(|text| format!("{name}={}", quote(text))).collect();
    Some(match equals.as_slice() {
        [one] => one.clone(),
        several => format!("( {} )", several.join(&format!(" {} ", format.value_separator))),
    })
}

/// Whether a field's text is part of a search and not a value.
pub(crate) fn is_text(name: &str) -> bool {
    matches!(name, SEARCH | "query")
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The first rows, as `return` writes them.
pub(crate) fn returned(rows: &Rows, give: &Return) -> String {
    let count = usize::try_from(give.count).unwrap_or(usize::MAX);
    let mut written: Vec<String> = Vec::new();
    for row in rows.held().take(count) {
        let parts = give.items.iter().filter_map(|item| {
            let text = row.get(&item.field.text)?.text()?.into_owned();
            Some(match &item.name {
                Some(name) => format!("{name}={}", quote(&text)),
                None => text,
            })
        });
        let parts: Vec<String> = parts.collect();
        if !parts.is_empty() {
            written.push(parts.join(" "));
        }
    }
    match written.as_slice() {
        [one] => one.clone(),
        several => several.iter().map(|row| format!("({row})")).collect::<Vec<_>>().join(" OR "),
    }
}
