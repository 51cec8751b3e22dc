//! Rows behind rows: `append`. Each field gets a type that holds both sides' values.

use arrow::datatypes::DataType;
use datafusion::logical_expr::Expr;

use super::expr::{convert, unify};
use crate::error::Result;
use crate::kernel::{Context, null_literal};
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
    let plan = Node::concat(first.plan, second.plan);
    Rel { plan, order: Order::Sequence, sorted: true }.number()
}

fn aligned(rel: Rel, fields: &[(String, DataType)], context: &Context) -> Result<Rel> {
    let columns =
        fields.iter().map(|(name, kind)| (of_kind(&rel, name, kind, context), name.clone())).collect();
    rel.select(columns)
}

fn of_kind(rel: &Rel, name: &str, kind: &DataType, context: &Context) -> Expr {
    match rel.kind(name) {
        Some(from) => convert(column(name), from, kind, context),
        None => convert(null_literal(), &crate::value::TEXT, kind, context),
    }
}
