//! A stat for many groups at once: rows go to their group's stat one after the other.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Float64Builder, Int64Array, ListBuilder,
    StringViewBuilder, StructArray,
};
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};

use super::accumulator::{Places, add, read, scalar, seen_fields};
use super::{Function, Outcome, Saved, Stat};
use crate::kernel;
use crate::value::{self, Cell, Values};

#[derive(Debug)]
pub(super) struct Groups {
    function: Function,
    returns: DataType,
    /// Gives what the function has seen.
    seen: bool,
    stats: Vec<Box<dyn Stat>>,
    /// What the stats hold on the heap, bytes.
    held: usize,
}

impl Groups {
    pub(super) fn new(function: Function, returns: DataType, seen: bool) -> Self {
        Self { function, returns, seen, stats: Vec::new(), held: 0 }
    }

    /// Changes stats of these groups and keeps account of what they hold.
    fn change(
        &mut self,
        groups: &[usize],
        total: usize,
        change: impl FnOnce(&mut [Box<dyn Stat>], &Function) -> Result<()>,
    ) -> Result<()> {
        let function = &self.function;
        self.stats.resize_with(total, || function.start());
        let mut touched = groups.to_vec();
        touched.sort_unstable();
        touched.dedup();
        let before = held(&self.stats, &touched);
        change(&mut self.stats, function)?;
        self.held = (self.held + held(&self.stats, &touched)).saturating_sub(before);
        Ok(())
    }

    fn emitted(&mut self, emit_to: EmitTo) -> Vec<Box<dyn Stat>> {
        let stats = emit_to.take_needed(&mut self.stats);
        let freed: usize = stats.iter().map(|stat| stat.size()).sum();
        self.held = self.held.saturating_sub(freed);
        stats
    }
}

fn held(stats: &[Box<dyn Stat>], groups: &[usize]) -> usize {
    groups.iter().filter_map(|group| stats.get(*group)).map(|stat| stat.size()).sum()
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        arrays: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        let [values, places @ ..] = arrays else { return Ok(()) };
        let (values, Some(places)) = (Values::new(values)?, Places::of(places)) else { return Ok(()) };
        self.change(groups, total, |stats, function| {
            let spreads = function.spreads();
            for (row, group) in groups.iter().enumerate() {
                let counts = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
                if let Some(stat) = stats.get_mut(*group).filter(|_| counts) {
                    add(stat.as_mut(), &values.cell(row), places.at(row), spreads);
                }
            }
            Ok(())
        })
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        if self.seen {
            let states = self.state(emit_to)?;
            return Ok(Arc::new(StructArray::try_new(seen_fields(), states, None)?));
        }
        let stats = self.emitted(emit_to);
        outcomes(stats.into_iter().map(|stat| stat.result()).collect(), &self.returns)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(saved(self.emitted(emit_to).iter().map(|stat| stat.save())))
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        let [texts, numbers] = states else { return Ok(()) };
        let (texts, numbers) = (texts.as_list::<i32>(), numbers.as_list::<i32>());
        self.change(groups, total, |stats, _| {
            for (row, group) in groups.iter().enumerate() {
                if let Some(stat) = stats.get_mut(*group) {
                    stat.load(read(texts, numbers, row));
                }
            }
            Ok(())
        })
    }

    fn convert_to_state(&self, arrays: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let rows = arrays.first().map_or(0, |values| values.len());
        let mut alone = Self::new(self.function.clone(), self.returns.clone(), self.seen);
        alone.update_batch(arrays, &(0..rows).collect::<Vec<_>>(), filter, rows)?;
        alone.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        self.held + self.stats.capacity() * size_of::<Box<dyn Stat>>()
    }
}

/// What stats have seen, as columns.
fn saved(all: impl Iterator<Item = Saved>) -> Vec<ArrayRef> {
    let mut texts = ListBuilder::new(StringViewBuilder::new());
    let mut numbers = ListBuilder::new(Float64Builder::new());
    for one in all {
        one.texts.iter().for_each(|text| texts.values().append_value(text));
        texts.append(true);
        numbers.values().append_slice(&one.numbers);
        numbers.append(true);
    }
    vec![Arc::new(texts.finish()), Arc::new(numbers.finish())]
}

/// Results as a column of a type.
fn outcomes(outcomes: Vec<Outcome>, kind: &DataType) -> Result<ArrayRef> {
    let rows = outcomes.len();
    Ok(match kind {
        DataType::Int64 => Arc::new(Int64Array::from_iter(outcomes.iter().map(|outcome| match outcome {
            Outcome::Integer(number) => Some(*number),
            _ => None,
        }))),
        DataType::Float64 => {
            Arc::new(Float64Array::from_iter(outcomes.iter().map(|outcome| match outcome {
                Outcome::Number(number) => Some(*number),
                Outcome::Text(text) => value::parse_number(text),
                _ => None,
            })))
        }
        DataType::Utf8View => kernel::texts(rows, |row| match outcomes.get(row) {
            Some(Outcome::Text(text)) => Some(text.as_str().into()),
            Some(Outcome::Number(number)) => Some(value::number_to_text(*number).into()),
            _ => None,
        }),
        kind if value::is_mixed(kind) => kernel::mixed(rows, |row| match outcomes.get(row) {
            Some(Outcome::Number(number)) => Cell::Number(*number),
            Some(Outcome::Text(text)) => Cell::Text(text),
            _ => Cell::Null,
        }),
        kind if value::is_multivalue(kind) => {
            let mut lists = ListBuilder::new(StringViewBuilder::new());
            for outcome in &outcomes {
                let texts = if let Outcome::List(texts) = outcome { Some(texts) } else { None };
                texts.into_iter().flatten().for_each(|text| lists.values().append_value(text));
                lists.append(texts.is_some());
            }
            Arc::new(lists.finish())
        }
        kind => {
            let scalars = outcomes.into_iter().map(|outcome| scalar(outcome, kind));
            ScalarValue::iter_to_array(scalars.collect::<Result<Vec<_>>>()?)?
        }
    })
}
