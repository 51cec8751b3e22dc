//! Rows behind rows: `append`. Each field gets a type that holds both sides' values.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, lit};

use super::expr::{convert, unify};
use super::number::Number;
use crate::error::Result;
use crate::kernel::Context;
use crate::plan::{ORDER_TIME, Order, Rel, column, is_hidden};

/// `by_time`: if both are events still, the result is too, in the order of their time.
pub(crate) fn lower(first: Rel, second: Rel, by_time: bool, context: &Context) -> Result<Rel> {
    let is_events = |rel: &Rel| rel.order == Order::Newest && rel.kind(ORDER_TIME).is_some();
    let by_time = by_time && is_events(&first) && is_events(&second);
    let mut fields: Vec<(String, DataType)> =
        first.fields().map(|(name, kind)| (name.to_owned(), kind.clone())).collect();
    for (name, kind) in second.fields().filter(|(name, _)| !is_hidden(name)) {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = unify(known, kind),
            None => fields.push((name.to_owned(), kind.clone())),
        }
    }
    if by_time {
        fields.push((ORDER_TIME.to_owned(), DataType::Float64));
    }
    let first = aligned(first.in_order()?, &fields, context)?;
    let second = aligned(second.in_order()?, &fields, context)?;
    let rows = first.followed_by(second)?;
    if by_time {
        return Ok(rows.operated(Arc::new(Number))?.with_order(Order::Newest, false));
    }
    rows.number()
}

fn aligned(rel: Rel, fields: &[(String, DataType)], context: &Context) -> Result<Rel> {
    let columns = fields.iter().map(|(name, kind)| Ok((of_kind(&rel, name, kind, context)?, name.clone())));
    let columns = columns.collect::<Result<_>>()?;
    rel.select(columns)
}

fn of_kind(rel: &Rel, name: &str, kind: &DataType, context: &Context) -> Result<Expr> {
    Ok(match rel.kind(name) {
        Some(from) => convert(column(name), from, kind, context),
        None => lit(ScalarValue::try_from(kind)?),
    })
}
