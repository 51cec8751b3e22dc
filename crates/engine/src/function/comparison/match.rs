//! `match`: whether a regular expression matches anywhere in a text.

use arrow::array::{Array, ArrayRef, BooleanBuilder};
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use datafusion::logical_expr::Expr;
use hashbrown::HashMap;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::pattern::{self, Pattern};
use crate::value::{Cell, Values};

/// `match(TEXT, REGEX)`
pub const MATCH: Function = Function {
    name: "match",
    arguments: (2, Some(2)),
    syntax: "match(TEXT, REGEX)",
    summary: "True if the regular expression matches anywhere in the text; null for null.",
    examples: &[
        ("if(match(\"sftp.exe\", \"(?i)FTP\\.exe\"), 1, 0)", "1"),
        ("if(match(\"sftp.exe\", \"^ftp\"), 1, 0)", "0"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    call.check_pattern(1)?;
    Ok(call.kernel(DataType::Boolean, run))
}

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text, regex] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    let Some(constant) = regex.constant() else { return by_row(text, regex, rows) };
    let Some(pattern) = constant.text() else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    let pattern = compile(&pattern)?;
    match text.values() {
        Values::Text(texts) if text.constant().is_none() => column(texts, &pattern),
        _ => rowwise(rows, |row| any(&text.cell(row), &pattern)),
    }
}

/// Images and users repeat themselves: results of short texts are remembered within a batch.
fn column(texts: &arrow::array::StringViewArray, pattern: &Pattern) -> DataFusionResult<ArrayRef> {
    let mut results = BooleanBuilder::with_capacity(texts.len());
    let mut known: HashMap<&str, bool> = HashMap::new();
    let mut last: Option<(&str, bool)> = None;
    for row in 0..texts.len() {
        if texts.is_null(row) {
            results.append_null();
            continue;
        }
        let text = texts.value(row);
        let found = last.filter(|(last, _)| *last == text).map(|(_, found)| found);
        let found = match found.or_else(|| known.get(text).copied()) {
            Some(found) => found,
            None => {
                let found = is_match(pattern, text)?;
                // All-distinct columns would only fill the map.
                if known.len() < 512 {
                    known.insert(text, found);
                }
                found
            }
        };
        last = Some((text, found));
        results.append_value(found);
    }
    Ok(std::sync::Arc::new(results.finish()))
}

fn compile(text: &str) -> DataFusionResult<std::sync::Arc<Pattern>> {
    pattern::compile(text)
        .map_err(|why| DataFusionError::Execution(format!("regular expression `{text}`: {why}")))
}

/// Whether any value matches.
fn any(cell: &Cell<'_>, pattern: &Pattern) -> DataFusionResult<Option<bool>> {
    if cell.is_null() {
        return Ok(None);
    }
    for text in cell.texts() {
        if is_match(pattern, &text)? {
            return Ok(Some(true));
        }
    }
    Ok(Some(false))
}

fn is_match(pattern: &Pattern, text: &str) -> DataFusionResult<bool> {
    pattern.is_match(text).map_err(|hit| DataFusionError::Execution(hit.to_string()))
}

fn rowwise(
    rows: usize,
    mut value: impl FnMut(usize) -> DataFusionResult<Option<bool>>,
) -> DataFusionResult<ArrayRef> {
    let mut results = BooleanBuilder::with_capacity(rows);
    for row in 0..rows {
        results.append_option(value(row)?);
    }
    Ok(std::sync::Arc::new(results.finish()))
}

fn by_row(text: &Arg, regex: &Arg, rows: usize) -> DataFusionResult<ArrayRef> {
    rowwise(rows, |row| match regex.text(row) {
        Some(pattern) => any(&text.cell(row), &*compile(&pattern)?),
        None => Ok(None),
    })
}
