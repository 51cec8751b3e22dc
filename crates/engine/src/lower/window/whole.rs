//! `eventstats`: the aggregate of a row's whole group.

use std::sync::Arc;

use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use hashbrown::HashMap;

use super::Measures;
use super::groups::View;
use crate::aggregate::Stat;
use crate::held::Held;
use crate::operator::{Left, RowOperator, RowState};

/// Hidden column: the number of the row's group.
const GROUP: &str = "\0group";

#[derive(Debug)]
pub(super) struct Whole {
    pub(super) window: Measures,
    pub(super) session: Arc<TaskContext>,
}

impl RowOperator for Whole {
    fn name(&self) -> &'static str {
        "EventStats"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        self.window.schema(input)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        let mut fields: Vec<_> = input.fields().iter().cloned().collect();
        fields.push(Arc::new(Field::new(GROUP, DataType::UInt32, true)));
        let grouped = Arc::new(Schema::new(fields));
        let memory = MemoryConsumer::new("the groups of eventstats").register(self.session.memory_pool());
        Box::new(State {
            window: self.window.clone(),
            schema: self.schema(input),
            rows: Some(Held::new("the rows of eventstats", Arc::clone(&grouped), &self.session)),
            grouped,
            memory,
            numbers: HashMap::new(),
            groups: Vec::new(),
        })
    }
}

struct State {
    window: Measures,
    schema: SchemaRef,
    /// The input's, with the group.
    grouped: SchemaRef,
    rows: Option<Held>,
    memory: MemoryReservation,
    /// The number of each group by its key.
    numbers: HashMap<Box<str>, u32>,
    groups: Vec<Vec<Box<dyn Stat>>>,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> Result<Option<RecordBatch>> {
        let view = View::new(&self.window, &batch)?;
        let mut key = String::new();
        let numbers = (0..batch.num_rows()).map(|row| {
            if !view.write_group(row, &mut key) {
                return Ok(None);
            }
            let number = match self.numbers.get(key.as_str()) {
                Some(number) => *number,
                None => self.begin(&key)?,
            };
            if let Some(stats) = self.groups.get_mut(number as usize) {
                view.add(&self.window, stats, row);
            }
            Ok(Some(number))
        });
        let numbers: ArrayRef = Arc::new(numbers.collect::<Result<UInt32Array>>()?);
        let columns = batch.columns().iter().cloned().chain([numbers]).collect();
        if let Some(rows) = &mut self.rows {
            rows.push(RecordBatch::try_new(Arc::clone(&self.grouped), columns)?)?;
        }
        Ok(None)
    }

    fn finish(&mut self) -> Result<Left> {
        let Some(rows) = self.rows.take() else { return Ok(Left::default()) };
        let results = std::mem::take(&mut self.groups)
            .iter()
            .map(|stats| self.window.results(stats))
            .collect::<Result<Vec<_>>>()?;
        let results = (0..self.window.measures.len())
            .map(|at| self.window.column(at, &results))
            .collect::<Result<Vec<_>>>()?;
        let (window, schema) = (self.window.clone(), Arc::clone(&self.schema));
        let shown = move |batch: RecordBatch| {
            let numbers = batch.column(batch.num_columns() - 1);
            let results = results.iter().map(|results| Ok(take(results, numbers, None)?));
            window.beside(&schema, &batch, &results.collect::<Result<Vec<_>>>()?)
        };
        let rows = rows.finish()?.batches();
        Ok(Left::each(rows.map(move |batch| shown(batch?))))
    }
}

impl State {
    /// A new group.
    fn begin(&mut self, key: &str) -> Result<u32> {
        let stats = self.window.start();
        let held: usize = stats.iter().map(|stat| stat.size() + size_of::<Box<dyn Stat>>()).sum();
        self.memory.try_grow(held + key.len() + size_of::<(Box<str>, u32, Vec<Box<dyn Stat>>)>())?;
        let number = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.groups.push(stats);
        self.numbers.insert(key.into(), number);
        Ok(number)
    }
}
