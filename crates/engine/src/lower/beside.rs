//! Rows of one table beside rows of another: what `join` and `appendcols` share.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, UInt32Array};
use arrow::compute::kernels::zip::zip;
use arrow::compute::{concat_batches, take};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::Result as DataFusionResult;
use sluice_events::field;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Limit, Op};
use sluice_spl::span::Span;

use super::expr::{convert, unify};
use super::limit;
use crate::error::Result;
use crate::held::compact;
use crate::plan::{Rel, column};
use crate::planner::Planner;
use crate::stage;
use crate::value::{NUMBER, Values};

/// Rows of a subsearch that count (limits.conf, `[join] subsearch_maxout`, `[searchresults] maxresultrows`).
pub(crate) const MAX_ROWS: u64 = 50_000;

/// The rows of a subsearch, all its fields as columns. Without `max` so many as Splunk's limit, which is said
/// where it cuts.
pub(crate) async fn table(ops: &[Op], max: Option<u64>, span: Span, planner: &Planner<'_>) -> Result<Rel> {
    let (most, asked) = match max {
        Some(0) => return stage::with_all_fields(planner.nested(ops).await?, planner).await,
        Some(max) => (max, max),
        None => (MAX_ROWS, MAX_ROWS + 1),
    };
    // Among the ops, so that readers know that only the newest count.
    let ops = [ops, &[Op::Limit(Limit::First(asked))]].concat();
    let rel = stage::with_all_fields(planner.nested(&ops).await?, planner).await?;
    let (rel, batches) = stage::held(rel, planner).await?;
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if rows as u64 <= most {
        return Ok(rel);
    }
    planner.warn(
        Diagnostic::warning(
            code::SUBSEARCH_CUT,
            span,
            format!("only the first {MAX_ROWS} rows of the subsearch count"),
        )
        .with_help("the limit is Splunk's; aggregate within the subsearch"),
    );
    limit::lower(&Limit::First(most), rel, planner.context())
}

/// How rows come together: the fields of the second table that the result has.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    table: RecordBatch,
    overwrite: bool,
}

impl Beside {
    /// The first table with types that also hold what the second has of the same fields, and the second, of
    /// which `names` says what its fields are called in the result; `None`: not there.
    pub(crate) async fn new(
        first: Rel,
        second: &Rel,
        names: impl Fn(&str) -> Option<String>,
        overwrite: bool,
        planner: &Planner<'_>,
    ) -> Result<(Rel, Self)> {
        let context = planner.context();
        let (mut changed, mut chosen) = (Vec::new(), Vec::new());
        for (name, kind) in second.fields() {
            let Some(target) = names(name) else { continue };
            let mut common = kind.clone();
            if let Some(known) = first.kind(&target) {
                common = unify(known, kind);
                if common != *known {
                    changed.push((target.clone(), convert(column(&target), known, &common, context)));
                }
            }
            if target == field::TIME {
                common = NUMBER;
            }
            chosen.push((convert(column(name), kind, &common, context), target));
        }
        let first = if changed.is_empty() { first } else { first.extend(changed)? };
        let second = second.clone().select(chosen)?;
        let (second, batches) = stage::run(second, planner).await?;
        let schema = Arc::clone(second.schema());
        let table = match schema.fields().is_empty() {
            true => RecordBatch::try_new_with_options(
                schema,
                Vec::new(),
                &RecordBatchOptions::new()
                    .with_row_count(Some(batches.iter().map(RecordBatch::num_rows).sum())),
            )?,
            // With text of its own: the rows may be few of many that were read.
            false => compact(&concat_batches(&schema, &batches)?)?,
        };
        Ok((first, Self { table, overwrite }))
    }

    /// The second table is at hand, with the types of the first.
    pub(crate) fn of(table: RecordBatch, overwrite: bool) -> Self {
        Self { table, overwrite }
    }

    /// Rows of the second table.
    pub(crate) fn rows(&self) -> usize {
        self.table.num_rows()
    }

    /// The fields of both tables.
    pub(crate) fn schema(&self, first: &SchemaRef) -> SchemaRef {
        let mut fields: Vec<_> = first.fields().iter().cloned().collect();
        for field in self.table.schema_ref().fields() {
            if first.field_with_name(field.name()).is_err() {
                fields.push(Arc::new(Field::new(field.name(), field.data_type().clone(), true)));
            }
        }
        Arc::new(Schema::new(fields))
    }

    /// Rows of a batch beside rows of the second table; no row where the index is null.
    pub(crate) fn rows_of(
        &self,
        batch: &RecordBatch,
        first: &UInt32Array,
        second: &UInt32Array,
        schema: &SchemaRef,
    ) -> DataFusionResult<RecordBatch> {
        let columns = schema.fields().iter().map(|field| {
            let here =
                batch.column_by_name(field.name()).map(|column| take(column, first, None)).transpose()?;
            let there = self.table.column_by_name(field.name());
            let there = there.map(|column| take(column, second, None)).transpose()?;
            Ok(match (here, there) {
                (Some(here), Some(there)) => self.either(&here, &there)?,
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => arrow::array::new_null_array(field.data_type(), first.len()),
            })
        });
        let columns = columns.collect::<DataFusionResult<Vec<ArrayRef>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(first.len()));
        Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
    }

    /// Where both have a value, the one that `overwrite` says.
    fn either(&self, here: &ArrayRef, there: &ArrayRef) -> DataFusionResult<ArrayRef> {
        let (mine, other) = (Values::new(here)?, Values::new(there)?);
        let takes_other: BooleanArray = (0..here.len())
            .map(|row| match self.overwrite {
                true => Some(!other.cell(row).is_null()),
                false => Some(mine.cell(row).is_null()),
            })
            .collect();
        Ok(zip(&takes_other, there, here)?)
    }
}
