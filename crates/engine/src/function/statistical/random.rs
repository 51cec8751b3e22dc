//! `random()`: a number by chance, another one in every row.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::function::Function;
use crate::kernel;
use crate::value::NUMBER;

/// `random()`
pub const RANDOM: Function = Function {
    name: "random",
    arguments: (0, Some(0)),
    syntax: "random()",
    summary: "A random whole number from 0 to 2147483647.",
    examples: &[("if(random() >= 0, 1, 0)", "1"), ("if(random() <= 2147483647, 1, 0)", "1")],
    build: |_| {
        let random = Random { signature: Signature::nullary(Volatility::Volatile) };
        let random = Arc::new(ScalarUDF::new_from_impl(random));
        Ok(Expr::ScalarFunction(ScalarFunction::new_udf(random, Vec::new())))
    },
};

/// Volatile, unlike all kernels: it must not be computed once for all rows.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Random {
    signature: Signature,
}

impl ScalarUDFImpl for Random {
    fn name(&self) -> &str {
        "random"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> DataFusionResult<DataType> {
        Ok(NUMBER)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DataFusionResult<ColumnarValue> {
        // Each batch has its own keys from the system, each row its own hash under them.
        let state = RandomState::new();
        let numbers = kernel::numbers(args.number_rows, |row| Some((state.hash_one(row) >> 33) as f64));
        Ok(ColumnarValue::Array(numbers))
    }
}
