//! `tojson`: a JSON object of a row's fields.

use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_events::format::json::tree::{self, Json, is_number};
use sluice_spl::ops::{JsonKind, ToJson};

use crate::error::Result;
use crate::kernel;
use crate::needed;
use crate::operator::{RowOperator, RowState};
use crate::plan::{Rel, is_hidden};
use crate::value::{self, Cell, Values, parse_number};

pub(crate) fn lower(json: &ToJson, rel: Rel) -> Result<Rel> {
    rel.through(Arc::new(Writing(json.clone())))
}

#[derive(Debug, Clone)]
struct Writing(ToJson);

impl Writing {
    /// The kind of a field in the object; `None` if it is not in it.
    fn kind(&self, name: &str) -> Option<JsonKind> {
        if is_hidden(name) || (name.starts_with('_') && !self.0.include_internal && !self.names(name)) {
            return None;
        }
        if self.0.fields.is_empty() {
            return Some(self.0.default);
        }
        let said = self.0.fields.iter().find(|(field, _)| needed::matches(field, name));
        said.map(|(_, kind)| kind.unwrap_or(self.0.default))
    }

    /// Whether a field is named as it is, and not by a pattern.
    fn names(&self, name: &str) -> bool {
        self.0.fields.iter().any(|(field, _)| field.text == name)
    }
}

impl RowOperator for Writing {
    fn name(&self) -> &'static str {
        "ToJson"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let output = Arc::new(Field::new(&self.0.output.text, value::TEXT, true));
        let mut fields: Vec<Arc<Field>> = input.fields().iter().cloned().collect();
        match fields.iter_mut().find(|field| field.name() == output.name()) {
            Some(field) => *field = output,
            None => fields.push(output),
        }
        Arc::new(Schema::new(fields))
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        // In the order of names, as Splunk shows fields.
        let mut members: Vec<(String, JsonKind)> = input
            .fields()
            .iter()
            .filter_map(|field| Some((field.name().clone(), self.kind(field.name())?)))
            .collect();
        members.sort_by(|(left, _), (right, _)| left.cmp(right));
        Box::new(State { how: self.0.clone(), members, schema: self.schema(input) })
    }
}

struct State {
    how: ToJson,
    members: Vec<(String, JsonKind)>,
    schema: SchemaRef,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let columns = self
            .members
            .iter()
            .map(|(name, _)| batch.column_by_name(name).map_or(Ok(Values::Null), Values::new))
            .collect::<DataFusionResult<Vec<_>>>()?;
        let objects = kernel::texts(batch.num_rows(), |row| {
            let members = self.members.iter().zip(&columns);
            let members = members.filter_map(|((name, kind), values)| {
                Some((name.clone(), self.value(&values.cell(row), *kind)?))
            });
            Some(Json::Object(members.collect()).to_string().into())
        });
        let columns = self.schema.fields().iter().map(|field| {
            let kept = batch.column_by_name(field.name()).filter(|_| *field.name() != self.how.output.text);
            Arc::clone(kept.unwrap_or(&objects))
        });
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), columns.collect())?))
    }
}

impl State {
    /// A field's value; several as an array. `None` leaves it out.
    fn value(&self, cell: &Cell<'_>, kind: JsonKind) -> Option<Json> {
        if cell.is_null() {
            return self.how.fill_null.then_some(Json::Null);
        }
        let texts = cell.texts();
        let mut values = texts.iter().map(|text| self.single(text, kind));
        if texts.len() == 1 { values.next()? } else { Some(Json::Array(values.flatten().collect())) }
    }

    fn single(&self, text: &str, kind: JsonKind) -> Option<Json> {
        let value = match kind {
            JsonKind::Auto => Some(automatic(text)),
            JsonKind::Bool => boolean(text),
            JsonKind::Json => tree::parse(text),
            JsonKind::None => Some(number(text).unwrap_or_else(|| Json::String(text.to_owned()))),
            JsonKind::Number => number(text),
            JsonKind::Text => Some(Json::String(text.to_owned())),
        };
        value.or_else(|| self.how.fill_null.then_some(Json::Null))
    }
}

fn automatic(text: &str) -> Json {
    match text {
        "true" => Json::Bool(true),
        "false" => Json::Bool(false),
        "null" => Json::Null,
        _ => number(text).or_else(|| tree::parse(text)).unwrap_or_else(|| Json::String(text.to_owned())),
    }
}

fn boolean(text: &str) -> Option<Json> {
    if let Some(number) = parse_number(text) {
        return Some(Json::Bool(number != 0.0));
    }
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" => Some(Json::Bool(true)),
        "false" | "f" | "no" => Some(Json::Bool(false)),
        _ => None,
    }
}

/// As written where JSON writes numbers so, else as SPL does.
fn number(text: &str) -> Option<Json> {
    if is_number(text) {
        return Some(Json::Number(text.to_owned()));
    }
    parse_number(text)
        .filter(|number| number.is_finite())
        .map(|number| Json::Number(value::number_to_text(number)))
}
