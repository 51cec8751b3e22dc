//! `addinfo`: what the search itself is.

use sluice_spl::tree::TimeRange;

use super::scan;
use crate::error::Result;
use crate::kernel::text_literal;
use crate::plan::Rel;
use crate::planner::Planner;

pub(crate) fn lower(time: &TimeRange, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let scan::TimeRange { earliest, latest } = scan::bounds(time, Default::default(), planner)?;
    let now = planner.context().now.as_millisecond() as f64 / 1e3;
    let seconds = |time: f64| format!("{time:.3}");
    let fields = [
        ("info_min_time", earliest.map_or_else(|| "0.000".to_owned(), seconds)),
        ("info_max_time", latest.map_or_else(|| "+Infinity".to_owned(), seconds)),
        ("info_sid", format!("{}.1", now.floor())),
        ("info_search_time", seconds(now)),
    ];
    rel.extend(fields.map(|(name, text)| (name.to_owned(), text_literal(&text))).into())
}
