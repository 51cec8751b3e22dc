//! `map`: a query for each row, with the row's values put in.

use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Limit, Map, Op, Values, ValuesData};

use super::{limit, values};
use crate::error::{Error, Result};
use crate::plan::Rel;
use crate::planner::Planner;
use crate::rows::Row;
use crate::subsearch;

pub(crate) async fn lower(map: &Map, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let asked = limit::lower(&Limit::First(map.max.saturating_add(1)), rel, planner.context())?;
    let rows = subsearch::rows(asked, planner).await?;
    let most = usize::try_from(map.max).unwrap_or(usize::MAX);
    if rows.len() > most {
        let message = format!("`map` runs for the first {most} rows only");
        let warning = Diagnostic::warning(code::SUBSEARCH_CUT, map.search.span, message);
        planner.warn(warning.with_help("`maxsearches=` runs more"));
    }
    let mut all: Option<Rel> = None;
    for row in rows.held().take(most) {
        let ops = ops(map, &row, planner)?;
        let found = planner.nested(&ops).await?;
        all = Some(match all {
            Some(before) => planner.union(before, found, false).await?,
            None => found,
        });
    }
    match all {
        Some(rel) => Ok(rel),
        None => nothing(planner),
    }
}

fn nothing(planner: &Planner<'_>) -> Result<Rel> {
    let data = ValuesData { fields: Vec::new(), rows: Vec::new() };
    values::lower(&Values { count: 0, annotate: false, data: Some(data) }, planner.context())
}

/// What the query means for a row. Its errors are told at the place of the query's text.
fn ops(map: &Map, row: &Row<'_>, planner: &Planner<'_>) -> Result<Vec<Op>> {
    let text = filled(&map.search.text, row);
    let read = || {
        let expanded = sluice_spl::expand(&text, &planner.knowledge.macros)?;
        let pipeline = sluice_spl::parse_nested(&expanded.text)?;
        sluice_spl::to_ops(&pipeline)
    };
    read().map_err(|mut errors: Vec<Diagnostic>| {
        errors.iter_mut().for_each(|error| error.span = map.search.span);
        Error::Query(errors)
    })
}

/// The query with the row's values for `$field$`. A value cannot become commands: it is quoted unless it is a
/// word or stands in quotes, and quotes in it are escaped.
fn filled(template: &str, row: &Row<'_>) -> String {
    let template = template.trim();
    let value = |name: &str| row.get(name).and_then(|cell| cell.text().map(|text| text.into_owned()));
    if let Some(name) = template.strip_prefix('$').and_then(|rest| rest.strip_suffix('$'))
        && !name.contains('$')
    {
        return value(name).unwrap_or_default();
    }
    let (mut out, mut rest, mut in_quotes) = (String::new(), template, false);
    while let Some(at) = rest.find('$') {
        let (before, behind) = rest.split_at(at);
        in_quotes ^= has_open_quote(before);
        out.push_str(before);
        let doubled = behind.starts_with("$$");
        let marks = if doubled { 2 } else { 1 };
        let inner = behind.get(marks..).unwrap_or("");
        let name = inner.split_once('$').map(|(name, _)| name).filter(|name| is_name(name));
        let Some(name) = name else {
            out.push('$');
            rest = inner;
            continue;
        };
        out.push_str(&put(&value(name).unwrap_or_default(), in_quotes));
        let past = inner.get(name.len() + 1..).unwrap_or("");
        rest = if doubled { past.strip_prefix('$').unwrap_or(past) } else { past };
    }
    out + rest
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_.-:{}@ ".contains(c))
}

/// Whether a text opens or closes a quote that it does not close or open.
fn has_open_quote(text: &str) -> bool {
    let mut escaped = false;
    let mut open = false;
    for c in text.chars() {
        match c {
            '"' if !escaped => open = !open,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    open
}

fn put(value: &str, in_quotes: bool) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    let is_word = !value.is_empty() && value.chars().all(|c| c.is_alphanumeric() || "_.-:@/".contains(c));
    if in_quotes || is_word { escaped } else { format!("\"{escaped}\"") }
}
