//! A stat as a DataFusion aggregate.

use std::hash::{Hash, Hasher};
use std::mem::size_of_val;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, ListArray, ListBuilder, StringViewBuilder,
    StructArray,
};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Float64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, Signature, Volatility,
};

use super::groups::Groups;
use super::{Function, Outcome, Place, Saved, Stat};
use crate::kernel;
use crate::value::{self, Cell, Values};

/// The aggregate of a function over a value; `time`, `newest` and `sequence` say where each row stands.
pub(crate) fn call(function: Function, kind: &DataType, value: Expr, place: [Expr; 3]) -> Expr {
    let returns = function.returns(kind);
    aggregate(Aggregate { function, returns, seen: false, signature: signature() }, value, place)
}

/// The same, but it gives what the function has seen, for [`read_seen`], and not its result.
pub(crate) fn seen(function: Function, value: Expr, place: [Expr; 3]) -> Expr {
    let returns = DataType::Struct(seen_fields());
    aggregate(Aggregate { function, returns, seen: true, signature: signature() }, value, place)
}

pub(super) fn seen_fields() -> Fields {
    let numbers = DataType::List(Arc::new(Field::new_list_field(DataType::Float64, true)));
    Fields::from(vec![Field::new("texts", value::multivalue(), true), Field::new("numbers", numbers, true)])
}

/// What [`seen`] gave in a row.
pub(crate) fn read_seen(array: &ArrayRef, row: usize) -> Saved {
    match array.as_struct_opt() {
        Some(seen) if seen.is_valid(row) => read(seen.column(0).as_list(), seen.column(1).as_list(), row),
        _ => Saved::default(),
    }
}

pub(super) fn read(texts: &ListArray, numbers: &ListArray, row: usize) -> Saved {
    Saved {
        texts: texts.value(row).as_string_view().iter().flatten().map(str::to_owned).collect(),
        numbers: numbers.value(row).as_primitive::<Float64Type>().iter().flatten().collect(),
    }
}

fn signature() -> Signature {
    Signature::any(4, Volatility::Immutable)
}

fn aggregate(aggregate: Aggregate, value: Expr, place: [Expr; 3]) -> Expr {
    let [time, newest, sequence] = place;
    Expr::AggregateFunction(AggregateFunction::new_udf(
        Arc::new(AggregateUDF::new_from_impl(aggregate)),
        vec![value, time, newest, sequence],
        false,
        None,
        vec![],
        None,
    ))
}

/// Whether an aggregate is one of these, and not DataFusion's.
pub(crate) fn is_own(aggregate: &Expr) -> bool {
    match aggregate {
        Expr::Alias(alias) => is_own(&alias.expr),
        Expr::AggregateFunction(call) => call.func.inner().downcast_ref::<Aggregate>().is_some(),
        _ => false,
    }
}

#[derive(Debug)]
struct Aggregate {
    function: Function,
    returns: DataType,
    /// Gives what the function has seen.
    seen: bool,
    signature: Signature,
}

impl PartialEq for Aggregate {
    fn eq(&self, other: &Self) -> bool {
        self.function == other.function && self.returns == other.returns && self.seen == other.seen
    }
}
impl Eq for Aggregate {}
impl Hash for Aggregate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
        self.function.percentile.map(f64::to_bits).hash(state);
        self.function.is_only_numbers().hash(state);
        self.returns.hash(state);
    }
}

impl AggregateUDFImpl for Aggregate {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Accumulating {
            stat: self.function.start(),
            returns: self.returns.clone(),
            seen: self.seen,
            spreads: self.function.spreads(),
        }))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups::new(self.function.clone(), self.returns.clone(), self.seen)))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let numbers = DataType::List(Arc::new(Field::new_list_field(DataType::Float64, true)));
        Ok(vec![
            Arc::new(Field::new(format!("{}[texts]", args.name), value::multivalue(), true)),
            Arc::new(Field::new(format!("{}[numbers]", args.name), numbers, true)),
        ])
    }
}

#[derive(Debug)]
struct Accumulating {
    stat: Box<dyn Stat>,
    returns: DataType,
    seen: bool,
    spreads: bool,
}

impl Accumulator for Accumulating {
    fn update_batch(&mut self, arrays: &[ArrayRef]) -> Result<()> {
        let [values, places @ ..] = arrays else { return Ok(()) };
        let (rows, values, Some(places)) = (values.len(), Values::new(values)?, Places::of(places)) else {
            return Ok(());
        };
        for row in 0..rows {
            add(self.stat.as_mut(), &values.cell(row), places.at(row), self.spreads);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        if self.seen {
            let arrays = self.state()?.iter().map(ScalarValue::to_array).collect::<Result<Vec<_>>>()?;
            return Ok(ScalarValue::Struct(Arc::new(StructArray::try_new(seen_fields(), arrays, None)?)));
        }
        scalar(self.stat.result(), &self.returns)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.stat.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let Saved { texts, numbers } = self.stat.save();
        let numbers: Vec<ScalarValue> =
            numbers.into_iter().map(|number| ScalarValue::Float64(Some(number))).collect();
        Ok(vec![
            list(&texts),
            ScalarValue::List(ScalarValue::new_list_nullable(&numbers, &DataType::Float64)),
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [texts, numbers] = states else { return Ok(()) };
        let (texts, numbers) = (texts.as_list::<i32>(), numbers.as_list::<i32>());
        for row in 0..texts.len() {
            self.stat.load(read(texts, numbers, row));
        }
        Ok(())
    }
}

/// The columns that say where each row stands.
pub(super) struct Places<'a> {
    time: &'a Float64Array,
    newest: &'a Float64Array,
    sequence: &'a Int64Array,
}

impl<'a> Places<'a> {
    pub(super) fn of(arrays: &'a [ArrayRef]) -> Option<Self> {
        let [time, newest, sequence] = arrays else { return None };
        Some(Self {
            time: time.as_primitive(),
            newest: newest.as_primitive(),
            sequence: sequence.as_primitive(),
        })
    }

    pub(super) fn at(&self, row: usize) -> Place {
        Place {
            time: self.time.is_valid(row).then(|| self.time.value(row)),
            newest: if self.newest.is_valid(row) { self.newest.value(row) } else { f64::NEG_INFINITY },
            sequence: self.sequence.value(row),
        }
    }
}

/// Gives a stat a row's value: each of a multivalue field's values, or only its first.
pub(crate) fn add(stat: &mut dyn Stat, cell: &Cell<'_>, place: Place, spreads: bool) {
    match cell {
        Cell::Null => {}
        Cell::List(list) if spreads => list.iter().for_each(|text| stat.add(&Cell::Text(text), place)),
        Cell::List(list) => {
            if let Some(text) = list.iter().next() {
                stat.add(&Cell::Text(text), place);
            }
        }
        single => stat.add(single, place),
    }
}

/// An outcome as a scalar of a type.
pub(crate) fn scalar(outcome: Outcome, kind: &DataType) -> Result<ScalarValue> {
    Ok(match (outcome, kind) {
        (Outcome::Integer(number), _) => ScalarValue::Int64(Some(number)),
        (Outcome::List(texts), _) => list(&texts),
        (Outcome::Number(number), DataType::Float64) => ScalarValue::Float64(Some(number)),
        (Outcome::Text(text), DataType::Float64) => ScalarValue::Float64(value::parse_number(&text)),
        (Outcome::Text(text), DataType::Utf8View) => ScalarValue::Utf8View(Some(text)),
        (Outcome::Number(number), DataType::Utf8View) => {
            ScalarValue::Utf8View(Some(value::number_to_text(number)))
        }
        (outcome, kind) if value::is_mixed(kind) => {
            let array = kernel::mixed(1, |_| match &outcome {
                Outcome::Number(number) => Cell::Number(*number),
                Outcome::Text(text) => Cell::Text(text),
                _ => Cell::Null,
            });
            ScalarValue::Struct(Arc::new(StructArray::clone(array.as_struct())))
        }
        (_, kind) => ScalarValue::try_from(kind)?,
    })
}

fn list(texts: &[String]) -> ScalarValue {
    let mut builder = ListBuilder::new(StringViewBuilder::new());
    for text in texts {
        builder.values().append_value(text);
    }
    builder.append(true);
    ScalarValue::List(Arc::new(builder.finish()))
}
