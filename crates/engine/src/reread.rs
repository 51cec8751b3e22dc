//! Reading twice: where a command keeps few of the events and they are shown whole, those that it keeps are found by
//! a few of their fields, and only they are read whole.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use sluice_events::field;
use sluice_events::request::Places;
use sluice_spl::ops::{Dedup, Filter, Limit, Name, Op, Project, ProjectMode, Scan, Sort};

use crate::asked::is_row_by_row;
use crate::error::Result;
use crate::needed::Needed;
use crate::planner::Planner;

/// Where the events are that ops behind a search keep, if finding them first saves anything. Given these events alone,
/// the ops keep the same. Where something is damaged, nothing is said: an event may be found by some of its fields, and
/// be damaged beside them.
pub(crate) async fn places(scan: &Scan, rest: &[Op], planner: &Planner<'_>) -> Result<Option<Arc<Places>>> {
    let Some(ops) = keeping(scan, rest) else { return Ok(None) };
    let tally = planner.tally();
    let (before, lost) = (tally.mark(), tally.losses().1);
    let kept = planner.beginning(&ops, ops.len() - 1).await?;
    let mut places = Vec::new();
    for batch in planner.collect(&kept.retain(|name| name == field::PLACE)?).await? {
        places.extend(batch.column(0).as_primitive::<Int64Type>().iter().flatten());
    }
    if tally.losses().1 > lost {
        tally.back_to(before);
        return Ok(None);
    }
    planner.found_having_lost(lost);
    Ok(Some(Arc::new(Places::new(places))))
}

/// The ops up to the one that keeps few events, for their places alone.
fn keeping(scan: &Scan, rest: &[Op]) -> Option<Vec<Op>> {
    let keeper = rest.iter().position(|op| !is_row_by_row(op)).filter(|&at| keeps_few(&rest[at]))?;
    if rest[..keeper].iter().any(may_change) || !is_whole(scan, rest) {
        return None;
    }
    let place =
        Project { mode: ProjectMode::Table, fields: vec![Name::new(field::PLACE, scan.predicate.span)] };
    let ops = [&rest[..=keeper], &[Op::Project(place)]].concat();
    (!is_whole(scan, &ops)).then(|| [&[Op::Scan(scan.clone())], ops.as_slice()].concat())
}

/// Whether an op keeps mostly few rows as they are, and all of those that it keeps if it is given only them.
fn keeps_few(op: &Op) -> bool {
    matches!(
        op,
        Op::Dedup(Dedup { keep_events: false, .. })
            | Op::Sort(Sort { limit: Some(_), .. })
            | Op::Limit(Limit::Last(_))
    )
}

/// Whether an op may do something else to a row the next time.
fn may_change(op: &Op) -> bool {
    match op {
        Op::Filter(Filter::Where(expr)) => expr.calls("random"),
        Op::Extend(extend) => extend.assignments.iter().any(|one| one.expr.calls("random")),
        _ => false,
    }
}

/// Whether events are needed whole, or their text.
fn is_whole(scan: &Scan, rest: &[Op]) -> bool {
    let mut needed = Needed::before(rest);
    needed.search(&scan.predicate);
    needed.all || needed.names.contains(field::RAW)
}
