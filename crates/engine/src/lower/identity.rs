//! Rows as bytes: equal rows have equal bytes.

use arrow::record_batch::RecordBatch;
use datafusion::common::Result;

use super::project::PROVENANCE;
use crate::plan::is_hidden;
use crate::value::Values;

/// The columns of a batch that make a row what it is: the fields but one, and not where events come from.
pub(super) struct Identity(Vec<Values>);

impl Identity {
    pub(super) fn new(batch: &RecordBatch, without: Option<&str>) -> Result<Self> {
        let schema = batch.schema();
        let counts = |name: &str| !is_hidden(name) && !PROVENANCE.contains(&name) && Some(name) != without;
        let columns = schema.fields().iter().zip(batch.columns()).filter(|(field, _)| counts(field.name()));
        Ok(Self(columns.map(|(_, column)| Values::new(column)).collect::<Result<_>>()?))
    }

    /// The row's values, each with its length before it.
    pub(super) fn of(&self, row: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for column in &self.0 {
            let texts = column.cell(row).texts();
            bytes.extend((texts.len() as u64).to_le_bytes());
            for text in texts {
                bytes.extend((text.len() as u64).to_le_bytes());
                bytes.extend(text.as_bytes());
            }
        }
        bytes
    }
}
