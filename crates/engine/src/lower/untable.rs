//! `untable`: a row for each cell of a table.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringViewBuilder, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::Untable;

use super::{cells, expr};
use crate::error::Result;
use crate::operator::{RowOperator, RowState};
use crate::plan::{Rel, is_hidden};
use crate::value::{self, Cell, Values};

pub(crate) fn lower(untable: &Untable, rel: Rel) -> Result<Rel> {
    let names = [&untable.row, &untable.column, &untable.value].map(|name| name.text.clone());
    rel.through(Arc::new(Cells { names }))?.number()
}

#[derive(Debug, Clone)]
struct Cells {
    /// The fields for the row, the column's name and the value.
    names: [String; 3],
}

impl Cells {
    /// The fields whose cells become rows.
    fn is_column(&self, name: &str) -> bool {
        !is_hidden(name) && !name.starts_with('_') && *name != self.names[0]
    }

    /// A type that holds the values of all of them.
    fn kind(&self, input: &SchemaRef) -> DataType {
        let kinds = input.fields().iter().filter(|field| self.is_column(field.name()));
        let kinds = kinds.map(|field| field.data_type().clone());
        kinds.reduce(|all, kind| expr::unify(&all, &kind)).unwrap_or(value::TEXT)
    }
}

impl RowOperator for Cells {
    fn name(&self) -> &'static str {
        "Untable"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let [row, column, value] = &self.names;
        let kind = input.field_with_name(row).map_or(value::TEXT, |field| field.data_type().clone());
        let mut fields = vec![Field::new(row, kind, true)];
        for (name, kind) in [(column, value::TEXT), (value, self.kind(input))] {
            // Of two fields of one name the later stands.
            fields.retain(|field| field.name() != name);
            fields.push(Field::new(name, kind, true));
        }
        Arc::new(Schema::new(fields))
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State { how: self.clone(), schema: self.schema(input), kind: self.kind(input) })
    }
}

struct State {
    how: Cells,
    schema: SchemaRef,
    kind: DataType,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let schema = batch.schema();
        let columns = schema.fields().iter().zip(batch.columns());
        let columns: Vec<(&String, Values)> = columns
            .filter(|(field, _)| self.how.is_column(field.name()))
            .map(|(field, array)| Ok((field.name(), Values::new(array)?)))
            .collect::<DataFusionResult<_>>()?;
        let mut rows = Vec::new();
        let mut names = StringViewBuilder::new();
        let mut values: Vec<Cell<'_>> = Vec::new();
        for row in 0..batch.num_rows() {
            for (name, column) in &columns {
                let cell = column.cell(row);
                if !cell.is_null() {
                    rows.push(row as u64);
                    names.append_value(name);
                    values.push(cell);
                }
            }
        }
        let rows = UInt64Array::from(rows);
        let names: ArrayRef = Arc::new(names.finish());
        let values = cells::of_kind(&self.kind, &values);
        let [_, column, value] = &self.how.names;
        let arrays = self.schema.fields().iter().map(|field| {
            if field.name() == value {
                Ok(Arc::clone(&values))
            } else if field.name() == column {
                Ok(Arc::clone(&names))
            } else {
                match batch.column_by_name(field.name()) {
                    Some(array) => Ok(take(array, &rows, None)?),
                    None => Ok(arrow::array::new_null_array(field.data_type(), Array::len(&rows))),
                }
            }
        });
        let arrays = arrays.collect::<DataFusionResult<Vec<_>>>()?;
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), arrays)?))
    }
}
