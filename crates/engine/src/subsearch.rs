//! Subsearches in a search: their rows become a predicate, as `format` writes it.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use sluice_spl::ops::{Filter, Op, Scan};
use sluice_spl::tree::{CompareOp, Search, SearchKind, SearchValue, ValueForm};

use crate::error::{Error, Result};
use crate::planner::Planner;
use crate::rows::{Row, Rows};
use crate::stage;

/// Rows of a subsearch that count (limits.conf, `[subsearch] maxout`).
const MAX_ROWS: usize = 10_000;

type Replaced<'a> = Pin<Box<dyn Future<Output = Result<Search>> + Send + 'a>>;

/// The ops with every subsearch of a search run and replaced: before planning, which asks readers for the
/// fields that the rows of a subsearch name.
pub(crate) async fn replace_all<'o>(ops: &'o [Op], planner: &Planner<'_>) -> Result<Cow<'o, [Op]>> {
    if !ops.iter().any(|op| predicate_of(op).is_some_and(has_subsearch)) {
        return Ok(Cow::Borrowed(ops));
    }
    let mut replaced = Vec::with_capacity(ops.len());
    for op in ops {
        replaced.push(match op {
            Op::Scan(scan) => {
                let predicate = replace(&scan.predicate, planner).await?;
                Op::Scan(Scan { predicate, time: scan.time.clone() })
            }
            Op::Filter(Filter::Search(search)) => Op::Filter(Filter::Search(replace(search, planner).await?)),
            op => op.clone(),
        });
    }
    Ok(Cow::Owned(replaced))
}

fn predicate_of(op: &Op) -> Option<&Search> {
    match op {
        Op::Scan(scan) => Some(&scan.predicate),
        Op::Filter(Filter::Search(search)) => Some(search),
        _ => None,
    }
}

fn has_subsearch(search: &Search) -> bool {
    match &search.kind {
        SearchKind::And(parts) | SearchKind::Or(parts) => parts.iter().any(has_subsearch),
        SearchKind::Not(inner) | SearchKind::Group(inner) => has_subsearch(inner),
        SearchKind::Subsearch(_) => true,
        _ => false,
    }
}

/// The search with every subsearch run and replaced.
fn replace<'a>(search: &'a Search, planner: &'a Planner<'_>) -> Replaced<'a> {
    Box::pin(async move {
        let kind = match &search.kind {
            SearchKind::And(parts) => SearchKind::And(all(parts, planner).await?),
            SearchKind::Or(parts) => SearchKind::Or(all(parts, planner).await?),
            SearchKind::Not(inner) => SearchKind::Not(Box::new(replace(inner, planner).await?)),
            SearchKind::Group(inner) => SearchKind::Group(Box::new(replace(inner, planner).await?)),
            SearchKind::Subsearch(pipeline) => {
                let ops = sluice_spl::to_ops(pipeline).map_err(Error::Query)?;
                let rel = planner.nested(&ops).await?;
                let batches = planner.collect(&rel).await?;
                let (schema, batches) = stage::widen(rel.plan.schema().inner(), &batches)?;
                let shown = stage::shown(&schema, false);
                let batches =
                    batches.iter().map(|batch| batch.project(&shown)).collect::<Result<Vec<_>, _>>()?;
                let rows = Rows::new(schema.project(&shown)?.into(), &batches)?;
                return predicate(&rows, search);
            }
            other => other.clone(),
        };
        Ok(Search { kind, span: search.span })
    })
}

async fn all(parts: &[Search], planner: &Planner<'_>) -> Result<Vec<Search>> {
    let mut replaced = Vec::with_capacity(parts.len());
    for part in parts {
        replaced.push(replace(part, planner).await?);
    }
    Ok(replaced)
}

/// `( ( a="1" AND b="2" ) OR ( … ) )`; a field called `search` or `query` gives its text as it stands; no
/// rows give `NOT ( )`, which nothing matches.
fn predicate(rows: &Rows, search: &Search) -> Result<Search> {
    let at = |kind| Search { kind, span: search.span };
    let fields: Vec<String> = rows.fields().into_iter().map(str::to_owned).collect();
    let mut any = Vec::new();
    for row in rows.iter().take(MAX_ROWS) {
        let parts = row_parts(&row, &fields, search)?;
        if !parts.is_empty() {
            any.push(at(SearchKind::Group(Box::new(at(SearchKind::And(parts))))));
        }
    }
    Ok(match any.len() {
        0 => at(SearchKind::Not(Box::new(at(SearchKind::All)))),
        _ => at(SearchKind::Group(Box::new(at(SearchKind::Or(any))))),
    })
}

fn row_parts(row: &Row<'_>, fields: &[String], search: &Search) -> Result<Vec<Search>> {
    let at = |kind| Search { kind, span: search.span };
    let mut parts = Vec::new();
    for (place, field) in fields.iter().enumerate() {
        let texts = row.cell(place).map(|cell| cell.texts()).unwrap_or_default();
        if texts.is_empty() || field.starts_with('_') {
            continue;
        }
        if matches!(field.as_str(), "search" | "query") {
            let (inner, _) = sluice_spl::parse_search(&texts.join(" ")).map_err(Error::Query)?;
            parts.push(inner);
            continue;
        }
        let equal = |text: &str| {
            let value = SearchValue { text: text.to_owned(), quoted: true, form: ValueForm::Plain };
            at(SearchKind::Compare(field.clone(), CompareOp::Equal, value))
        };
        let mut equals: Vec<Search> = texts.iter().map(|text| equal(text)).collect();
        parts.push(match equals.len() {
            1 => equals.remove(0),
            _ => at(SearchKind::Group(Box::new(at(SearchKind::Or(equals))))),
        });
    }
    Ok(parts)
}
