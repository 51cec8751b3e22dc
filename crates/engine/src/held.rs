//! Batches that wait until all have come: in memory as far as the budget lets them, else in a file.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read};
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, StructArray};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation};

use crate::session;

/// Batches that are still coming.
pub(crate) struct Held {
    schema: SchemaRef,
    /// Where the file is made that takes what memory does not.
    folder: PathBuf,
    name: String,
    pool: Arc<dyn MemoryPool>,
    /// From the first batch on: each that holds some lessens what the others may.
    memory: Option<MemoryReservation>,
    batches: Vec<RecordBatch>,
    file: Option<StreamWriter<BufWriter<File>>>,
    rows: usize,
}

/// Batches that have all come. They can be read any number of times.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    file: Option<Arc<File>>,
    batches: Vec<RecordBatch>,
    rows: usize,
    /// For as long as the batches are there.
    _memory: Option<Arc<MemoryReservation>>,
}

impl Held {
    /// None yet; `name` is what errors about memory call them.
    pub(crate) fn new(name: &str, schema: SchemaRef, context: &TaskContext) -> Self {
        let (folder, pool) = (session::folder(context), Arc::clone(context.memory_pool()));
        Self {
            schema,
            folder,
            name: name.to_owned(),
            pool,
            memory: None,
            batches: Vec::new(),
            file: None,
            rows: 0,
        }
    }

    /// Takes a batch.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn push(&mut self, batch: RecordBatch) -> Result<()> {
        self.rows += batch.num_rows();
        self.batches.push(batch);
        let size = self.batches.last().map_or(0, RecordBatch::get_array_memory_size);
        let memory = self
            .memory
            .get_or_insert_with(|| MemoryConsumer::new(&self.name).with_can_spill(true).register(&self.pool));
        if memory.try_grow(size).is_ok() { Ok(()) } else { self.spill() }
    }

    fn spill(&mut self) -> Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                // Nobody can find it by a name, so nothing is left of it however the run ends.
                let file = tempfile::tempfile_in(&self.folder)?;
                none.insert(StreamWriter::try_new(BufWriter::new(file), &self.schema)?)
            }
        };
        for batch in self.batches.drain(..) {
            // Text is written with all that its batch once held.
            file.write(&compact(&batch)?)?;
        }
        if let Some(memory) = &mut self.memory {
            memory.free();
        }
        Ok(())
    }

    /// No more batches come.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn finish(self) -> Result<Kept> {
        let file = self.file.map(|file| {
            let written = file.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
            Ok::<_, DataFusionError>(Arc::new(written))
        });
        let (batches, rows) = (self.batches, self.rows);
        Ok(Kept { file: file.transpose()?, batches, rows, _memory: self.memory.map(Arc::new) })
    }
}

impl Kept {
    /// Batches in memory that no budget counts.
    pub(crate) fn of(batches: Vec<RecordBatch>) -> Self {
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        Self { file: None, batches, rows, _memory: None }
    }

    /// The rows of all batches.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The batches in the order in which they came.
    pub(crate) fn batches(&self) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send + use<> {
        let file = self.file.as_ref().map(|file| {
            let bytes = BufReader::new(From { file: Arc::clone(file), at: 0 });
            StreamReader::try_new(bytes, None)
        });
        let (written, failure) = match file {
            Some(Ok(reader)) => (Some(reader), None),
            Some(Err(error)) => (None, Some(Err(error))),
            None => (None, None),
        };
        failure
            .into_iter()
            .chain(written.into_iter().flatten())
            .chain(self.batches.clone().into_iter().map(Ok))
    }
}

/// A file from its start, whoever else reads it.
struct From {
    file: Arc<File>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(&*self.file, into, self.at)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(&*self.file, into, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// The same rows with text of their own.
pub(crate) fn compact(batch: &RecordBatch) -> Result<RecordBatch> {
    let columns = batch.columns().iter().map(own_text).collect::<Result<_>>()?;
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(batch.schema(), columns, &rows)?)
}

// Recursion is bounded by the types of columns: a list of structs of text is the deepest.
fn own_text(values: &ArrayRef) -> Result<ArrayRef> {
    Ok(match values.data_type() {
        DataType::Utf8View => Arc::new(values.as_string_view().gc()),
        DataType::List(item) => {
            let list = values.as_list::<i32>();
            let items = own_text(list.values())?;
            Arc::new(ListArray::try_new(
                Arc::clone(item),
                list.offsets().clone(),
                items,
                list.nulls().cloned(),
            )?)
        }
        DataType::Struct(fields) => {
            let parts = values.as_struct();
            let columns = parts.columns().iter().map(own_text).collect::<Result<_>>()?;
            Arc::new(StructArray::try_new(fields.clone(), columns, parts.nulls().cloned())?)
        }
        _ => Arc::clone(values),
    })
}

#[cfg(test)]
mod tests {
    use arrow::array::{Int64Array, StringViewArray};
    use arrow::datatypes::{Field, Int64Type, Schema};

    use super::*;
    use crate::settings::Settings;
    use crate::stop::Stop;

    fn batch(from: i64) -> RecordBatch {
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(from..from + 1_000));
        let texts =
            (from..from + 1_000).map(|at| (at % 3 > 0).then(|| format!("a text of some length, {at}")));
        let texts: ArrayRef = Arc::new(texts.collect::<StringViewArray>());
        RecordBatch::try_new(schema(), vec![numbers, texts]).unwrap()
    }

    fn schema() -> SchemaRef {
        let fields = [("number", DataType::Int64), ("text", DataType::Utf8View)];
        Arc::new(Schema::new(fields.map(|(name, kind)| Field::new(name, kind, true)).to_vec()))
    }

    fn kept(memory: Option<usize>, batches: &[RecordBatch]) -> Kept {
        let settings = Settings { memory, ..Settings::default() };
        let context = session::context(&settings, &Stop::new(&settings)).unwrap();
        let mut held = Held::new("rows", schema(), &context);
        batches.iter().for_each(|batch| held.push(batch.clone()).unwrap());
        held.finish().unwrap()
    }

    #[test]
    fn rows_are_the_same_in_memory_and_in_a_file() {
        let batches: Vec<_> = (0..20).map(|at| batch(at * 1_000)).collect();
        for memory in [None, Some(300_000), Some(1)] {
            let kept = kept(memory, &batches);
            assert_eq!(kept.file.is_some(), memory.is_some());
            assert_eq!(kept.rows(), 20_000);
            // Two at once, each from the start.
            let (mut first, second) = (kept.batches(), kept.batches());
            assert_eq!(first.next().unwrap().unwrap(), batches[0]);
            assert_eq!(second.collect::<Result<Vec<_>, _>>().unwrap(), batches, "{memory:?}");
            assert_eq!(first.collect::<Result<Vec<_>, _>>().unwrap(), batches[1..]);
        }
        assert_eq!(kept(Some(300_000), &batches[..1]).batches().count(), 1);
    }

    #[test]
    fn rows_do_not_hold_on_to_their_batch() {
        let one = compact(&batch(0).slice(500, 1)).unwrap();
        assert!(one.column(1).get_array_memory_size() < 500, "{}", one.column(1).get_array_memory_size());
        assert_eq!(one.column(0).as_primitive::<Int64Type>().value(0), 500);
    }
}
