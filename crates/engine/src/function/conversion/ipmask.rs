//! `ipmask`: an address without its host bits.

use std::net::Ipv4Addr;

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::value::TEXT;

/// `ipmask(MASK, ADDRESS)`
pub const IPMASK: Function = Function {
    name: "ipmask",
    arguments: (2, Some(2)),
    syntax: "ipmask(MASK, ADDRESS)",
    summary: "The bits of an IPv4 address that the mask has; no value if it is no such address.",
    examples: &[
        ("ipmask(\"255.255.255.0\", \"10.20.30.120\")", "10.20.30.0"),
        ("ipmask(\"0.255.0.224\", \"10.20.30.120\")", "0.20.0.96"),
        ("ipmask(\"255.0.0.0\", \"host\")", "null"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    if call.literal(0).is_some_and(|mask| mask.parse::<Ipv4Addr>().is_err()) {
        return Err(call.argument_error(0, "a mask such as \"255.255.255.0\""));
    }
    Ok(call.kernel(TEXT, run))
}

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [mask, address] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    let bits = |arg: &Arg, row| arg.text(row)?.parse::<Ipv4Addr>().ok().map(u32::from);
    Ok(kernel::texts(rows, |row| {
        Some(Ipv4Addr::from(bits(mask, row)? & bits(address, row)?).to_string().into())
    }))
}
