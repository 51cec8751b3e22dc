//! `fillnull`: a value where there is none.

use sluice_spl::ops::FillNull;

use crate::error::Result;
use crate::kernel::{self, Arg, Context, text_literal};
use crate::plan::{Rel, column};
use crate::value::{self, Cell, is_multivalue, is_numeric, parse_number};
use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;

/// Named fields are created where they do not exist; without names every field is filled.
pub(crate) fn lower(fill: &FillNull, rel: Rel, context: &Context) -> Result<Rel> {
    let mut names: Vec<String> = Vec::new();
    for field in &fill.fields {
        if field.is_pattern() {
            names.extend(
                rel.fields()
                    .map(|(name, _)| name.to_owned())
                    .filter(|name| crate::needed::matches(field, name)),
            );
        } else {
            names.push(field.text.clone());
        }
    }
    if fill.fields.is_empty() {
        names = rel.fields().map(|(name, _)| name.to_owned()).filter(|name| !name.starts_with('_')).collect();
    }
    let new = names.into_iter().map(|name| filled(name, &fill.value, &rel, context)).collect();
    rel.extend(new)
}

fn filled(name: String, value: &str, rel: &Rel, context: &Context) -> (String, Expr) {
    let Some(kind) = rel.kind(&name).cloned() else { return (name, text_literal(value)) };
    let args = vec![column(&name), text_literal(value)];
    let expr = if is_multivalue(&kind) {
        kernel::call("fillnull_list", kind, context, |_, args, rows| lists(args, rows), args)
    } else if is_numeric(&kind) && parse_number(value).is_some() {
        kernel::call("fillnull_number", value::NUMBER, context, |_, args, rows| numbers(args, rows), args)
    } else if kind == value::TEXT {
        kernel::call("fillnull_text", value::TEXT, context, |_, args, rows| texts(args, rows), args)
    } else {
        kernel::call("fillnull", value::mixed(), context, |_, args, rows| mixed(args, rows), args)
    };
    (name, expr)
}

fn pair(args: &[Arg]) -> Option<(&Arg, &Arg)> {
    match args {
        [field, value] => Some((field, value)),
        _ => None,
    }
}

fn chosen<'a>(args: &'a [Arg], row: usize) -> Cell<'a> {
    match pair(args) {
        Some((field, value)) => {
            let cell = field.cell(row);
            if cell.is_null() { value.cell(row) } else { cell }
        }
        None => Cell::Null,
    }
}

fn lists(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(kernel::lists(rows, |row| chosen(args, row).texts()))
}

fn numbers(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(kernel::numbers(rows, |row| chosen(args, row).number()))
}

fn texts(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(kernel::texts(rows, |row| chosen(args, row).text()))
}

fn mixed(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(kernel::mixed(rows, |row| chosen(args, row)))
}
