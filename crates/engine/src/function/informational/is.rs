//! `isbool`, `isint`, `isnum`, `isstr`, `ismv`: what kind of value there is.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::{Expr, lit};

use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Run};
use crate::value::Cell;

/// `isbool(VALUE)`
pub const ISBOOL: Function = Function {
    name: "isbool",
    arguments: (1, Some(1)),
    syntax: "isbool(VALUE)",
    summary: "True if the argument is a condition.",
    examples: &[("if(isbool(1=1), 1, 0)", "1"), ("if(isbool(\"true\"), 1, 0)", "0")],
    build: |call| Ok(lit(call.types.first() == Some(&DataType::Boolean))),
};

/// `isdouble(VALUE)`
pub const ISDOUBLE: Function = Function {
    name: "isdouble",
    arguments: (1, Some(1)),
    syntax: "isdouble(VALUE)",
    summary: "True if the value is a number that is not whole, or a field that looks like one.",
    examples: &[
        ("if(isdouble(3.546), 1, 0)", "1"),
        ("if(isdouble(1000000), 1, 0)", "0"),
        ("if(isdouble(\"abc\"), 1, 0)", "0"),
    ],
    build: |call| {
        Ok(of_number(call, |_, args, rows| {
            tested(args, rows, |cell| cell.number().is_some_and(|number| number.fract() != 0.0))
        }))
    },
};

/// `isint(VALUE)`
pub const ISINT: Function = Function {
    name: "isint",
    arguments: (1, Some(1)),
    syntax: "isint(VALUE)",
    summary: "True if the value is a whole number, or a field that looks like one.",
    examples: &[
        ("if(isint(3), 1, 0)", "1"),
        ("if(isint(\"3\"), 1, 0)", "0"),
        ("if(isint(3.5), 1, 0)", "0"),
        ("if(isint(nosuch), 1, 0)", "0"),
    ],
    build: |call| {
        Ok(of_number(call, |_, args, rows| {
            tested(args, rows, |cell| cell.number().is_some_and(|number| number.fract() == 0.0))
        }))
    },
};

/// `isnum(VALUE)`
pub const ISNUM: Function = Function {
    name: "isnum",
    arguments: (1, Some(1)),
    syntax: "isnum(VALUE)",
    summary: "True if the value is a number, or a field that looks like one; text in quotes is none.",
    examples: &[
        ("if(isnum(3.5), 1, 0)", "1"),
        ("if(isnum(\"3.5\"), 1, 0)", "0"),
        ("if(isnum(\"abc\"), 1, 0)", "0"),
    ],
    build: |call| Ok(of_number(call, |_, args, rows| tested(args, rows, |cell| cell.number().is_some()))),
};

/// `isstr(VALUE)`
pub const ISSTR: Function = Function {
    name: "isstr",
    arguments: (1, Some(1)),
    syntax: "isstr(VALUE)",
    summary: "True if the value is text in quotes, or a field that does not look like a number.",
    examples: &[
        ("if(isstr(\"abc\"), 1, 0)", "1"),
        ("if(isstr(\"3\"), 1, 0)", "1"),
        ("if(isstr(3), 1, 0)", "0"),
        ("if(isstr(nosuch), 1, 0)", "0"),
    ],
    build: |call| {
        if call.literal(0).is_some() {
            return Ok(lit(true));
        }
        Ok(call.kernel(DataType::Boolean, |_, args, rows| {
            tested(args, rows, |cell| {
                !cell.is_null() && !matches!(cell, Cell::Bool(_)) && cell.number().is_none()
            })
        }))
    },
};

/// `ismv(VALUE)`
pub const ISMV: Function = Function {
    name: "ismv",
    arguments: (1, Some(1)),
    syntax: "ismv(VALUE)",
    summary: "True if the field has several values.",
    examples: &[("if(ismv(\"a\"), 1, 0)", "0"), ("if(ismv(nosuch), 1, 0)", "0")],
    build: |call| {
        Ok(call.kernel(DataType::Boolean, |_, args, rows| {
            tested(args, rows, |cell| matches!(cell, Cell::List(list) if list.len() > 1))
        }))
    },
};

/// Whether the argument is a number of some kind. A literal is text, whatever it looks like ("when a value is present as
/// a literal string in an evaluator expression, it is considered a string", Search Reference, isnum).
fn of_number(call: Call<'_>, run: Run) -> Expr {
    match call.literal(0) {
        Some(_) => lit(false),
        None => call.kernel(DataType::Boolean, run),
    }
}

fn tested(args: &[Arg], rows: usize, test: fn(&Cell<'_>) -> bool) -> DataFusionResult<ArrayRef> {
    let [arg] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    Ok(kernel::conditions(rows, |row| Some(test(&arg.cell(row)))))
}
