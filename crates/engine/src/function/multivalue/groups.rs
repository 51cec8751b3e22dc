//! Values taken apart into rows of one value each, and put together again.

use std::borrow::Cow;

use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::take;
use datafusion::common::{DataFusionError, Result};

use crate::kernel;
use crate::value::Values;

/// The values of a field one a row, and which rows of theirs belong together.
#[derive(Debug)]
pub(crate) struct Groups {
    values: Values,
    /// Where the values of each row end.
    ends: Vec<usize>,
}

impl Groups {
    pub(crate) fn new(values: Values, ends: Vec<usize>) -> Self {
        Self { values, ends }
    }

    /// The value in an exploded row.
    pub(crate) fn value(&self, at: usize) -> Option<Cow<'_, str>> {
        self.values.cell(at).text()
    }

    /// All texts of the exploded rows of each row.
    pub(crate) fn regroup<'a>(&self, mut texts: impl FnMut(usize) -> Vec<Cow<'a, str>>) -> Result<ArrayRef> {
        let mut start = 0;
        Ok(kernel::lists(self.ends.len(), |row| {
            let end = self.ends.get(row).copied().unwrap_or(start);
            let group = start..end;
            start = end;
            group.flat_map(&mut texts).collect()
        }))
    }
}

/// The values one a row, the row that each came from, and where each row's values end. A column of
/// single values keeps its type.
pub(crate) fn explode(field: &ArrayRef, rows: usize) -> Result<(ArrayRef, UInt32Array, Vec<usize>)> {
    let column = Values::new(field)?;
    let mut from = Vec::with_capacity(rows);
    let mut texts = Vec::with_capacity(rows);
    let mut ends = Vec::with_capacity(rows);
    for row in 0..rows {
        for text in column.cell(row).texts() {
            from.push(u32::try_from(row).map_err(|why| DataFusionError::Internal(why.to_string()))?);
            texts.push(text);
        }
        ends.push(from.len());
    }
    let from = UInt32Array::from(from);
    if !matches!(column, Values::List(..)) {
        return Ok((take(field, &from, None)?, from, ends));
    }
    let values = kernel::lists(texts.len(), |at| texts.get(at).cloned().into_iter().collect());
    Ok((values, from, ends))
}
