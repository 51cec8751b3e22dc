//! SPL functions as DataFusion functions: one wrapper for all kernels.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, BooleanBuilder, Float64Array, Float64Builder, ListBuilder, StringViewBuilder,
    StructArray, new_null_array,
};
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::value::{self, Cell, Values};

/// What a kernel knows besides its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Context {
    /// The user's time zone.
    pub zone: Zone,
    /// The moment that `now()` and relative times count from.
    pub now: Timestamp,
}

/// A time zone that compares by name.
#[derive(Debug, Clone)]
pub struct Zone(pub TimeZone);

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl Eq for Zone {}
impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.iana_name().hash(state);
    }
}

/// The code of a kernel: arguments and the number of rows → one value a row.
pub type Run = fn(&Context, &[Arg], usize) -> Result<ArrayRef>;

/// One argument: a column, or one value for all rows.
#[derive(Debug, Clone)]
pub struct Arg {
    values: Values,
    constant: bool,
}

impl Arg {
    fn new(value: &ColumnarValue) -> Result<Self> {
        Ok(match value {
            ColumnarValue::Array(array) => Self { values: Values::new(array)?, constant: false },
            ColumnarValue::Scalar(scalar) => {
                Self { values: Values::new(&scalar.to_array()?)?, constant: true }
            }
        })
    }

    /// The value in a row.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        self.values.cell(if self.constant { 0 } else { row })
    }

    /// The value in a row as text.
    pub fn text(&self, row: usize) -> Option<Cow<'_, str>> {
        self.cell(row).text()
    }

    /// The value in a row as a number.
    pub fn number(&self, row: usize) -> Option<f64> {
        self.cell(row).number()
    }

    /// The value that all rows share, if it is such an argument.
    pub fn constant(&self) -> Option<Cell<'_>> {
        self.constant.then(|| self.cell(0))
    }

    /// The column behind it.
    pub fn values(&self) -> &Values {
        &self.values
    }
}

/// An expression that calls a kernel. `name` tells kernels apart: one name, one code.
pub fn call(name: &'static str, returns: DataType, context: &Context, run: Run, args: Vec<Expr>) -> Expr {
    let signature = if args.is_empty() {
        Signature::nullary(Volatility::Immutable)
    } else {
        Signature::variadic_any(Volatility::Immutable)
    };
    let kernel = Kernel { name, returns, context: context.clone(), run, signature };
    Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(ScalarUDF::new_from_impl(kernel)), args))
}

/// The type of what a call gives, if it calls a kernel.
pub(crate) fn returns(call: &ScalarFunction) -> Option<DataType> {
    call.func.inner().downcast_ref::<Kernel>().map(|kernel| kernel.returns.clone())
}

#[derive(Debug)]
struct Kernel {
    name: &'static str,
    returns: DataType,
    context: Context,
    run: Run,
    signature: Signature,
}

impl PartialEq for Kernel {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.returns == other.returns && self.context == other.context
    }
}
impl Eq for Kernel {}
impl Hash for Kernel {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.returns.hash(state);
        self.context.hash(state);
    }
}

impl ScalarUDFImpl for Kernel {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let args = args.args.iter().map(Arg::new).collect::<Result<Vec<_>>>()?;
        Ok(ColumnarValue::Array((self.run)(&self.context, &args, rows)?))
    }
}

/// One text or null a row.
pub fn texts<'a>(rows: usize, mut value: impl FnMut(usize) -> Option<Cow<'a, str>>) -> ArrayRef {
    let mut builder = StringViewBuilder::with_capacity(rows);
    for row in 0..rows {
        builder.append_option(value(row));
    }
    Arc::new(builder.finish())
}

/// One number or null a row.
pub fn numbers(rows: usize, value: impl FnMut(usize) -> Option<f64>) -> ArrayRef {
    Arc::new((0..rows).map(value).collect::<Float64Array>())
}

/// A number, text or neither a row, as a mixed column. A list or condition becomes text.
pub fn mixed<'a>(rows: usize, mut value: impl FnMut(usize) -> Cell<'a>) -> ArrayRef {
    let mut numbers = Float64Builder::with_capacity(rows);
    let mut texts = StringViewBuilder::with_capacity(rows);
    for row in 0..rows {
        match value(row) {
            Cell::Number(number) => {
                numbers.append_value(number);
                texts.append_null();
            }
            Cell::Formatted(number, text) => {
                numbers.append_value(number);
                texts.append_value(text);
            }
            Cell::Integer(number) => {
                numbers.append_value(number as f64);
                texts.append_null();
            }
            other => {
                numbers.append_null();
                texts.append_option(other.text());
            }
        }
    }
    let columns: Vec<ArrayRef> = vec![Arc::new(numbers.finish()), Arc::new(texts.finish())];
    Arc::new(StructArray::new(value::mixed_fields(), columns, None))
}

/// True, false or null a row.
pub fn conditions(rows: usize, mut value: impl FnMut(usize) -> Option<bool>) -> ArrayRef {
    let mut builder = BooleanBuilder::with_capacity(rows);
    for row in 0..rows {
        builder.append_option(value(row));
    }
    let array: BooleanArray = builder.finish();
    Arc::new(array)
}

/// Several texts a row; none is null.
pub fn lists<'a>(rows: usize, mut value: impl FnMut(usize) -> Vec<Cow<'a, str>>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringViewBuilder::new());
    for row in 0..rows {
        let values = value(row);
        for text in &values {
            builder.values().append_value(text);
        }
        builder.append(!values.is_empty());
    }
    Arc::new(builder.finish())
}

/// A null of a type, for every row.
pub fn nulls(kind: &DataType, rows: usize) -> ArrayRef {
    new_null_array(kind, rows)
}

/// A text literal as an expression.
pub fn text_literal(text: &str) -> Expr {
    Expr::Literal(ScalarValue::Utf8View(Some(text.to_owned())), None)
}

/// A number literal as an expression.
pub fn number_literal(number: f64) -> Expr {
    Expr::Literal(ScalarValue::Float64(Some(number)), None)
}

/// No value, as an expression of type text.
pub fn null_literal() -> Expr {
    Expr::Literal(ScalarValue::Utf8View(None), None)
}
