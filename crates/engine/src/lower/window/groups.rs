//! What both windows share: rows of a batch as groups, places and values, and results as columns.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type, Int64Type, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::{Result, ScalarValue};
use datafusion::scalar::ScalarValue as Scalar;

use super::{Measures, PLACES};
use crate::aggregate::{Outcome, Place, Stat, add, scalar};
use crate::lower::key;
use crate::value::Values;

/// A batch seen by a window.
pub(super) struct View {
    by: Vec<Option<Values>>,
    inputs: Vec<Option<Values>>,
    time: Option<ArrayRef>,
    newest: Option<ArrayRef>,
    sequence: Option<ArrayRef>,
}

impl View {
    pub(super) fn new(window: &Measures, batch: &RecordBatch) -> Result<Self> {
        let values = |name: &str| batch.column_by_name(name).map(Values::new).transpose();
        let [time, newest, sequence] = PLACES.map(|name| batch.column_by_name(name).cloned());
        Ok(Self {
            by: window.by.iter().map(|name| values(name)).collect::<Result<_>>()?,
            inputs: window
                .measures
                .iter()
                .map(|measure| measure.input.as_deref().map_or(Ok(None), values))
                .collect::<Result<_>>()?,
            time: time.filter(|array| array.as_primitive_opt::<Float64Type>().is_some()),
            newest,
            sequence,
        })
    }

    /// Writes the key of the row's group; false if the row lacks a BY field.
    pub(super) fn write_group(&self, row: usize, into: &mut String) -> bool {
        into.clear();
        self.by.is_empty() || key::write(&self.by, row, into)
    }

    pub(super) fn place(&self, row: usize) -> Place {
        let number = |array: &Option<ArrayRef>| {
            let numbers = array.as_ref()?.as_primitive_opt::<Float64Type>()?;
            numbers.is_valid(row).then(|| numbers.value(row))
        };
        let sequence = self.sequence.as_ref().and_then(|array| array.as_primitive_opt::<Int64Type>());
        Place {
            time: number(&self.time),
            newest: number(&self.newest).unwrap_or(f64::NEG_INFINITY),
            sequence: sequence.map_or(0, |sequence| sequence.value(row)),
        }
    }

    /// Gives each stat the row's value; without an argument the row itself counts.
    pub(super) fn add(&self, window: &Measures, stats: &mut [Box<dyn Stat>], row: usize) {
        let place = self.place(row);
        for ((measure, input), stat) in window.measures.iter().zip(&self.inputs).zip(stats) {
            match (&measure.input, input) {
                (None, _) => stat.add(&crate::value::Cell::Integer(1), place),
                (Some(_), Some(values)) => {
                    add(stat.as_mut(), &values.cell(row), place, measure.function.spreads());
                }
                (Some(_), None) => {}
            }
        }
    }
}

impl Measures {
    /// Fresh stats of a group.
    pub(super) fn start(&self) -> Vec<Box<dyn Stat>> {
        self.measures.iter().map(|measure| measure.function.start()).collect()
    }

    /// The results so far.
    pub(super) fn results(&self, stats: &[Box<dyn Stat>]) -> Result<Vec<Scalar>> {
        self.measures
            .iter()
            .zip(stats)
            .map(|(measure, stat)| scalar(stat.result(), &measure.returns))
            .collect()
    }

    /// Results of a row without a group.
    pub(super) fn nothing(&self) -> Result<Vec<Scalar>> {
        self.measures.iter().map(|measure| scalar(Outcome::Null, &measure.returns)).collect()
    }

    /// The batch with one column a measure, from one list of results a row.
    pub(super) fn with_results(
        &self,
        schema: &SchemaRef,
        batch: &RecordBatch,
        rows: &[Vec<Scalar>],
    ) -> Result<RecordBatch> {
        let columns = (0..self.measures.len()).map(|at| self.column(at, rows));
        self.beside(schema, batch, &columns.collect::<Result<Vec<_>>>()?)
    }

    /// The results of a measure, from one list of results a row or group.
    pub(super) fn column(&self, at: usize, rows: &[Vec<Scalar>]) -> Result<ArrayRef> {
        let Some(measure) = self.measures.get(at).filter(|_| !rows.is_empty()) else {
            let kind = self.measures.get(at).map_or(DataType::Null, |measure| measure.returns.clone());
            return Ok(arrow::array::new_empty_array(&kind));
        };
        let null = scalar(Outcome::Null, &measure.returns)?;
        ScalarValue::iter_to_array(
            rows.iter().map(|row| row.get(at).cloned().unwrap_or_else(|| null.clone())),
        )
    }

    /// The batch with these results, one a row and measure.
    pub(super) fn beside(
        &self,
        schema: &SchemaRef,
        batch: &RecordBatch,
        results: &[ArrayRef],
    ) -> Result<RecordBatch> {
        let columns = schema.fields().iter().map(|field| {
            // Of two results of one name the last stands.
            let result = self.measures.iter().rposition(|measure| &measure.name == field.name());
            let column = result.and_then(|at| results.get(at)).or_else(|| batch.column_by_name(field.name()));
            column
                .map_or_else(|| arrow::array::new_null_array(field.data_type(), batch.num_rows()), Arc::clone)
        });
        Ok(RecordBatch::try_new(Arc::clone(schema), columns.collect())?)
    }
}
