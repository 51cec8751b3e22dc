//! `eventstats` and `streamstats`: aggregates written to each row.

mod groups;
mod running;
mod whole;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use sluice_events::field;
use sluice_spl::ops::{self, AggregateCall};

use super::aggregate;
use crate::aggregate::Function;
use crate::error::Result;
use crate::kernel::Context;
use crate::plan::{ORDER_TIME, Rel};
use crate::planner::Planner;
use crate::value::is_mixed;

pub(crate) fn lower(op: &ops::Window, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let context = planner.context();
    let calls = aggregate::resolve(&op.calls, &rel);
    let mut rel = if op.running.is_some() { rel.in_order()? } else { rel };
    let mut measures = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let (with_argument, measure) = measure(at, call, op.allnum, rel, context)?;
        rel = with_argument;
        measures.push(measure);
    }
    let by = op.by.iter().map(|name| name.text.clone()).collect();
    let window = Measures { measures, by };
    let rel = match &op.running {
        // Aggregates are told where each row stands, so rows may come in any order.
        None => rel.operated(Arc::new(whole::Whole { window, session: Arc::clone(planner.session()) }))?,
        Some(how) => running::lower(how, window, rel, context)?,
    };
    rel.retain(|name| !name.starts_with("\0a") && !name.starts_with("\0reset"))
}

/// What is computed within which groups.
#[derive(Debug, Clone)]
pub(super) struct Measures {
    pub(super) measures: Vec<Measure>,
    pub(super) by: Vec<String>,
}

/// One aggregate: function, the hidden column it reads (`None` counts rows), its name and type.
#[derive(Debug, Clone)]
pub(super) struct Measure {
    pub(super) function: Function,
    pub(super) input: Option<String>,
    pub(super) name: String,
    pub(super) returns: DataType,
}

fn measure(
    at: usize,
    call: &AggregateCall,
    allnum: bool,
    rel: Rel,
    context: &Context,
) -> Result<(Rel, Measure)> {
    let function = Function::of(call)?.only_numbers(allnum);
    let name = call.name.text.clone();
    let Some(argument) = &call.argument else {
        aggregate::check_bare(call)?;
        let returns = function.returns(&DataType::Int64);
        return Ok((rel, Measure { function, input: None, name, returns }));
    };
    let (value, kind) = aggregate::measured(argument, &rel, context)?;
    let input = format!("\0a{at}");
    let returns = function.returns(&kind);
    // A running value is read back row by row: a count or number keeps its type, mixed stays mixed.
    let returns =
        if is_mixed(&kind) && returns == crate::value::TEXT { crate::value::mixed() } else { returns };
    Ok((rel.extend(vec![(input.clone(), value)])?, Measure { function, input: Some(input), name, returns }))
}

impl Measures {
    /// The input's schema with the results as columns, replaced or added.
    pub(super) fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let mut fields: Vec<_> = input.fields().iter().cloned().collect();
        for measure in &self.measures {
            let field = Arc::new(Field::new(&measure.name, measure.returns.clone(), true));
            match fields.iter_mut().find(|known| known.name() == &measure.name) {
                Some(known) => *known = field,
                None => fields.push(field),
            }
        }
        Arc::new(Schema::new(fields))
    }
}

/// The columns that say where rows stand.
pub(super) const PLACES: [&str; 3] = [field::TIME, ORDER_TIME, field::SEQ];
