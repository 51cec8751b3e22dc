//! `convert`: values to numbers or times.
//!
//! Splunk's reference says what becomes of a value that cannot be converted for two functions only: `num` removes
//! it, `auto` then leaves the whole field alone. The others leave that value alone here.

mod auto;
mod number;

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::{Conversion, ConversionKind, Convert};

use super::rename::filled;
use crate::error::Result;
use crate::function::time::{parse, strftime};
use crate::kernel::{self, Context};
use crate::operator::{RowOperator, RowState, with_columns, with_fields};
use crate::plan::Rel;
use crate::value::{self, Cell, NUMBER, TEXT, Values, is_multivalue};
use crate::wildcard;

pub(crate) fn lower(convert: &Convert, rel: Rel, context: &Context) -> Result<Rel> {
    let (all, others): (Vec<_>, Vec<_>) =
        resolved(convert, &rel).into_iter().partition(|one| one.kind == ConversionKind::Auto);
    let mut rel = rel;
    if !others.is_empty() {
        let time_format = convert.time_format.clone();
        rel =
            rel.through(Arc::new(Converting { conversions: others, time_format, context: context.clone() }))?;
    }
    if all.is_empty() { Ok(rel) } else { rel.through(Arc::new(auto::Auto(all))) }
}

/// A conversion of one field.
#[derive(Debug, Clone)]
struct Resolved {
    kind: ConversionKind,
    field: String,
    target: String,
}

/// Conversions of the fields that there are. A pattern leaves those alone that `none` or a name chooses, and, as
/// everywhere, internal ones.
fn resolved(convert: &Convert, rel: &Rel) -> Vec<Resolved> {
    let chosen = |name: &str| {
        convert.conversions.iter().any(|other| {
            let excludes = other.kind == ConversionKind::None || !other.field.is_pattern();
            excludes && wildcard::matches(&other.field.text, name)
        })
    };
    let mut resolved = Vec::new();
    for conversion in convert.conversions.iter().filter(|one| one.kind != ConversionKind::None) {
        for (name, _) in rel.fields() {
            let Some(parts) = wildcard::captures(&conversion.field.text, name) else { continue };
            let internal = name.starts_with('_') && !conversion.field.text.starts_with('_');
            if conversion.field.is_pattern() && (internal || chosen(name)) {
                continue;
            }
            resolved.push(named(conversion, name, &parts));
        }
    }
    resolved
}

fn named(conversion: &Conversion, name: &str, parts: &[&str]) -> Resolved {
    let target =
        conversion.target.as_ref().map_or_else(|| name.to_owned(), |target| filled(&target.text, parts));
    Resolved { kind: conversion.kind, field: name.to_owned(), target }
}

#[derive(Debug, Clone)]
struct Converting {
    conversions: Vec<Resolved>,
    time_format: String,
    context: Context,
}

/// The type of a conversion's result for values of a type.
fn returns(kind: ConversionKind, from: &DataType) -> DataType {
    match kind {
        _ if is_multivalue(from) => value::multivalue(),
        ConversionKind::Num => NUMBER,
        ConversionKind::CTime | ConversionKind::RmComma => TEXT,
        _ => value::mixed(),
    }
}

impl RowOperator for Converting {
    fn name(&self) -> &'static str {
        "Convert"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let fields = self.conversions.iter().filter_map(|one| {
            let from = input.field_with_name(&one.field).ok()?;
            Some(Field::new(&one.target, returns(one.kind, from.data_type()), true))
        });
        with_fields(input, fields)
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        let time_format = strftime::translate(&self.time_format);
        Box::new(State { schema: self.schema(input), how: self.clone(), shown_format: time_format })
    }
}

struct State {
    how: Converting,
    schema: SchemaRef,
    /// The time format for printing.
    shown_format: String,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let batch = with_columns(&self.schema, &batch, |field| {
            // Of two results of one name the last stands.
            let Some(one) = self.how.conversions.iter().rfind(|one| one.target == *field.name()) else {
                return Ok(None);
            };
            let values = batch.column_by_name(&one.field).map(Values::new).transpose()?;
            Ok(values.map(|values| self.column(one, field, &values, batch.num_rows())))
        })?;
        Ok(Some(batch))
    }
}

impl State {
    fn column(&self, one: &Resolved, field: &Field, values: &Values, rows: usize) -> ArrayRef {
        if is_multivalue(field.data_type()) {
            return kernel::lists(rows, |row| {
                let texts = values.cell(row).texts().into_iter();
                texts.filter_map(|text| self.convert(one.kind, &Cell::Text(&text))?.text(text)).collect()
            });
        }
        match field.data_type() {
            DataType::Float64 => {
                kernel::numbers(rows, |row| match self.convert(one.kind, &values.cell(row)) {
                    Some(Converted::Number(number)) => Some(number),
                    _ => None,
                })
            }
            DataType::Utf8View => kernel::texts(rows, |row| {
                let cell = values.cell(row);
                self.convert(one.kind, &cell)?.text(cell.text()?)
            }),
            _ => {
                let new: Vec<_> = (0..rows).map(|row| self.convert(one.kind, &values.cell(row))).collect();
                kernel::mixed(rows, |row| match new.get(row) {
                    Some(Some(Converted::Number(number))) => Cell::Number(*number),
                    Some(Some(Converted::Text(text))) => Cell::Text(text),
                    Some(Some(Converted::Kept)) => values.cell(row),
                    _ => Cell::Null,
                })
            }
        }
    }

    /// A value converted; `None` where nothing is left of it.
    fn convert(&self, kind: ConversionKind, cell: &Cell<'_>) -> Option<Converted> {
        let text = cell.text()?;
        let number = match kind {
            ConversionKind::CTime => {
                let shown = cell
                    .number()
                    .and_then(|time| strftime::shown(time, &self.shown_format, &self.how.context.zone.0));
                return Some(shown.map_or(Converted::Kept, Converted::Text));
            }
            ConversionKind::RmComma => return Some(Converted::Text(text.replace(',', ""))),
            ConversionKind::MkTime => {
                let Context { zone, now } = &self.how.context;
                parse::seconds(&text, &self.how.time_format, *now, &zone.0)
            }
            ConversionKind::Num => return number::any(cell).map(Converted::Number),
            ConversionKind::Dur2Sec => number::duration(&text),
            ConversionKind::MemK => number::memory(&text),
            ConversionKind::MsTime => number::minutes(&text),
            ConversionKind::RmUnit => number::leading(&text),
            ConversionKind::Auto | ConversionKind::None => None,
        };
        Some(number.map_or(Converted::Kept, Converted::Number))
    }
}

/// What became of a value.
enum Converted {
    Number(f64),
    Text(String),
    /// It could not be converted.
    Kept,
}

impl Converted {
    /// As text, where the value was this one.
    fn text<'a>(self, was: Cow<'a, str>) -> Option<Cow<'a, str>> {
        Some(match self {
            Self::Number(number) => Cow::Owned(value::number_to_text(number)),
            Self::Text(text) => Cow::Owned(text),
            Self::Kept => was,
        })
    }
}
