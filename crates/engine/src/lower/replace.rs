//! `replace`: values for values.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::Replace;

use super::rename::filled;
use crate::error::Result;
use crate::kernel;
use crate::needed::matches;
use crate::operator::{RowOperator, RowState, with_columns, with_fields};
use crate::plan::Rel;
use crate::value::{self, Cell, Values, is_multivalue};
use crate::wildcard;

pub(crate) fn lower(replace: &Replace, rel: Rel) -> Result<Rel> {
    let is_named = |name: &str| match replace.fields.as_slice() {
        [] => !name.starts_with('_'),
        fields => fields.iter().any(|field| matches(field, name)),
    };
    let fields: Vec<String> =
        rel.fields().map(|(name, _)| name).filter(|name| is_named(name)).map(str::to_owned).collect();
    if fields.is_empty() {
        return Ok(rel);
    }
    let text = |name: &sluice_spl::ops::Name| name.text.clone();
    let (patterns, values) = replace
        .pairs
        .iter()
        .rev()
        .map(|(from, to)| (text(from), text(to)))
        .partition::<Vec<_>, _>(|(from, _)| from.contains('*'));
    let mut patterns = patterns;
    // Fuller matches come first; of equals, the one that was written last.
    patterns.sort_by_key(|(from, _)| std::cmp::Reverse(from.chars().filter(|c| *c != '*').count()));
    rel.through(Arc::new(Replacing { fields, values, patterns }))
}

#[derive(Debug, Clone)]
struct Replacing {
    fields: Vec<String>,
    /// Value and what stands for it; the first that fits counts.
    values: Vec<(String, String)>,
    /// The same with wildcards, for what no value fits.
    patterns: Vec<(String, String)>,
}

impl Replacing {
    fn replacement(&self, text: &str) -> Option<String> {
        if let Some((_, to)) = self.values.iter().find(|(from, _)| from == text) {
            return Some(to.clone());
        }
        self.patterns.iter().find_map(|(from, to)| {
            let parts = wildcard::captures(from, text)?;
            Some(if to.contains('*') { filled(to, &parts) } else { to.clone() })
        })
    }
}

/// A replaced number is text, so a field of numbers may then hold both.
fn returns(from: &DataType) -> DataType {
    if is_multivalue(from) || *from == value::TEXT { from.clone() } else { value::mixed() }
}

impl RowOperator for Replacing {
    fn name(&self) -> &'static str {
        "Replace"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let fields = self.fields.iter().filter_map(|name| {
            let from = input.field_with_name(name).ok()?;
            Some(Field::new(name, returns(from.data_type()), true))
        });
        with_fields(input, fields)
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State { schema: self.schema(input), how: self.clone() })
    }
}

struct State {
    how: Replacing,
    schema: SchemaRef,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let batch = with_columns(&self.schema, &batch, |field| match batch.column_by_name(field.name()) {
            Some(column) if self.how.fields.contains(field.name()) => {
                Ok(Some(self.replaced(field.data_type(), &Values::new(column)?, batch.num_rows())))
            }
            _ => Ok(None),
        })?;
        Ok(Some(batch))
    }
}

impl State {
    fn replaced(&self, kind: &DataType, values: &Values, rows: usize) -> ArrayRef {
        let one = |text: Cow<'_, str>| match self.how.replacement(&text) {
            Some(new) => new,
            None => text.into_owned(),
        };
        if is_multivalue(kind) {
            return kernel::lists(rows, |row| {
                values.cell(row).texts().into_iter().map(|text| Cow::Owned(one(text))).collect()
            });
        }
        if *kind == value::TEXT {
            return kernel::texts(rows, |row| values.cell(row).text().map(|text| Cow::Owned(one(text))));
        }
        let new: Vec<_> = (0..rows).map(|row| self.how.replacement(&values.cell(row).text()?)).collect();
        kernel::mixed(rows, |row| match new.get(row) {
            Some(Some(text)) => Cell::Text(text),
            _ => values.cell(row),
        })
    }
}
