//! Rows behind rows: `append`. Each field gets a type that holds both sides' values.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, lit};

use super::expr::{convert, unify};
use crate::error::Result;
use crate::kernel::Context;
use crate::operator::Node;
use crate::plan::{Order, Rel, column, is_hidden};

pub(crate) fn lower(first: Rel, second: Rel, context: &Context) -> Result<Rel> {
    let mut fields: Vec<(String, DataType)> =
        first.fields().map(|(name, kind)| (name.to_owned(), kind.clone())).collect();
    for (name, kind) in second.fields().filter(|(name, _)| !is_hidden(name)) {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = unify(known, kind),
            None => fields.push((name.to_owned(), kind.clone())),
        }
    }
    let first = aligned(first.in_order()?, &fields, context)?;
    let second = aligned(second.in_order()?, &fields, context)?;
    let plan = Node::concat(first.plan, second.plan)?;
    Rel { plan, order: Order::Sequence, sorted: true }.number()
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
