//! Eval expressions of macros: their validation, and a definition with `iseval` (Admin Manual, `macros.conf`).

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::macros::Evaluated;

use crate::kernel::Context;
use crate::lower::expr;
use crate::plan::{Order, Rel};
use crate::value::{self, Cell, Values};

/// What an expression gives over one row, whose fields are the arguments of a macro.
pub(crate) fn evaluate(text: &str, args: &[(&str, &str)], context: &Context) -> Result<Evaluated, String> {
    let parsed = sluice_spl::parse_expr(text)
        .map_err(|errors| errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join("; "))?;
    let row = row(args).map_err(|error| error.to_string())?;
    let rel = Rel::held(row.schema(), Vec::new(), Order::Sequence).map_err(|error| error.to_string())?;
    let lowered = expr::lower(&parsed, &rel, context).map_err(|error| error.message)?;
    let is_condition = expr::kind(&lowered, &rel) == DataType::Boolean;
    let result = compute(&lowered, &rel, &row).map_err(|error| error.to_string())?;
    let values = Values::new(&result).map_err(|error| error.to_string())?;
    Ok(match values.cell(0) {
        Cell::Bool(holds) => Evaluated::Condition(holds),
        Cell::Null if is_condition => Evaluated::Condition(false),
        cell => cell.text().map_or(Evaluated::Null, |text| Evaluated::Text(text.into_owned())),
    })
}

fn row(args: &[(&str, &str)]) -> DataFusionResult<RecordBatch> {
    let fields: Vec<Field> = args.iter().map(|(name, _)| Field::new(*name, value::TEXT, true)).collect();
    let columns = args.iter().map(|(_, text)| Arc::new(StringViewArray::from(vec![*text])) as ArrayRef);
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns.collect(), &options)?)
}

fn compute(expr: &Expr, rel: &Rel, row: &RecordBatch) -> crate::error::Result<ArrayRef> {
    Ok(rel.compiled(expr)?.evaluate(row)?.into_array(1)?)
}
