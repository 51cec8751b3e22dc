//! `auto`: a field's values become numbers if all of them can; else the field stays as it is. So all rows are seen
//! before the first is given.

use arrow::array::ArrayRef;
use arrow::datatypes::{Field, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;

use super::{Resolved, number};
use crate::kernel;
use crate::operator::{Left, RowOperator, RowState, with_columns, with_fields};
use crate::value::{self, Cell, Values, is_multivalue, number_to_text};

#[derive(Debug)]
pub(super) struct Auto(pub(super) Vec<Resolved>);

impl RowOperator for Auto {
    fn name(&self) -> &'static str {
        "ConvertAuto"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let fields = self.0.iter().filter_map(|one| {
            let from = input.field_with_name(&one.field).ok()?;
            let lists = is_multivalue(from.data_type());
            Some(Field::new(&one.target, if lists { value::multivalue() } else { value::mixed() }, true))
        });
        with_fields(input, fields)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        let fields = self.0.iter().map(|one| Watched { one: one.clone(), converts: true }).collect();
        Box::new(State { fields, schema: self.schema(input), batches: Vec::new() })
    }
}

struct State {
    fields: Vec<Watched>,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

/// A field, and whether all its values so far can be converted.
struct Watched {
    one: Resolved,
    converts: bool,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> Result<Option<RecordBatch>> {
        for field in self.fields.iter_mut().filter(|field| field.converts) {
            let Some(values) = batch.column_by_name(&field.one.field).map(Values::new).transpose()? else {
                continue;
            };
            field.converts = (0..batch.num_rows()).all(|row| converts(&values.cell(row)));
        }
        self.batches.push(batch);
        Ok(None)
    }

    fn finish(&mut self) -> Result<Left> {
        let batches = std::mem::take(&mut self.batches);
        let converted: Vec<_> = batches.iter().map(|batch| self.converted(batch)).collect();
        Ok(Left::each(converted))
    }
}

impl State {
    fn converted(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        with_columns(&self.schema, batch, |column| {
            let Some(field) = self.fields.iter().rfind(|field| field.one.target == *column.name()) else {
                return Ok(None);
            };
            let values = batch.column_by_name(&field.one.field).map(Values::new).transpose()?;
            let lists = is_multivalue(column.data_type());
            Ok(values.map(|values| numbers(&values, field.converts, lists, batch.num_rows())))
        })
    }
}

fn converts(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::List(list) => list.iter().all(|text| number::any(&Cell::Text(text)).is_some()),
        single => single.is_null() || number::any(single).is_some(),
    }
}

fn numbers(values: &Values, converts: bool, lists: bool, rows: usize) -> ArrayRef {
    if lists {
        return kernel::lists(rows, |row| {
            let texts = values.cell(row).texts().into_iter();
            texts
                .map(|text| match number::any(&Cell::Text(&text)).filter(|_| converts) {
                    Some(number) => number_to_text(number).into(),
                    None => text,
                })
                .collect()
        });
    }
    kernel::mixed(rows, |row| {
        let cell = values.cell(row);
        number::any(&cell).filter(|_| converts).map_or(cell, Cell::Number)
    })
}
