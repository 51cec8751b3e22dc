//! `makemv`: one value becomes several.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{Field, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Name, Separator, Split};

use super::{not_internal, rex};
use crate::error::Result;
use crate::kernel;
use crate::operator::{RowOperator, RowState, with_columns, with_fields};
use crate::pattern::Pattern;
use crate::plan::Rel;
use crate::value::{self, Values};

pub(crate) fn lower(split: &Split, rel: Rel) -> Result<Rel> {
    not_internal("makemv", &split.field)?;
    let by = match &split.by {
        Separator::Delimiter(delim) => By::Delimiter(delim.clone()),
        Separator::Tokenizer(pattern) => By::Tokenizer(tokenizer(pattern)?),
    };
    if rel.kind(&split.field.text).is_none() {
        return Ok(rel);
    }
    let (field, allow_empty, single) = (split.field.text.clone(), split.allow_empty, split.single);
    rel.through(Arc::new(Splitting { field, by, allow_empty, single }))
}

/// The tokenizer's first group is the value, so it has one.
fn tokenizer(written: &Name) -> Result<Arc<Pattern>, Diagnostic> {
    let pattern = rex::compile(written)?;
    if pattern.groups() > 0 {
        return Ok(pattern);
    }
    Err(Diagnostic::error(code::BAD_REGEX, written.span, "expected a group in the tokenizer, found none")
        .with_help("the first group of each match is a value, for example `([^,]+),?`"))
}

#[derive(Debug, Clone)]
struct Splitting {
    field: String,
    by: By,
    allow_empty: bool,
    single: bool,
}

#[derive(Debug, Clone)]
enum By {
    Delimiter(String),
    Tokenizer(Arc<Pattern>),
}

impl RowOperator for Splitting {
    fn name(&self) -> &'static str {
        "MakeMv"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let kind = if self.single { value::TEXT } else { value::multivalue() };
        with_fields(input, [Field::new(&self.field, kind, true)])
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State { schema: self.schema(input), how: self.clone() })
    }
}

struct State {
    how: Splitting,
    schema: SchemaRef,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let batch = with_columns(&self.schema, &batch, |field| match batch.column_by_name(field.name()) {
            Some(column) if *field.name() == self.how.field => {
                self.split(&Values::new(column)?, batch.num_rows())
            }
            _ => Ok(None),
        })?;
        Ok(Some(batch))
    }
}

impl State {
    fn split(&self, values: &Values, rows: usize) -> DataFusionResult<Option<ArrayRef>> {
        let all = (0..rows)
            .map(|row| {
                let mut parts = Vec::new();
                for text in values.cell(row).texts() {
                    self.how.parts(&text, &mut parts)?;
                }
                Ok(parts)
            })
            .collect::<DataFusionResult<Vec<Vec<String>>>>()?;
        let of_row = |row: usize| all.get(row).map_or(&[][..], Vec::as_slice);
        let delim = match &self.how.by {
            By::Delimiter(delim) => delim,
            By::Tokenizer(_) => " ",
        };
        Ok(Some(if self.how.single {
            kernel::texts(rows, |row| {
                let parts = of_row(row);
                (!parts.is_empty()).then(|| Cow::Owned(parts.join(delim)))
            })
        } else {
            kernel::lists(rows, |row| of_row(row).iter().map(|part| Cow::Borrowed(part.as_str())).collect())
        }))
    }
}

impl Splitting {
    fn parts(&self, text: &str, parts: &mut Vec<String>) -> DataFusionResult<()> {
        let mut add = |part: &str| {
            if self.allow_empty || !part.is_empty() {
                parts.push(part.to_owned());
            }
        };
        match &self.by {
            By::Delimiter(delim) => text.split(delim.as_str()).for_each(add),
            By::Tokenizer(pattern) => {
                for captures in pattern.matches(text) {
                    let captures = captures.map_err(|hit| DataFusionError::Execution(hit.to_string()))?;
                    if let Some(part) = captures.get(1).and_then(|range| text.get(range)) {
                        add(part);
                    }
                }
            }
        }
        Ok(())
    }
}
