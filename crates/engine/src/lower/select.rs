//! `spath path=…`, `xpath`: one field from a text by a path. Where the path leads to nothing, a value that the
//! field has stays.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_events::format::xml;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Language, Select};

use crate::error::Result;
use crate::kernel::{self, Arg, Context, Run};
use crate::plan::{Rel, column};
use crate::structured::xpath::XPath;
use crate::structured::{Document, Path};
use crate::value;

pub(crate) fn lower(select: &Select, rel: Rel, context: &Context) -> Result<Rel> {
    let (name, run): (_, Run) = match select.language {
        Language::Spath => ("spath_or", spath),
        Language::XPath => {
            XPath::parse(&select.path.text).map_err(|why| {
                Diagnostic::error(
                    code::BAD_OPTION,
                    select.path.span,
                    format!("the XPath is not run here: {why}"),
                )
                .with_help("`sluice help xpath` says what is read; `spath` takes most values too")
            })?;
            ("xpath_or", xpath)
        }
    };
    let of = |name: &str| if rel.kind(name).is_some() { column(name) } else { kernel::null_literal() };
    let otherwise = match &select.default {
        Some(text) => kernel::text_literal(text),
        None => of(&select.output.text),
    };
    let args: Vec<Expr> = vec![of(&select.input.text), kernel::text_literal(&select.path.text), otherwise];
    let values = kernel::call(name, value::multivalue(), context, run, args);
    rel.extend(vec![(select.output.text.clone(), values)])
}

fn spath(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let path = |text: &str| Some(Path::parse(text));
    selected(args, rows, path, |path, text| match Document::parse(text) {
        Some(document) => document.select(path),
        None => Vec::new(),
    })
}

fn xpath(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let path = |text: &str| XPath::parse(text).ok();
    selected(args, rows, path, |path, text| path.select(&xml::parse(text)))
}

fn selected<P>(
    args: &[Arg],
    rows: usize,
    read: fn(&str) -> Option<P>,
    select: fn(&P, &str) -> Vec<String>,
) -> DataFusionResult<ArrayRef> {
    let [input, path, otherwise] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    let path = path.constant().and_then(|cell| cell.text()).and_then(|text| read(&text));
    Ok(kernel::lists(rows, |row| {
        let found: Vec<String> = match &path {
            Some(path) => input.cell(row).texts().iter().flat_map(|text| select(path, text)).collect(),
            None => Vec::new(),
        };
        if found.is_empty() {
            otherwise.cell(row).texts()
        } else {
            found.into_iter().map(Cow::Owned).collect()
        }
    }))
}
