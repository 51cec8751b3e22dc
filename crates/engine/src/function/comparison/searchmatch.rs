//! `searchmatch`: whether a row matches a search. Its argument is no expression, so `lower::expr` plans it.

use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::{Call, Function};

/// `searchmatch(SEARCH)`
pub const SEARCHMATCH: Function = Function {
    name: "searchmatch",
    arguments: (1, Some(1)),
    syntax: "searchmatch(\"SEARCH\")",
    summary: "True if the row matches the search, by the rules of `search`.",
    examples: &[
        ("if(searchmatch(\"_time>0\"), \"yes\", \"no\")", "yes"),
        ("if(searchmatch(\"nosuch=*\"), \"yes\", \"no\")", "no"),
        ("if(searchmatch(\"NOT nosuch=a\"), \"yes\", \"no\")", "yes"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    Err(call.argument_error(0, "a quoted search"))
}
