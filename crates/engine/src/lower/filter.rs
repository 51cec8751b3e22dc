//! Rows that match.

use sluice_spl::ops::Filter;

use super::{expr, search};
use crate::error::Result;
use crate::kernel::Context;
use crate::plan::Rel;

pub(crate) fn lower(filter: &Filter, rel: Rel, context: &Context) -> Result<Rel> {
    let condition = match filter {
        Filter::Search(predicate) => search::lower(predicate, &rel, context)?,
        Filter::Where(condition) => expr::condition(condition, &rel, context)?,
    };
    rel.filter(condition)
}
