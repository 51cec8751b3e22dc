//! `set`: the rows of two subsearches, those of only one, or those of both, each once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;
use arrow::record_batch::RecordBatch;
use sluice_spl::ops::{Set, SetKind};

use super::beside::table;
use crate::error::Result;
use crate::kernel::number_literal;
use crate::plan::{Rel, is_hidden};
use crate::planner::Planner;
use crate::stage;
use crate::value::Values;

/// Which side a row is from, while both are one table.
const SIDE: &str = "\u{1}side";

pub(crate) async fn lower(set: &Set, planner: &Planner<'_>) -> Result<Rel> {
    let [(left, left_span), (right, right_span)] = &set.sides;
    let left = table(left, None, *left_span, planner).await?;
    let right = table(right, None, *right_span, planner).await?;
    let left = left.extend(vec![(SIDE.to_owned(), number_literal(0.0))])?;
    let right = right.extend(vec![(SIDE.to_owned(), number_literal(1.0))])?;
    let (rel, batches) = stage::run(planner.union(left, right, false).await?, planner).await?;

    let mut sides: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    let keyed = batches.iter().map(keys).collect::<Result<Vec<_>>>()?;
    for (key, side) in keyed.iter().flatten() {
        sides.entry(key.clone()).or_default().insert(*side);
    }
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for (batch, keys) in batches.iter().zip(&keyed) {
        let keep: BooleanArray = keys
            .iter()
            .map(|(key, _)| {
                let both = sides.get(key).is_some_and(|sides| sides.len() == 2);
                let wanted = match set.kind {
                    SetKind::Union => true,
                    SetKind::Diff => !both,
                    SetKind::Intersect => both,
                };
                Some(wanted && seen.insert(key.clone()))
            })
            .collect();
        kept.push(filter_record_batch(batch, &keep)?);
    }
    let schema = Arc::clone(rel.schema());
    let rel = Rel::held(schema, kept, rel.order)?.with_order(rel.order, rel.sorted);
    rel.retain(|name| name != SIDE)
}

/// What tells each row from others, and whether it is of the second side. Internal fields count only where
/// there are no others.
fn keys(batch: &RecordBatch) -> Result<Vec<(String, bool)>> {
    let schema = batch.schema_ref();
    let names = schema.fields().iter().map(|field| field.name().as_str()).enumerate();
    let shown: Vec<(usize, &str)> = names.filter(|(_, name)| !is_hidden(name) && *name != SIDE).collect();
    let own: Vec<usize> =
        shown.iter().filter(|(_, name)| !name.starts_with('_')).map(|(at, _)| *at).collect();
    let places = if own.is_empty() { shown.iter().map(|(at, _)| *at).collect() } else { own };
    let columns = places.iter().map(|&at| Values::new(batch.column(at))).collect::<Result<Vec<_>, _>>()?;
    let side = batch.column_by_name(SIDE).map(Values::new).transpose()?;
    let key = |row: usize| {
        let cell = |column: &Values| match column.cell(row).texts() {
            texts if texts.is_empty() => "\u{2}".to_owned(),
            texts => texts.join("\u{1}"),
        };
        let key: Vec<String> = columns.iter().map(cell).collect();
        let is_second = side.as_ref().and_then(|side| side.cell(row).number()) == Some(1.0);
        (key.join("\0"), is_second)
    };
    Ok((0..batch.num_rows()).map(key).collect())
}
