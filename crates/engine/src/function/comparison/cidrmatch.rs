//! `cidrmatch`: whether an address is in a network.

use std::net::IpAddr;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use ipnet::IpNet;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::value::Cell;

/// `cidrmatch(NETWORK, ADDRESS)`
pub const CIDRMATCH: Function = Function {
    name: "cidrmatch",
    arguments: (2, Some(2)),
    syntax: "cidrmatch(NETWORK, ADDRESS)",
    summary: "True if the address is in the network, IPv4 or IPv6; null for null.",
    examples: &[
        ("if(cidrmatch(\"10.1.2.3/8\", \"10.200.0.1\"), 1, 0)", "1"),
        ("if(cidrmatch(\"10.0.0.0/8\", \"11.0.0.1\"), 1, 0)", "0"),
        ("if(cidrmatch(\"2001:db8::/32\", \"2001:db8::7\"), 1, 0)", "1"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    if call.literal(0).is_some_and(|text| network(text).is_none()) {
        return Err(call.argument_error(0, "a network such as \"10.0.0.0/8\""));
    }
    Ok(call.kernel(DataType::Boolean, run))
}

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [net, address] = args else { return Ok(kernel::nulls(&DataType::Boolean, rows)) };
    let shared = net.constant().and_then(|cell| cell.text().map(|text| network(&text)));
    Ok(kernel::conditions(rows, |row| {
        let net = match shared {
            Some(net) => net,
            None => network(&net.text(row)?),
        };
        holds(net, &address.cell(row))
    }))
}

/// What is no network holds no address; an address of a multivalue field is enough.
fn holds(net: Option<IpNet>, address: &Cell<'_>) -> Option<bool> {
    if address.is_null() {
        return None;
    }
    let inside = |text: &str| is_inside(net, text);
    Some(match address {
        Cell::Text(text) => inside(text),
        other => other.texts().iter().any(|text| inside(text)),
    })
}

/// Whether a network holds the address that a text is.
pub(crate) fn is_inside(net: Option<IpNet>, text: &str) -> bool {
    match (net, text.trim().parse::<IpAddr>()) {
        (Some(net), Ok(address)) => net.contains(&address),
        _ => false,
    }
}

/// A network, its host bits ignored; an address alone is a network of one.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}
