//! `foreach`: a template of commands for each field that matches, or for each value of a field.

use std::collections::BTreeSet;

use arrow::record_batch::RecordBatch;
use sluice_spl::ops::{Assignment, Extend, ForEach, ForEachMode, Name, Op};
use sluice_spl::tree::{BinaryOp, Expr, ExprKind};

use super::{expr, extend};
use crate::error::{Error, Result};
use crate::plan::Rel;
use crate::planner::Planner;
use crate::stage;
use crate::value::Values;
use crate::wildcard;

/// The values that are gone through, as a column.
const ITEMS: &str = "\0items";
/// Values that are gone through in a row.
const MAX_ITEMS: usize = 10_000;
/// Steps that are planned before they are run: plans must not grow too deep.
const STEPS: usize = 32;

pub(crate) async fn lower(each: &ForEach, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    match each.mode {
        ForEachMode::MultiField => fields(each, rel, planner).await,
        _ => values(each, rel, planner).await,
    }
}

async fn fields(each: &ForEach, mut rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    for (at, (name, segments)) in matching(each, &rel).into_iter().enumerate() {
        if at % STEPS == STEPS - 1 {
            rel = stage::run(rel, planner).await?.0;
        }
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let mut ops = each.ops_for(&name, &segments).map_err(Error::Query)?;
        ops.iter_mut().for_each(|op| spare_rows_without(&name, op));
        rel = planner.piped(&ops, rel).await?;
    }
    Ok(rel)
}

/// The fields that are named or match, each once, and what the stars stand for.
fn matching(each: &ForEach, rel: &Rel) -> Vec<(String, Vec<String>)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for wanted in &each.fields {
        let matches: Vec<(String, Vec<String>)> = match wanted.is_pattern() {
            false => vec![(wanted.text.clone(), Vec::new())],
            true => rel
                .fields()
                .filter(|(name, _)| !name.starts_with('_') || wanted.text.starts_with('_'))
                .filter_map(|(name, _)| {
                    let parts = wildcard::captures(&wanted.text, name)?;
                    Some((name.to_owned(), parts.into_iter().map(str::to_owned).collect()))
                })
                .collect(),
        };
        found.extend(matches.into_iter().filter(|(name, _)| seen.insert(name.clone())));
    }
    found
}

/// A row that lacks the field keeps what it has where the template gives nothing for it.
fn spare_rows_without(name: &str, op: &mut Op) {
    let Op::Extend(Extend { assignments }) = op else { return };
    for one in assignments.iter_mut().filter(|one| !one.target.text.contains('{')) {
        let span = one.expr.span;
        let at = |kind| Expr { kind, span };
        let field = |name: &str| at(ExprKind::Field(name.to_owned()));
        let is_missing = at(ExprKind::Call("isnull".to_owned(), vec![field(name)]));
        let kept = at(ExprKind::Call("coalesce".to_owned(), vec![one.expr.clone(), field(&one.target.text)]));
        one.expr = at(ExprKind::Call("if".to_owned(), vec![is_missing, kept, one.expr.clone()]));
    }
}

async fn values(each: &ForEach, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let (Some(field), Some(item)) = (each.fields.first(), each.tokens.first()) else { return Ok(rel) };
    let ops = each.ops_for_value().map_err(Error::Query)?;
    let span = each.template.span;
    let at = |kind| Expr { kind, span };
    let named = |name: &str| at(ExprKind::Field(name.to_owned()));
    let call = |name: &str, args| at(ExprKind::Call(name.to_owned(), args));
    let elements = || call("json_array_to_mv", vec![named(&field.text)]);
    let all = match each.mode {
        ForEachMode::JsonArray => elements(),
        ForEachMode::Auto => call("coalesce", vec![elements(), named(&field.text)]),
        _ => named(&field.text),
    };
    let context = planner.context();
    let list = expr::lower(&all, &rel, context)?;
    let list = expr::to_list(list.clone(), &expr::kind(&list, &rel), context);
    let (mut rel, batches) = stage::run(rel.extend(vec![(ITEMS.to_owned(), list)])?, planner).await?;
    let most = most_items(&batches)?;
    if most > MAX_ITEMS {
        return Err(Error::Limit(format!("`foreach` goes through at most {MAX_ITEMS} values, found {most}")));
    }
    for step in 0..most {
        if step % STEPS == STEPS - 1 {
            rel = stage::run(rel, planner).await?.0;
        }
        let number = at(ExprKind::Number(step.to_string()));
        let mut assign = |target: &str, expr: Expr| -> Result<()> {
            let one = Assignment { target: Name::new(target, span), expr };
            rel = extend::assign(&one, rel.clone(), context)?;
            Ok(())
        };
        assign(item, call("mvindex", vec![named(ITEMS), number.clone()]))?;
        if let Some(count) = each.tokens.get(1) {
            assign(count, number)?;
        }
        for one in ops.iter().filter_map(assignments).flatten() {
            let value = each.tokens.iter().fold(one.expr.clone(), |expr, token| put(token, expr));
            let is_there = call("isnotnull", vec![named(item)]);
            assign(&one.target.text, call("if", vec![is_there, value, named(&one.target.text)]))?;
        }
    }
    rel.retain(|name| name != ITEMS && !each.tokens.iter().any(|token| token == name))
}

fn assignments(op: &Op) -> Option<&[Assignment]> {
    match op {
        Op::Extend(extend) => Some(&extend.assignments),
        _ => None,
    }
}

fn most_items(batches: &[RecordBatch]) -> Result<usize> {
    let mut most = 0;
    for batch in batches {
        let Some(column) = batch.column_by_name(ITEMS) else { continue };
        let values = Values::new(column)?;
        most = (0..batch.num_rows()).map(|row| values.cell(row).texts().len()).fold(most, usize::max);
    }
    Ok(most)
}

/// The expression with the value in place of a placeholder that stands in a quoted text.
fn put(token: &str, expr: Expr) -> Expr {
    let span = expr.span;
    let at = |kind| Expr { kind, span };
    let boxed = |inner: Box<Expr>| Box::new(put(token, *inner));
    let kind = match expr.kind {
        ExprKind::Text(text) if !token.is_empty() && text.contains(token) => {
            let value = || at(ExprKind::Field(token.to_owned()));
            let mut parts = text.split(token).map(|part| at(ExprKind::Text(part.to_owned())));
            let Some(first) = parts.next() else { return value() };
            let join = |left, right| at(ExprKind::Binary(BinaryOp::Concat, Box::new(left), Box::new(right)));
            return parts.fold(first, |before, part| join(join(before, value()), part));
        }
        ExprKind::Call(name, args) => {
            ExprKind::Call(name, args.into_iter().map(|arg| put(token, arg)).collect())
        }
        ExprKind::Unary(op, inner) => ExprKind::Unary(op, boxed(inner)),
        ExprKind::Binary(op, left, right) => ExprKind::Binary(op, boxed(left), boxed(right)),
        ExprKind::In(inner, list) => {
            ExprKind::In(boxed(inner), list.into_iter().map(|one| put(token, one)).collect())
        }
        other => other,
    };
    at(kind)
}
