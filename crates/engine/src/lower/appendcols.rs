//! `appendcols`: the rows of a subsearch beside the rows so far, the first beside the first.

use std::sync::Arc;

use arrow::array::UInt32Array;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::AppendCols;

use super::beside::{Beside, table};
use crate::error::Result;
use crate::operator::{Left, RowOperator, RowState};
use crate::plan::Rel;
use crate::planner::Planner;

pub(crate) async fn lower(cols: &AppendCols, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let found = table(&cols.ops, cols.max, cols.span, planner).await?;
    let names = |name: &str| (!name.starts_with('_')).then(|| name.to_owned());
    let (rel, beside) = Beside::new(rel, &found, names, cols.overwrite, planner).await?;
    rel.through(Arc::new(Columns(beside)))?.number()
}

#[derive(Debug)]
struct Columns(Beside);

impl RowOperator for Columns {
    fn name(&self) -> &'static str {
        "AppendCols"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        self.0.schema(input)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State {
            beside: self.0.clone(),
            input: Arc::clone(input),
            schema: self.schema(input),
            next: 0,
        })
    }
}

struct State {
    beside: Beside,
    input: SchemaRef,
    schema: SchemaRef,
    /// Rows seen so far.
    next: usize,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let rows = batch.num_rows();
        let first = UInt32Array::from_iter_values(0..rows as u32);
        let second = (self.next..self.next + rows).map(|at| (at < self.beside.rows()).then_some(at as u32));
        let second = UInt32Array::from_iter(second);
        self.next += rows;
        self.beside.rows_of(&batch, &first, &second, &self.schema).map(Some)
    }

    fn finish(&mut self) -> DataFusionResult<Left> {
        let more = self.next..self.beside.rows();
        if more.is_empty() {
            return Ok(Left::default());
        }
        let first = UInt32Array::from_iter(more.clone().map(|_| None::<u32>));
        let second = UInt32Array::from_iter_values(more.map(|at| at as u32));
        let none = RecordBatch::new_empty(Arc::clone(&self.input));
        Ok(Left::one(self.beside.rows_of(&none, &first, &second, &self.schema)?))
    }
}
