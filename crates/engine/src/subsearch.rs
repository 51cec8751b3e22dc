//! Subsearches in a search: their rows become a predicate, as `format` writes it.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use sluice_spl::ops::{Filter, Format, Op, Scan};
use sluice_spl::tree::{CompareOp, Expr, ExprKind, Pipeline, Search, SearchKind, SearchValue, ValueForm};

use crate::error::{Error, Result};
use crate::held::Kept;
use crate::lower::format;
use crate::plan::Rel;
use crate::planner::Planner;
use crate::rows::{Row, Rows};
use crate::stage;
use crate::stage::{RestNames, Wide};

/// Rows of a subsearch that count (limits.conf, `[subsearch] maxout`).
const MAX_ROWS: usize = 10_000;

type Replaced<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// The ops with every subsearch run and replaced: before planning, which asks readers for the fields that the
/// rows of a subsearch name.
pub(crate) async fn replace_all<'o>(ops: &'o [Op], planner: &Planner<'_>) -> Result<Cow<'o, [Op]>> {
    if !ops.iter().any(is_in) {
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
            Op::Filter(Filter::Where(expr)) => Op::Filter(Filter::Where(replace_in(expr, planner).await?)),
            Op::Extend(extend) => {
                let mut extend = extend.clone();
                for one in &mut extend.assignments {
                    one.expr = replace_in(&one.expr, planner).await?;
                }
                Op::Extend(extend)
            }
            op => op.clone(),
        });
    }
    Ok(Cow::Owned(replaced))
}

/// Whether an op holds a subsearch that is run before it.
pub(crate) fn is_in(op: &Op) -> bool {
    match op {
        Op::Scan(scan) => searches(&scan.predicate),
        Op::Filter(Filter::Search(search)) => searches(search),
        Op::Filter(Filter::Where(expr)) => !expr.subsearches().is_empty(),
        Op::Extend(extend) => extend.assignments.iter().any(|one| !one.expr.subsearches().is_empty()),
        _ => false,
    }
}

fn searches(search: &Search) -> bool {
    match &search.kind {
        SearchKind::And(parts) | SearchKind::Or(parts) => parts.iter().any(searches),
        SearchKind::Not(inner) | SearchKind::Group(inner) => searches(inner),
        SearchKind::Subsearch(_) | SearchKind::CompareSubsearch(..) => true,
        _ => false,
    }
}

/// The search with every subsearch run and replaced.
fn replace<'a>(search: &'a Search, planner: &'a Planner<'_>) -> Replaced<'a, Search> {
    Box::pin(async move {
        let kind = match &search.kind {
            SearchKind::And(parts) => SearchKind::And(all(parts, planner).await?),
            SearchKind::Or(parts) => SearchKind::Or(all(parts, planner).await?),
            SearchKind::Not(inner) => SearchKind::Not(Box::new(replace(inner, planner).await?)),
            SearchKind::Group(inner) => SearchKind::Group(Box::new(replace(inner, planner).await?)),
            SearchKind::Subsearch(pipeline) => return predicate(&found(pipeline, planner).await?, search),
            SearchKind::CompareSubsearch(field, op, pipeline) => {
                let text = text(&found(pipeline, planner).await?);
                let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                let quoted = bare.is_some();
                let text = bare.map_or_else(|| text.clone(), str::to_owned);
                SearchKind::Compare(field.clone(), *op, SearchValue { text, quoted, form: ValueForm::Plain })
            }
            other => other.clone(),
        };
        Ok(Search { kind, span: search.span })
    })
}

/// The expression with the text of every subsearch in its place.
fn replace_in<'a>(expr: &'a Expr, planner: &'a Planner<'_>) -> Replaced<'a, Expr> {
    Box::pin(async move {
        let kind = match &expr.kind {
            ExprKind::Subsearch(pipeline) => {
                let rows = found(pipeline, planner).await?;
                let text = text(&rows);
                if rows.is_empty() || text.is_empty() {
                    let null = ExprKind::Call("null".to_owned(), Vec::new());
                    return Ok(Expr { kind: null, span: expr.span });
                }
                return sluice_spl::parse_expr(&text).map_err(|mut errors| {
                    for error in &mut errors {
                        error.message = format!("the subsearch gives `{text}`: {}", error.message);
                        error.span = expr.span;
                    }
                    Error::Query(errors)
                });
            }
            ExprKind::Call(name, args) => {
                let mut replaced = Vec::with_capacity(args.len());
                for arg in args {
                    replaced.push(replace_in(arg, planner).await?);
                }
                ExprKind::Call(name.clone(), replaced)
            }
            ExprKind::Unary(op, inner) => ExprKind::Unary(*op, Box::new(replace_in(inner, planner).await?)),
            ExprKind::Binary(op, left, right) => {
                let (left, right) = (replace_in(left, planner).await?, replace_in(right, planner).await?);
                ExprKind::Binary(*op, Box::new(left), Box::new(right))
            }
            ExprKind::In(inner, list) => {
                let mut replaced = Vec::with_capacity(list.len());
                for one in list {
                    replaced.push(replace_in(one, planner).await?);
                }
                ExprKind::In(Box::new(replace_in(inner, planner).await?), replaced)
            }
            other => other.clone(),
        };
        Ok(Expr { kind, span: expr.span })
    })
}

/// The rows of a subsearch.
async fn found(pipeline: &Pipeline, planner: &Planner<'_>) -> Result<Rows> {
    let ops = sluice_spl::to_ops(pipeline).map_err(Error::Query)?;
    rows(planner.nested(&ops).await?, planner).await
}

/// The fields that people see, of all rows in order.
pub(crate) async fn rows(rel: Rel, planner: &Planner<'_>) -> Result<Rows> {
    let rel = rel.in_order()?;
    let batches = planner.collect(&rel).await?;
    let wide = RestNames::of(&batches).wide(rel.schema());
    let schema = Arc::clone(wide.as_ref().map_or_else(|| rel.schema(), Wide::schema));
    Rows::with_fields(&stage::shown(&schema, false), &schema, Kept::of(batches), wide)
}

/// What stands in place of a subsearch in an expression: the text of `return` or `format`, else what `format`
/// would write.
fn text(rows: &Rows) -> String {
    let given = rows.fields().into_iter().find(|name| format::is_text(name)).and_then(|name| {
        let first = rows.held().next()?;
        Some(first.get(name)?.text()?.into_owned())
    });
    given.unwrap_or_else(|| format::text(rows, &Format::default()))
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
    if let Some(list) = one_field(rows, &fields) {
        return Ok(at(SearchKind::Group(Box::new(at(list)))));
    }
    let mut any = Vec::new();
    for row in rows.held().take(MAX_ROWS) {
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

/// Rows of one field as a list, which is faster than a comparison a row.
fn one_field(rows: &Rows, fields: &[String]) -> Option<SearchKind> {
    let mut named = fields.iter().enumerate().filter(|(_, name)| !name.starts_with('_'));
    let (at, name) = named.next()?;
    if named.next().is_some() || format::is_text(name) {
        return None;
    }
    let mut values = Vec::new();
    for row in rows.held().take(MAX_ROWS) {
        let texts = row.cell(at).map(|cell| cell.texts()).unwrap_or_default();
        values.extend(texts.iter().map(|text| SearchValue {
            text: text.clone().into_owned(),
            quoted: true,
            form: ValueForm::Plain,
        }));
    }
    (!values.is_empty()).then(|| SearchKind::In(name.clone(), values))
}

fn row_parts(row: &Row<'_>, fields: &[String], search: &Search) -> Result<Vec<Search>> {
    let at = |kind| Search { kind, span: search.span };
    let mut parts = Vec::new();
    for (place, field) in fields.iter().enumerate() {
        let texts = row.cell(place).map(|cell| cell.texts()).unwrap_or_default();
        if texts.is_empty() || field.starts_with('_') {
            continue;
        }
        if format::is_text(field) {
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
