//! `eval`: fields computed one after the other.

use arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, cast};
use sluice_events::field;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::Assignment;

use super::expr;
use crate::error::Result;
use crate::kernel::Context;
use crate::plan::Rel;
use crate::value::NUMBER;

pub(crate) fn assign(assignment: &Assignment, rel: Rel, context: &Context) -> Result<Rel> {
    let set = value(assignment, &rel, context)?;
    rel.extend(vec![set])
}

/// The field that an assignment sets, and its value.
pub(crate) fn value(assignment: &Assignment, rel: &Rel, context: &Context) -> Result<(String, Expr)> {
    let mut value = expr::lower(&assignment.expr, rel, context)?;
    let kind = expr::kind(&value, rel);
    if kind == DataType::Boolean {
        return Err(Diagnostic::error(
            code::BOOLEAN_IN_FIELD,
            assignment.expr.span,
            "a field cannot hold a Boolean",
        )
        .with_help("wrap it: if(…, \"true\", \"false\")")
        .into());
    }
    if assignment.target.text == field::TIME {
        // `_time` stays a number whatever it is computed from.
        value = expr::to_number(value, &kind, context);
    } else if kind == DataType::Int64 {
        value = cast(value, NUMBER);
    }
    Ok((assignment.target.text.clone(), value))
}
