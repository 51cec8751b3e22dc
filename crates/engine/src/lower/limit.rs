//! `head` and `tail`.

use arrow::array::AsArray;
use arrow::compute::filter_record_batch;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::Limit;
use std::sync::Arc;

use super::expr;
use super::newest::Newest;
use crate::error::Result;
use crate::kernel::Context;
use crate::operator::{RowOperator, RowState};
use crate::plan::{Order, Rel};

/// More rows are sorted with what else comes, and cut then: a sort that only keeps so many cannot spill, and holds on to
/// every batch that one of them came from.
const CHOSEN: usize = 8_192;

/// Hidden column: the condition of `head (…)`.
const CONDITION: &str = "\0while";

pub(crate) fn lower(limit: &Limit, rel: Rel, context: &Context) -> Result<Rel> {
    match limit {
        Limit::First(count) => first(rel, *count),
        Limit::Last(count) => last(rel, *count),
        Limit::While { expr, keep_last, null, limit } => {
            let condition = expr::condition(expr, &rel, context)?;
            let rel = rel.extend(vec![(CONDITION.to_owned(), condition)])?;
            let head = While { keep_last: *keep_last, null: *null, limit: *limit };
            rel.through(Arc::new(head))?.retain(|name| name != CONDITION)
        }
    }
}

fn first(rel: Rel, count: u64) -> Result<Rel> {
    let head = While { keep_last: false, null: false, limit: Some(count) };
    if rel.sorted {
        return rel.through(Arc::new(head));
    }
    let fetch = usize::try_from(count).unwrap_or(usize::MAX);
    if fetch == 0 {
        return rel.through(Arc::new(head));
    }
    let floor = rel.floor();
    let rel = match rel.order {
        Order::Newest => rel.through(Arc::new(Newest { count: fetch, floor }))?,
        Order::Sequence => rel,
    };
    if fetch > CHOSEN {
        return rel.through(Arc::new(head));
    }
    let keys = rel.order_keys();
    rel.sorted_by(&keys, Some(fetch))
}

/// The last rows, last first: the first ones of the reverse order.
fn last(rel: Rel, count: u64) -> Result<Rel> {
    let fetch = usize::try_from(count).unwrap_or(usize::MAX);
    let keys: Vec<_> =
        rel.order_keys().into_iter().map(|key| key.expr.sort(!key.asc, !key.nulls_first)).collect();
    rel.sorted_by(&keys, Some(fetch))?.number()
}

/// Rows from the start, up to a count or until a condition fails.
#[derive(Debug)]
struct While {
    keep_last: bool,
    null: bool,
    limit: Option<u64>,
}

impl RowOperator for While {
    fn name(&self) -> &'static str {
        "Head"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        Arc::clone(input)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, _: &SchemaRef) -> Box<dyn RowState> {
        Box::new(Heading {
            keep_last: self.keep_last,
            null: self.null,
            left: self.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        })
    }
}

struct Heading {
    keep_last: bool,
    null: bool,
    left: usize,
}

impl RowState for Heading {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let mut rows = batch.num_rows().min(self.left);
        let mut ended = rows == self.left;
        if let Some(condition) = batch.column_by_name(CONDITION) {
            let condition = condition.as_boolean();
            let holds = |row: usize| {
                if arrow::array::Array::is_valid(condition, row) { condition.value(row) } else { self.null }
            };
            if let Some(failing) = (0..rows).find(|&row| !holds(row)) {
                rows = failing + usize::from(self.keep_last);
                ended = true;
            }
        }
        self.left = if ended { 0 } else { self.left - rows };
        let keep = (0..batch.num_rows()).map(|row| Some(row < rows)).collect();
        Ok(if rows == batch.num_rows() { Some(batch) } else { Some(filter_record_batch(&batch, &keep)?) })
    }

    fn done(&self) -> bool {
        self.left == 0
    }
}
