//! One row group, batch by batch.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::BooleanBufferBuilder;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    RowSelection,
};
use parquet::errors::ParquetError;
use std::sync::Arc;

use super::footer::Table;
use super::pages;
use crate::batch::{BATCH_ROWS, EventBuilder};

/// Rows a batch where a page's values are made from one another: a small page may hold very long ones.
const FEW_ROWS: usize = 64;

/// A row group, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) number: usize,
    /// Rows of the file before it.
    pub(super) first_row: u64,
    /// Its rows, as the footer states them.
    pub(super) rows: u64,
    /// Where it begins in the file.
    pub(super) offset: u64,
    /// Its size in the file.
    pub(super) bytes: u64,
}

impl Place {
    /// The number of a row in the file, counted from 1.
    pub(super) fn record(&self, row: u64) -> u64 {
        self.first_row.saturating_add(row).saturating_add(1)
    }

    /// A number that tells a row from most others of the file.
    pub(super) fn at(&self, row: u64) -> u64 {
        self.offset.saturating_add(row)
    }

    /// The only rows that are asked for, if there are such; within it `None` if they are elsewhere.
    pub(super) fn wanted(&self, events: &EventBuilder) -> Option<Option<Rows>> {
        let wanted = events.wanted_in(self.at(0)..self.at(self.rows))?;
        let mut selected = BooleanBufferBuilder::new(0);
        for at in wanted {
            let row = usize::try_from(at.saturating_sub(self.offset)).ok()?;
            selected.append_n(row.saturating_sub(selected.len()), false);
            selected.append(true);
        }
        Some((!selected.is_empty()).then(|| Rows::Some(selected.finish())))
    }
}

/// Which rows are read.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    All,
    /// Those whose bit is set. Rows behind the last bit are not there.
    Some(BooleanBuffer),
}

/// Some columns of a row group at work.
pub(super) struct Group {
    pub(super) place: Place,
    reader: ParquetRecordBatchReader,
    rows: Rows,
    /// The next row of the row group.
    at: u64,
    /// Rows of the batch at hand, and how many of them were taken.
    batch: (usize, usize),
}

/// A row that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    /// Its place in the row group.
    pub(super) number: u64,
    /// Its place in the batch at hand.
    pub(super) in_batch: usize,
    /// Rows before it that were not read.
    pub(super) passed_over: u64,
}

impl Group {
    /// Begins to read the columns of `mask`, as `schema` has all columns of the file.
    pub(super) fn open(
        file: &File,
        table: &Table,
        (mask, schema): (&ProjectionMask, &SchemaRef),
        place: Place,
        rows: Rows,
    ) -> Result<Self, String> {
        let encoded = pages::look(file, table, mask, place)?;
        let is_delta = encoded.iter().flatten().any(|encoded| encoded.is_delta);
        let batch_rows = if is_delta { FEW_ROWS } else { BATCH_ROWS };
        let reader = guarded(|| {
            let options =
                ArrowReaderOptions::new().with_skip_arrow_metadata(true).with_schema(Arc::clone(schema));
            let metadata = ArrowReaderMetadata::try_new(Arc::clone(&table.metadata), options)?;
            let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file.try_clone()?, metadata)
                .with_row_groups(vec![place.number])
                .with_projection(mask.clone())
                .with_batch_size(batch_rows);
            if let Rows::Some(selected) = &rows {
                builder = builder.with_row_selection(RowSelection::from_boolean_buffer(selected.clone()));
            }
            builder.build()
        })?;
        Ok(Self { place, reader, rows, at: 0, batch: (0, 0) })
    }

    /// The next batch; its rows are then taken one by one.
    pub(super) fn next_batch(&mut self) -> Result<Option<RecordBatch>, String> {
        let Self { reader, .. } = self;
        let batch = guarded(|| Ok(reader.next().transpose()?))?;
        self.batch = (batch.as_ref().map_or(0, RecordBatch::num_rows), 0);
        Ok(batch)
    }

    /// The next row of the batch at hand.
    pub(super) fn next_row(&mut self) -> Option<Row> {
        let (rows, taken) = self.batch;
        if taken >= rows {
            return None;
        }
        let number = match &self.rows {
            Rows::All => self.at,
            Rows::Some(selected) => next_set(selected, self.at)?,
        };
        let row = Row { number, in_batch: taken, passed_over: number - self.at };
        self.batch.1 += 1;
        self.at = number + 1;
        Some(row)
    }

    /// The row of the row group that comes next.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// When all batches were read: rows behind the last that was read, which were passed over; or that some are
    /// missing.
    pub(super) fn end(&self) -> Result<u64, String> {
        let missing =
            |stated: u64| format!("the row group ends {stated} rows before the number that it states");
        match &self.rows {
            Rows::All => match self.place.rows.saturating_sub(self.at) {
                0 => Ok(0),
                stated => Err(missing(stated)),
            },
            Rows::Some(selected) if next_set(selected, self.at).is_some() => {
                Err(missing((selected.len() as u64).saturating_sub(self.at)))
            }
            Rows::Some(selected) => Ok((selected.len() as u64).saturating_sub(self.at)),
        }
    }
}

fn next_set(selected: &BooleanBuffer, from: u64) -> Option<u64> {
    let from = usize::try_from(from).ok()?;
    (from..selected.len()).find(|&row| selected.value(row)).map(|row| row as u64)
}

/// Does what may fail on damaged bytes.
///
/// The crate `parquet` takes much of a page on trust: it indexes, asserts and expects where bytes are not what they
/// should be, and a panic would end the run for one damaged page. Whatever was at work is dropped after an error.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| plain(&error.to_string()).to_owned()),
        Err(_) => Err("its bytes are not what they should be".to_owned()),
    }
}

/// What is wrong, without the names of the libraries it went through.
fn plain(message: &str) -> &str {
    const LAYERS: [&str; 4] = ["External: ", "Parquet argument error: ", "Parquet error: ", "Arrow: "];
    match LAYERS.iter().find_map(|layer| message.strip_prefix(layer)) {
        Some(inner) => plain(inner),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_is_wrong() {
        let error =
            ParquetError::External("Parquet argument error: External: Data corruption detected".into());
        assert_eq!(guarded::<()>(|| Err(error)), Err("Data corruption detected".to_owned()));
        assert_eq!(guarded(|| Ok([1, 2, 3].len())), Ok(3));
    }

    #[test]
    fn a_panic_is_an_error() {
        assert!(guarded::<()>(|| panic!("index out of bounds")).is_err());
    }
}
