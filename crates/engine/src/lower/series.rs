//! `accum`, `delta`, `autoregress`, `trendline`: fields computed from the rows so far.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::{Derived, Step, Weights};

use crate::error::Result;
use crate::kernel;
use crate::operator::{RowOperator, RowState, with_columns, with_fields};
use crate::plan::Rel;
use crate::value::{self, Cell, NUMBER, Values, is_mixed, is_multivalue};

pub(crate) fn lower(series: &[Derived], rel: Rel) -> Result<Rel> {
    let there: Vec<Derived> =
        series.iter().filter(|derived| rel.kind(&derived.field.text).is_some()).cloned().collect();
    if there.is_empty() { Ok(rel) } else { rel.through(Arc::new(Series(there))) }
}

#[derive(Debug)]
struct Series(Vec<Derived>);

/// The type of a derived field. A sum written over its own field leaves what is no number there.
fn returns(derived: &Derived, from: &DataType) -> DataType {
    match derived.step {
        Step::Earlier(_) if *from == DataType::Int64 => NUMBER,
        Step::Earlier(_) => from.clone(),
        Step::Total if derived.field.text == derived.target.text && !value::is_numeric(from) => {
            value::mixed()
        }
        _ => NUMBER,
    }
}

impl RowOperator for Series {
    fn name(&self) -> &'static str {
        "Series"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let fields = self.0.iter().filter_map(|derived| {
            let from = input.field_with_name(&derived.field.text).ok()?;
            Some(Field::new(&derived.target.text, returns(derived, from.data_type()), true))
        });
        with_fields(input, fields)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        let running =
            self.0.iter().map(|derived| Running { derived: derived.clone(), memory: Memory::default() });
        Box::new(State { running: running.collect(), schema: self.schema(input) })
    }
}

struct State {
    running: Vec<Running>,
    schema: SchemaRef,
}

struct Running {
    derived: Derived,
    memory: Memory,
}

/// What a step keeps of the rows so far.
#[derive(Default)]
struct Memory {
    total: f64,
    /// The last values, the newest behind.
    values: VecDeque<Held>,
    average: Option<f64>,
}

/// A value that outlives its batch.
#[derive(Clone)]
enum Held {
    Null,
    Number(f64),
    Text(String),
    List(Vec<String>),
}

impl Held {
    fn of(cell: &Cell<'_>) -> Self {
        match cell {
            Cell::Number(number) => Self::Number(*number),
            Cell::Integer(number) => Self::Number(*number as f64),
            Cell::List(_) => Self::List(cell.texts().into_iter().map(|text| text.into_owned()).collect()),
            single => single.text().map_or(Self::Null, |text| Self::Text(text.into_owned())),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => value::parse_number(text),
            Self::List(_) | Self::Null => None,
        }
    }
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let mut results = Vec::with_capacity(self.running.len());
        for running in &mut self.running {
            let values = batch.column_by_name(&running.derived.field.text).map(Values::new).transpose()?;
            let Some(values) = values else { continue };
            let column = (0..batch.num_rows()).map(|row| running.next(&values.cell(row))).collect::<Vec<_>>();
            results.push((running.derived.target.text.clone(), column));
        }
        let batch = with_columns(&self.schema, &batch, |field| {
            // Of two results of one name the last stands.
            let column = results.iter().rfind(|(target, _)| target == field.name());
            Ok(column.map(|(_, column)| array(column, field.data_type())))
        })?;
        Ok(Some(batch))
    }
}

fn array(column: &[Held], kind: &DataType) -> ArrayRef {
    let held = |row: usize| column.get(row).unwrap_or(&Held::Null);
    let rows = column.len();
    if is_multivalue(kind) {
        return kernel::lists(rows, |row| match held(row) {
            Held::List(texts) => texts.iter().map(|text| text.as_str().into()).collect(),
            _ => Vec::new(),
        });
    }
    if is_mixed(kind) {
        return kernel::mixed(rows, |row| match held(row) {
            Held::Number(number) => Cell::Number(*number),
            Held::Text(text) => Cell::Text(text),
            _ => Cell::Null,
        });
    }
    match kind {
        DataType::Float64 => kernel::numbers(rows, |row| held(row).number()),
        _ => kernel::texts(rows, |row| match held(row) {
            Held::Text(text) => Some(text.as_str().into()),
            _ => None,
        }),
    }
}

impl Running {
    /// The derived value of the next row.
    fn next(&mut self, cell: &Cell<'_>) -> Held {
        let number = |number: Option<f64>| number.map_or(Held::Null, Held::Number);
        match self.derived.step {
            Step::Total => match cell.number() {
                Some(value) => {
                    self.memory.total += value;
                    Held::Number(self.memory.total)
                }
                None if self.derived.field.text == self.derived.target.text => Held::of(cell),
                None => Held::Null,
            },
            Step::Difference(back) => {
                let before = self.memory.earlier(back, Held::of(cell)).number();
                number(before.and_then(|before| Some(cell.number()? - before)))
            }
            Step::Earlier(back) => self.memory.earlier(back, Held::of(cell)),
            Step::Average(weights, period) => {
                number(cell.number().and_then(|value| self.memory.average(weights, period, value)))
            }
        }
    }
}

impl Memory {
    /// The value of so many rows before; the row's own is remembered.
    fn earlier(&mut self, back: u64, own: Held) -> Held {
        self.values.push_back(own);
        let full = self.values.len() as u64 > back;
        if full { self.values.pop_front().unwrap_or(Held::Null) } else { Held::Null }
    }

    /// The moving average with one more number; none before there are enough.
    fn average(&mut self, weights: Weights, period: u64, number: f64) -> Option<f64> {
        self.values.push_back(Held::Number(number));
        if weights == Weights::Exponential {
            // As Splunk's reference has it, alpha weighs what was.
            let alpha = 2.0 / (period as f64 + 1.0);
            self.average = Some(self.average.map_or(number, |was| alpha * was + (1.0 - alpha) * number));
        }
        if self.values.len() as u64 > period {
            self.values.pop_front();
        }
        if (self.values.len() as u64) < period {
            return None;
        }
        let numbers = self.values.iter().filter_map(Held::number);
        let period = period as f64;
        match weights {
            Weights::Simple => Some(numbers.sum::<f64>() / period),
            Weights::Linear => {
                let weighted: f64 =
                    numbers.zip(1_u32..).map(|(number, weight)| number * f64::from(weight)).sum();
                Some(weighted / (period * (period + 1.0) / 2.0))
            }
            Weights::Exponential => self.average,
        }
    }
}
