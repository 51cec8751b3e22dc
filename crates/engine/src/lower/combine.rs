//! `mvcombine`: rows that differ in one field become one, at the place of the first.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, ListBuilder, StringViewBuilder};
use arrow::compute::filter_record_batch;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::Combine;

use super::identity::Identity;
use super::{not_internal, single};
use crate::error::Result;
use crate::operator::{Left, RowOperator, RowState, with_columns, with_fields};
use crate::plan::Rel;
use crate::value::Values;

pub(crate) fn lower(combine: &Combine, rel: Rel) -> Result<Rel> {
    not_internal("mvcombine", &combine.field)?;
    if rel.kind(&combine.field.text).is_none() {
        return Ok(rel);
    }
    rel.through(Arc::new(Combining { field: combine.field.text.clone(), delim: combine.delim.clone() }))
}

#[derive(Debug, Clone)]
struct Combining {
    field: String,
    delim: String,
}

impl RowOperator for Combining {
    fn name(&self) -> &'static str {
        "MvCombine"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        with_fields(input, [single::joined_with(&self.field, &self.delim)])
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State {
            field: self.field.clone(),
            schema: self.schema(input),
            places: HashMap::new(),
            values: Vec::new(),
            firsts: Vec::new(),
        })
    }
}

struct State {
    field: String,
    schema: SchemaRef,
    /// Rows seen so far, and where their values are.
    places: HashMap<Vec<u8>, usize>,
    values: Vec<Vec<String>>,
    /// The first row of each, in order, batch by batch.
    firsts: Vec<RecordBatch>,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let identity = Identity::new(&batch, Some(&self.field))?;
        let field = batch.column_by_name(&self.field).map(Values::new).transpose()?;
        let mut is_first = |row| {
            let next = self.values.len();
            let place = *self.places.entry(identity.of(row)).or_insert(next);
            if place == next {
                self.values.push(Vec::new());
            }
            if let (Some(values), Some(field)) = (self.values.get_mut(place), &field) {
                values.extend(field.cell(row).texts().into_iter().map(|text| text.into_owned()));
            }
            Some(place == next)
        };
        let first: BooleanArray = (0..batch.num_rows()).map(&mut is_first).collect();
        self.firsts.push(filter_record_batch(&batch, &first)?);
        Ok(None)
    }

    fn finish(&mut self) -> DataFusionResult<Left> {
        self.places.clear();
        let mut values = std::mem::take(&mut self.values).into_iter();
        let firsts = std::mem::take(&mut self.firsts);
        let combined: Vec<_> = firsts
            .iter()
            .map(|batch| {
                let mut lists = ListBuilder::new(StringViewBuilder::new());
                for values in values.by_ref().take(batch.num_rows()) {
                    values.iter().for_each(|value| lists.values().append_value(value));
                    lists.append(!values.is_empty());
                }
                let lists: ArrayRef = Arc::new(lists.finish());
                with_columns(&self.schema, batch, |field| {
                    Ok((*field.name() == self.field).then(|| Arc::clone(&lists)))
                })
            })
            .collect();
        Ok(Left::each(combined))
    }
}
