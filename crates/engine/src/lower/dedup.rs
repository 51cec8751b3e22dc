//! `dedup`: the first rows of each combination of values.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray};
use arrow::compute::{filter_record_batch, nullif};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::Dedup;

use super::newest::{self, Rank};
use super::sort;
use crate::error::Result;
use crate::held::compact;
use crate::kernel::Context;
use crate::operator::{RowOperator, RowState};
use crate::plan::{Order, Rel};
use crate::value::{Cell, Values};

pub(crate) fn lower(dedup: &Dedup, rel: Rel, context: &Context) -> Result<Rel> {
    let rel = if dedup.sort_by.is_empty() {
        rel
    } else {
        let keys = sort::keys(&dedup.sort_by, false, &rel, context);
        rel.sort(keys, None)?
    };
    let distinct = Distinct {
        fields: dedup.fields.iter().map(|field| field.text.clone()).collect(),
        count: dedup.count,
        keep_empty: dedup.keep_empty,
        keep_events: dedup.keep_events,
        consecutive: dedup.consecutive,
    };
    let is_plain = distinct.count == 1 && !distinct.keep_events && !distinct.consecutive;
    let rel = match rel.order {
        Order::Newest if is_plain && !rel.sorted => {
            let (fields, keep_empty) = (distinct.fields.clone(), distinct.keep_empty);
            rel.through(Arc::new(Foremost { fields, keep_empty }))?
        }
        Order::Newest | Order::Sequence => rel,
    };
    rel.through(Arc::new(distinct))
}

/// Lets of each combination the newest row of a partition through, and some others: few are then sorted, and they do
/// not hold on to the batches they come from.
#[derive(Debug)]
struct Foremost {
    fields: Vec<String>,
    keep_empty: bool,
}

impl RowOperator for Foremost {
    fn name(&self) -> &'static str {
        "Foremost"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        Arc::clone(input)
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, _: &SchemaRef) -> Box<dyn RowState> {
        Box::new(Finding {
            fields: self.fields.clone(),
            keep_empty: self.keep_empty,
            best: HashMap::new(),
            batches: 0,
            key: Vec::new(),
        })
    }
}

struct Finding {
    fields: Vec<String>,
    keep_empty: bool,
    /// Of each combination so far.
    best: HashMap<Vec<u8>, Best>,
    batches: u64,
    /// Room for a combination.
    key: Vec<u8>,
}

/// The newest row of a combination, and where it came.
struct Best {
    rank: Rank,
    batch: u64,
    row: usize,
}

impl RowState for Finding {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let Some(ranks) = newest::ranks(&batch) else { return Ok(Some(batch)) };
        let columns = key_columns(&self.fields, &batch)?;
        self.batches += 1;
        let mut kept = vec![false; batch.num_rows()];
        let mut keep = |row: usize, keeps| kept.iter_mut().skip(row).take(1).for_each(|kept| *kept = keeps);
        for (row, rank) in ranks.enumerate() {
            if !write_key(&columns, row, &mut self.key) {
                keep(row, self.keep_empty);
                continue;
            }
            let here = Best { rank, batch: self.batches, row };
            match self.best.get_mut(&self.key) {
                Some(best) if best.rank > rank => continue,
                Some(best) => {
                    let before = std::mem::replace(best, here);
                    if before.batch == self.batches {
                        keep(before.row, false);
                    }
                }
                None => drop(self.best.insert(self.key.clone(), here)),
            }
            keep(row, true);
        }
        let kept = BooleanArray::from(kept);
        if kept.true_count() == 0 {
            return Ok(None);
        }
        compact(&filter_record_batch(&batch, &kept)?).map(Some)
    }
}

fn key_columns(fields: &[String], batch: &RecordBatch) -> DataFusionResult<Vec<Option<Values>>> {
    fields.iter().map(|field| batch.column_by_name(field).map(Values::new).transpose()).collect()
}

/// Writes the combination of a row's values; false where a field has none.
fn write_key(columns: &[Option<Values>], row: usize, key: &mut Vec<u8>) -> bool {
    key.clear();
    for column in columns {
        let cell = column.as_ref().map_or(Cell::Null, |column| column.cell(row));
        if cell.is_null() {
            return false;
        }
        for text in cell.texts() {
            key.extend((text.len() as u64).to_le_bytes());
            key.extend(text.as_bytes());
        }
        key.push(0xff);
    }
    true
}

#[derive(Debug, Clone)]
struct Distinct {
    fields: Vec<String>,
    count: u64,
    keep_empty: bool,
    keep_events: bool,
    consecutive: bool,
}

impl RowOperator for Distinct {
    fn name(&self) -> &'static str {
        "Dedup"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        Arc::clone(input)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, _: &SchemaRef) -> Box<dyn RowState> {
        Box::new(Deduping { how: self.clone(), seen: HashMap::new() })
    }
}

struct Deduping {
    how: Distinct,
    /// How often each combination was seen; with `consecutive`, only the last one.
    seen: HashMap<Vec<u8>, u64>,
}

impl RowState for Deduping {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let columns = key_columns(&self.how.fields, &batch)?;
        let first: BooleanArray =
            (0..batch.num_rows()).map(|row| Some(self.is_first(&columns, row))).collect();
        if !self.how.keep_events {
            return Ok(Some(filter_record_batch(&batch, &first)?));
        }
        self.blank(&batch, &first).map(Some)
    }
}

impl Deduping {
    fn is_first(&mut self, columns: &[Option<Values>], row: usize) -> bool {
        let mut key = Vec::new();
        if !write_key(columns, row, &mut key) {
            return self.how.keep_empty;
        }
        if self.how.consecutive && !self.seen.contains_key(&key) {
            self.seen.clear();
        }
        let times = self.seen.entry(key).or_default();
        *times += 1;
        *times <= self.how.count
    }

    /// Duplicates stay as rows, without the fields.
    fn blank(&self, batch: &RecordBatch, first: &BooleanArray) -> DataFusionResult<RecordBatch> {
        let again = arrow::compute::not(first)?;
        let columns = batch
            .schema()
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(field, column)| {
                if self.how.fields.contains(field.name()) {
                    Ok(nullif(column, &again)?)
                } else {
                    Ok(Arc::clone(column))
                }
            })
            .collect::<DataFusionResult<Vec<ArrayRef>>>()?;
        Ok(RecordBatch::try_new(batch.schema(), columns)?)
    }
}
