//! `addtotals`: the sum of each row's numbers, and a last row with the sum of each column's.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, new_null_array};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::{TotalRow, Totals};

use super::{cells, expr};
use crate::error::Result;
use crate::kernel::{self, Arg, Context, null_literal};
use crate::needed::matches;
use crate::operator::{Left, RowOperator, RowState};
use crate::plan::{Rel, column};
use crate::value::{self, Cell, NUMBER, Values};

pub(crate) fn lower(totals: &Totals, rel: Rel, context: &Context) -> Result<Rel> {
    let rel = match &totals.row {
        Some(name) => {
            let args = summed(totals, &rel).iter().map(|field| column(field)).collect();
            let sum = kernel::call("row_total", NUMBER, context, |_, args, rows| row_sums(args, rows), args);
            rel.extend(vec![(name.text.clone(), sum)])?
        }
        None => rel,
    };
    match &totals.column {
        Some(row) => with_total_row(totals, row, rel, context),
        None => Ok(rel),
    }
}

/// The fields that are summed; internal ones only by name.
fn summed(totals: &Totals, rel: &Rel) -> Vec<String> {
    let wanted = |name: &str| match totals.fields.as_slice() {
        _ if totals.except.as_ref().is_some_and(|except| except.text == name) => false,
        [] => !name.starts_with('_'),
        fields => fields.iter().any(|field| matches(field, name)),
    };
    rel.fields().map(|(name, _)| name).filter(|name| wanted(name)).map(str::to_owned).collect()
}

/// A row without a number has the sum 0.
fn row_sums(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(kernel::numbers(rows, |row| Some(args.iter().filter_map(|arg| arg.number(row)).sum())))
}

fn with_total_row(totals: &Totals, row: &TotalRow, rel: Rel, context: &Context) -> Result<Rel> {
    let mut fields = summed(totals, &rel);
    // The column of row sums is summed whatever fields are named.
    if let Some(name) = totals.row.as_ref().filter(|name| !fields.contains(&name.text)) {
        fields.push(name.text.clone());
    }
    let mut rel = rel;
    let label = row.label_field.as_ref().map(|name| name.text.clone());
    if let Some(name) = &label {
        fields.retain(|field| field != name);
        let holder = match rel.kind(name).cloned() {
            None => null_literal(),
            Some(kind) if value::is_numeric(&kind) => expr::to_mixed(column(name), &kind, context),
            Some(_) => column(name),
        };
        rel = rel.extend(vec![(name.clone(), holder)])?;
    }
    rel.through(Arc::new(TotalOfColumns { fields, label, text: row.label.clone() }))?.number()
}

#[derive(Debug, Clone)]
struct TotalOfColumns {
    fields: Vec<String>,
    label: Option<String>,
    text: String,
}

impl RowOperator for TotalOfColumns {
    fn name(&self) -> &'static str {
        "ColumnTotals"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        Arc::clone(input)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(Summing {
            sums: vec![None; input.fields().len()],
            how: self.clone(),
            schema: Arc::clone(input),
            rows: 0,
        })
    }
}

struct Summing {
    how: TotalOfColumns,
    schema: SchemaRef,
    /// The sum of each column that has a number.
    sums: Vec<Option<f64>>,
    rows: usize,
}

impl RowState for Summing {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let columns = self.schema.fields().iter().zip(batch.columns()).zip(&mut self.sums);
        for ((field, array), sum) in columns {
            if !self.how.fields.contains(field.name()) {
                continue;
            }
            let values = Values::new(array)?;
            for number in (0..batch.num_rows()).filter_map(|row| values.cell(row).number()) {
                *sum = Some(sum.unwrap_or(0.0) + number);
            }
        }
        self.rows += batch.num_rows();
        Ok(Some(batch))
    }

    fn finish(&mut self) -> DataFusionResult<Left> {
        if self.rows == 0 {
            return Ok(Left::default());
        }
        let columns = self.schema.fields().iter().zip(&self.sums).map(|(field, sum)| {
            if self.how.label.as_ref() == Some(field.name()) {
                return cells::of_kind(field.data_type(), &[Cell::Text(&self.how.text)]);
            }
            match (sum, field.data_type()) {
                (None, kind) => new_null_array(kind, 1),
                (Some(sum), DataType::Int64) => Arc::new(Int64Array::from(vec![*sum as i64])),
                (Some(sum), kind) => cells::of_kind(kind, &[Cell::Number(*sum)]),
            }
        });
        Ok(Left::one(RecordBatch::try_new(Arc::clone(&self.schema), columns.collect())?))
    }
}
