//! An expression computed for each value of a multivalue field: `mvfilter` and `mvmap`. The field's
//! values become rows of one value each, the expression runs over those, and its results are put
//! together again.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::{Column, DFSchema, DataFusionError, Result};
use datafusion::execution::context::ExecutionProps;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::physical_expr::create_physical_expr;

pub(crate) use super::groups::Groups;
use super::groups::explode;
use crate::value::{self, Values};

/// What becomes of the results.
pub(crate) type Finish = fn(&Groups, &ArrayRef) -> Result<ArrayRef>;

/// The columns of an expression, sorted.
pub(crate) fn columns(expr: &Expr) -> Vec<Column> {
    let mut columns: Vec<_> = expr.column_refs().into_iter().cloned().collect();
    columns.sort();
    columns
}

/// The expression for each value of a field, with the other columns that it needs.
pub(crate) fn call(
    name: &'static str,
    expr: Expr,
    field: &Column,
    others: Vec<Column>,
    finish: Finish,
) -> Expr {
    let columns: Vec<Column> = std::iter::once(field.clone()).chain(others).collect();
    let args = columns.iter().cloned().map(Expr::Column).collect();
    let signature = Signature::variadic_any(Volatility::Immutable);
    let function = PerValue { name, expr, columns, finish, signature };
    Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(ScalarUDF::new_from_impl(function)), args))
}

#[derive(Debug)]
struct PerValue {
    name: &'static str,
    expr: Expr,
    /// The names of the arguments; the first is the field.
    columns: Vec<Column>,
    finish: Finish,
    signature: Signature,
}

impl PartialEq for PerValue {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.expr == other.expr && self.columns == other.columns
    }
}
impl Eq for PerValue {}
impl Hash for PerValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.name, &self.expr, &self.columns).hash(state);
    }
}

impl ScalarUDFImpl for PerValue {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(value::multivalue())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let Some((field, others)) = arrays.split_first() else {
            return Err(DataFusionError::Internal(format!("`{}` without a field", self.name)));
        };
        let (values, rows, ends) = explode(field, args.number_rows)?;
        let mut exploded = vec![Arc::clone(&values)];
        for other in others {
            exploded.push(take(other, &rows, None)?);
        }
        let results = self.compute(exploded, rows.len())?;
        let groups = Groups::new(Values::new(&values)?, ends);
        Ok(ColumnarValue::Array((self.finish)(&groups, &results)?))
    }
}

impl PerValue {
    fn compute(&self, arrays: Vec<ArrayRef>, rows: usize) -> Result<ArrayRef> {
        let fields = self.columns.iter().zip(&arrays).map(|(column, array)| {
            (column.relation.clone(), Arc::new(Field::new(&column.name, array.data_type().clone(), true)))
        });
        let schema = DFSchema::new_with_metadata(fields.collect(), Default::default())?;
        let context = PhysicalPlanningContext::default();
        let expr = create_physical_expr(&self.expr, &schema, &ExecutionProps::new(), &context)?;
        let schema: Arc<Schema> = Arc::clone(schema.inner());
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(schema, arrays, &options)?;
        expr.evaluate(&batch)?.into_array(rows)
    }
}
