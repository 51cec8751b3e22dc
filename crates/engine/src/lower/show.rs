//! `fieldformat`: how fields are shown. The rows go on with their values; what is shown is computed at the end, as
//! Splunk does when it renders results, and stands beside them in hidden columns.

use arrow::datatypes::DataType;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Assignment, Op};

use super::expr;
use crate::error::Result;
use crate::kernel::{Context, null_literal};
use crate::plan::Rel;

/// What the name of such a column begins with; its field's name follows.
const SHOWN: &str = "\0shown:";

/// The rows in the middle of a query: a field that is only shown is a field without values.
pub(crate) fn lower(format: &Assignment, rel: Rel, context: &Context) -> Result<Rel> {
    let shown = expr::lower(&format.expr, &rel, context)?;
    if expr::kind(&shown, &rel) == DataType::Boolean {
        return Err(Diagnostic::error(
            code::BOOLEAN_IN_FIELD,
            format.expr.span,
            "a field cannot show a Boolean",
        )
        .with_help("wrap it: if(…, \"true\", \"false\")")
        .into());
    }
    match rel.kind(&format.target.text) {
        Some(_) => Ok(rel),
        None => rel.extend(vec![(format.target.text.clone(), null_literal())]),
    }
}

/// The rows at a query's end, with what the formats of its ops show.
pub(crate) fn shown(ops: &[Op], rel: Rel, context: &Context) -> Result<Rel> {
    let mut columns = Vec::new();
    for op in ops {
        let Op::Show(format) = op else { continue };
        if rel.kind(&format.target.text).is_none() {
            continue;
        }
        let value = expr::lower(&format.expr, &rel, context)?;
        let kind = expr::kind(&value, &rel);
        columns.push((column_of(&format.target.text), expr::to_text(value, &kind, context)));
    }
    if columns.is_empty() { Ok(rel) } else { rel.extend(columns) }
}

/// The name of the column with what a field shows.
pub(crate) fn column_of(field: &str) -> String {
    format!("{SHOWN}{field}")
}
