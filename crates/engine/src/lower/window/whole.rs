//! `eventstats`: the aggregate of a row's whole group.

use std::collections::HashMap;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;

use super::Measures;
use super::groups::View;
use crate::aggregate::Stat;
use crate::operator::{RowOperator, RowState};

#[derive(Debug)]
pub(super) struct Whole(pub(super) Measures);

impl RowOperator for Whole {
    fn name(&self) -> &'static str {
        "EventStats"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        self.0.schema(input)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State {
            window: self.0.clone(),
            schema: self.schema(input),
            batches: Vec::new(),
            groups: HashMap::new(),
        })
    }
}

struct State {
    window: Measures,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    groups: HashMap<Vec<String>, Vec<Box<dyn Stat>>>,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> Result<Option<RecordBatch>> {
        let view = View::new(&self.window, &batch)?;
        for row in 0..batch.num_rows() {
            if let Some(group) = view.group(row) {
                let stats = self.groups.entry(group).or_insert_with(|| self.window.start());
                view.add(&self.window, stats, row);
            }
        }
        self.batches.push(batch);
        Ok(None)
    }

    fn finish(&mut self) -> Result<Vec<RecordBatch>> {
        let results = std::mem::take(&mut self.groups)
            .into_iter()
            .map(|(group, stats)| Ok((group, self.window.results(&stats)?)))
            .collect::<Result<HashMap<_, _>>>()?;
        let nothing = self.window.nothing()?;
        std::mem::take(&mut self.batches)
            .into_iter()
            .map(|batch| {
                let view = View::new(&self.window, &batch)?;
                let rows: Vec<_> = (0..batch.num_rows())
                    .map(|row| {
                        view.group(row).and_then(|group| results.get(&group)).unwrap_or(&nothing).clone()
                    })
                    .collect();
                self.window.with_results(&self.schema, &batch, &rows)
            })
            .collect()
    }
}
