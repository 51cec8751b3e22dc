//! `selfjoin`: each row with later rows that have the same keys.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::UInt32Array;
use arrow::compute::concat_batches;
use sluice_spl::ops::SelfJoin;

use super::beside::Beside;
use super::{key, values};
use crate::error::{Error, Result};
use crate::plan::{Rel, is_hidden};
use crate::planner::Planner;
use crate::stage;
use crate::value::Values;

/// Splunk's limit for the rows that are joined.
const MAX_ROWS: usize = 100_000;
/// Rows of the result, which are pairs of rows.
const MAX_PAIRS: usize = 5_000_000;

pub(crate) async fn lower(op: &SelfJoin, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let (rel, batches) = stage::run(rel.in_order()?, planner).await?;
    let schema = Arc::clone(rel.schema());
    let rows = concat_batches(&schema, &batches)?;
    if rows.num_rows() > MAX_ROWS {
        return Err(Error::Limit(format!("`selfjoin` takes at most {MAX_ROWS} rows")));
    }
    let keys = key::columns(&rows, op.fields.iter().map(|field| field.text.as_str()))?;
    let (first, second) = pairs(&texts(&keys, rows.num_rows()), op)?;
    let shown: Vec<usize> =
        (0..schema.fields().len()).filter(|&at| !is_hidden(schema.field(at).name())).collect();
    let beside = Beside::of(rows.project(&shown)?, op.overwrite);
    let joined = beside.rows_of(&rows, &UInt32Array::from(first), &UInt32Array::from(second), &schema)?;
    values::from_batches(schema, vec![joined])
}

/// The key of each row; `None` where a field has no value.
fn texts(keys: &[Option<Values>], rows: usize) -> Vec<Option<String>> {
    let mut text = String::new();
    (0..rows).map(|row| key::write(keys, row, &mut text).then(|| text.clone())).collect()
}

/// The places of the rows that come together, in the order of the first; a row without a key joins none.
fn pairs(keys: &[Option<String>], op: &SelfJoin) -> Result<(Vec<u32>, Vec<Option<u32>>)> {
    let mut same: HashMap<&str, Vec<u32>> = HashMap::new();
    for (row, key) in (0_u32..).zip(keys) {
        if let Some(key) = key {
            same.entry(key).or_default().push(row);
        }
    }
    let most = if op.max == 0 { usize::MAX } else { usize::try_from(op.max).unwrap_or(usize::MAX) };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (row, key) in (0_u32..).zip(keys) {
        let group = key.as_deref().and_then(|key| same.get(key)).map(Vec::as_slice).unwrap_or_default();
        if group.len() <= 1 && op.keep_single {
            first.push(row);
            second.push(None);
        }
        let later = group.partition_point(|&other| other <= row);
        for &other in group.get(later..).unwrap_or_default().iter().take(most) {
            first.push(row);
            second.push(Some(other));
        }
        if first.len() > MAX_PAIRS {
            return Err(Error::Limit(format!("`selfjoin` gives more than {MAX_PAIRS} rows")));
        }
    }
    Ok((first, second))
}
