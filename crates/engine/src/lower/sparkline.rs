//! `sparkline` of `stats`: a function over time, as a multivalue field.
//!
//! The aggregate gathers a group's times and values; behind it, where all groups are known, they are put in spans
//! that are the same for all.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::AggregateCall;
use sluice_spl::tree::{self, ExprKind};

use crate::aggregate::{Function, Outcome, Place, points};
use crate::error::Result;
use crate::kernel;
use crate::operator::{Left, RowOperator, RowState};
use crate::value::{Cell, number_to_text};

/// What every sparkline begins with.
const SIGN: &str = "##__SPARKLINE__##";
/// The name of the stats function.
pub(super) const NAME: &str = "sparkline";
/// Spans in seconds that one is chosen from, and how many values it may give.
const SPANS: [f64; 12] =
    [1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1_800.0, 3_600.0, 43_200.0, 86_400.0, 604_800.0];
const CHOSEN_MOST: f64 = 100.0;
/// More values than this are a mistake.
const MOST: f64 = 10_000.0;

/// A call of `sparkline`.
#[derive(Debug, Clone)]
pub(super) struct Sparkline {
    /// What is computed in each span.
    function: Function,
    /// Its width in seconds; chosen from the times if none is given.
    span: Option<f64>,
}

impl Sparkline {
    /// The sparkline that a call asks for, and what it measures.
    pub(super) fn of(call: &AggregateCall) -> Result<(Self, Option<&tree::Expr>), Diagnostic> {
        let (name, args) = match call.argument.as_ref().map(|argument| &argument.kind) {
            Some(ExprKind::Call(name, args)) => (name.as_str(), args.as_slice()),
            _ => ("count", &[][..]),
        };
        let inner = AggregateCall { function: name.to_owned(), argument: None, ..call.clone() };
        let function = Function::of(&inner)?;
        let (span, args) = match args.split_last() {
            Some((tree::Expr { kind: ExprKind::Number(seconds), .. }, before)) => {
                (seconds.parse().ok(), before)
            }
            _ => (None, args),
        };
        Ok((Self { function, span }, args.first()))
    }
}

/// Puts the points of some columns in spans.
#[derive(Debug)]
pub(super) struct Spanned(pub(super) Vec<(String, Sparkline)>);

impl RowOperator for Spanned {
    fn name(&self) -> &'static str {
        "Sparkline"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        Arc::clone(input)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, _: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State { sparklines: self.0.clone(), batches: Vec::new() })
    }
}

struct State {
    sparklines: Vec<(String, Sparkline)>,
    batches: Vec<RecordBatch>,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        self.batches.push(batch);
        Ok(None)
    }

    fn finish(&mut self) -> DataFusionResult<Left> {
        let mut batches = std::mem::take(&mut self.batches);
        for (name, sparkline) in &self.sparklines {
            let columns: Vec<&ArrayRef> =
                batches.iter().filter_map(|batch| batch.column_by_name(name)).collect();
            let Some(axis) = Axis::of(&columns, sparkline.span)? else { continue };
            batches = batches
                .iter()
                .map(|batch| {
                    let schema = batch.schema();
                    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, column)| {
                        if field.name() == name { axis.column(column, sparkline) } else { Arc::clone(column) }
                    });
                    let columns = columns.collect();
                    Ok(RecordBatch::try_new(schema, columns)?)
                })
                .collect::<DataFusionResult<_>>()?;
        }
        Ok(Left::each(batches.into_iter().map(Ok)))
    }
}

/// The spans that all groups share.
#[derive(Debug, Clone, Copy)]
struct Axis {
    first: f64,
    span: f64,
    count: usize,
}

impl Axis {
    fn of(columns: &[&ArrayRef], span: Option<f64>) -> DataFusionResult<Option<Self>> {
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for column in columns {
            let texts = column.as_list::<i32>().values().as_string_view();
            for (time, _) in texts.iter().flatten().filter_map(points::read) {
                least = least.min(time);
                most = most.max(time);
            }
        }
        if least > most {
            return Ok(None);
        }
        let fits = |span: &f64| (most / span).floor() - (least / span).floor() < CHOSEN_MOST;
        let span = span.or_else(|| SPANS.into_iter().find(fits)).unwrap_or((most - least) / CHOSEN_MOST);
        let first = (least / span).floor();
        let count = (most / span).floor() - first + 1.0;
        if count > MOST {
            return Err(DataFusionError::Execution(format!(
                "`sparkline` would give {count} values, and {MOST} is the most: give it a longer span"
            )));
        }
        Ok(Some(Self { first, span, count: count as usize }))
    }

    fn column(&self, points: &ArrayRef, sparkline: &Sparkline) -> ArrayRef {
        let lists = points.as_list::<i32>();
        kernel::lists(lists.len(), |row| {
            if lists.is_null(row) {
                return Vec::new();
            }
            let values = lists.value(row);
            self.values(values.as_string_view().iter().flatten().filter_map(points::read), sparkline)
        })
    }

    /// The sign and a value for each span; where there is none, 0.
    fn values<'a>(
        &self,
        points: impl Iterator<Item = (f64, &'a str)>,
        sparkline: &Sparkline,
    ) -> Vec<Cow<'static, str>> {
        let mut stats = BTreeMap::new();
        for (at, (time, text)) in points.enumerate() {
            let span = (time / self.span).floor() - self.first;
            let stat = stats.entry(span as usize).or_insert_with(|| sparkline.function.start());
            let place =
                Place { time: Some(time), newest: 0.0, sequence: i64::try_from(at).unwrap_or(i64::MAX) };
            stat.add(&Cell::Text(text), place);
        }
        let value = |span: usize| match stats.get(&span).map(|stat| stat.result()) {
            Some(Outcome::Number(number)) => Cow::Owned(number_to_text(number)),
            Some(Outcome::Integer(number)) => Cow::Owned(number.to_string()),
            Some(Outcome::Text(text)) => Cow::Owned(text),
            _ => Cow::Borrowed("0"),
        };
        std::iter::once(Cow::Borrowed(SIGN)).chain((0..self.count).map(value)).collect()
    }
}
