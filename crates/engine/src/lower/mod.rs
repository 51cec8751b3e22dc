//! Ops → plan: one file each.

pub(crate) mod addinfo;
pub(crate) mod aggregate;
pub(crate) mod appendcols;
pub(crate) mod beside;
pub(crate) mod bin;
pub(crate) mod capture;
mod cells;
pub(crate) mod combine;
pub(crate) mod compare;
pub(crate) mod convert;
pub(crate) mod dedup;
pub(crate) mod expand;
pub(crate) mod expr;
pub(crate) mod extend;
pub(crate) mod extract;
pub(crate) mod filldown;
pub(crate) mod fillnull;
pub(crate) mod filter;
pub(crate) mod foreach;
pub(crate) mod format;
mod identity;
pub(crate) mod join;
mod key;
pub(crate) mod limit;
pub(crate) mod locate;
pub(crate) mod lookup;
pub(crate) mod lookup_call;
pub(crate) mod map;
mod newest;
pub(crate) mod number;
pub(crate) mod pivot;
pub(crate) mod project;
pub(crate) mod relative_time;
pub(crate) mod rename;
pub(crate) mod replace;
pub(crate) mod rex;
pub(crate) mod scan;
pub(crate) mod search;
pub(crate) mod sed;
pub(crate) mod select;
pub(crate) mod selfjoin;
pub(crate) mod series;
pub(crate) mod session;
pub(crate) mod set;
pub(crate) mod show;
pub(crate) mod single;
pub(crate) mod sort;
mod sparkline;
pub(crate) mod split;
mod spread;
pub(crate) mod tojson;
pub(crate) mod top;
pub(crate) mod totals;
pub(crate) mod transpose;
pub(crate) mod union;
pub(crate) mod uniq;
pub(crate) mod untable;
pub(crate) mod values;
pub(crate) mod window;
pub(crate) mod wrap;
pub(crate) mod write_lookup;

use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::Name;

/// `makemv` and its like do not apply to internal fields.
fn not_internal(command: &str, field: &Name) -> Result<(), Diagnostic> {
    if !field.text.starts_with('_') {
        return Ok(());
    }
    let message = format!("`{command}` does not apply to the internal field `{}`", field.text);
    Err(Diagnostic::error(code::BAD_OPTION, field.span, message)
        .with_help(format!("copy it first, for example `eval copy={} | {command} copy`", field.text)))
}
