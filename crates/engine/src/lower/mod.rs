//! Ops → plan: one file each.

pub(crate) mod aggregate;
pub(crate) mod appendcols;
pub(crate) mod beside;
pub(crate) mod bin;
pub(crate) mod capture;
mod cells;
pub(crate) mod compare;
pub(crate) mod dedup;
pub(crate) mod expr;
pub(crate) mod extend;
pub(crate) mod extract;
pub(crate) mod fillnull;
pub(crate) mod filter;
pub(crate) mod foreach;
pub(crate) mod format;
pub(crate) mod join;
pub(crate) mod limit;
pub(crate) mod lookup;
pub(crate) mod lookup_call;
pub(crate) mod map;
mod newest;
pub(crate) mod number;
pub(crate) mod pivot;
pub(crate) mod project;
pub(crate) mod rename;
pub(crate) mod rex;
pub(crate) mod scan;
pub(crate) mod search;
pub(crate) mod sed;
pub(crate) mod select;
pub(crate) mod set;
pub(crate) mod sort;
mod sparkline;
mod spread;
pub(crate) mod tojson;
pub(crate) mod top;
pub(crate) mod totals;
pub(crate) mod transpose;
pub(crate) mod union;
pub(crate) mod untable;
pub(crate) mod values;
pub(crate) mod window;
pub(crate) mod wrap;

use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::span::Span;

/// The refusal of an option that would change the result and is not built.
fn not_honoured(option: &str, span: Span) -> Diagnostic {
    Diagnostic::error(code::BAD_OPTION, span, format!("`{option}` is not run here"))
        .with_help("leave it out, if the result without it serves")
}
