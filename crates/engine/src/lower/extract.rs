//! `spath`, `fromjson`, `xmlkv`, `extract`: fields from the structure of a text.
//!
//! Which fields there are only the text shows, but the query says which it needs: those become columns. If it
//! shows whole rows, the others go to the hidden column of the rest.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, ListBuilder, StringViewBuilder, StructBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::Result as DataFusionResult;
use sluice_events::field;
use sluice_events::format::json::tree::{self, Json};
use sluice_events::request::{rest_fields, rest_type};
use sluice_spl::ops::{self, Op, Structure};

use crate::error::Result;
use crate::kernel;
use crate::needed::Needed;
use crate::operator::{RowOperator, RowState};
use crate::plan::{Rel, is_hidden};
use crate::structured::{self, Document, Each, KvMode, Pairs};
use crate::value::{self, Cell, Values, is_multivalue};

pub(crate) fn lower(extract: &ops::Extract, rest: &[Op], rel: Rel) -> Result<Rel> {
    let from = match &extract.from {
        Structure::Document => From::Document,
        Structure::Object { prefix } => From::Object(prefix.clone()),
        Structure::Elements => From::Elements,
        Structure::Pairs(pairs) if !pairs.auto && pairs.between.is_empty() => return Ok(rel),
        Structure::Pairs(pairs) => From::Pairs(Pairs {
            between: pairs.between.clone(),
            within: pairs.within.clone(),
            limit: usize::try_from(pairs.limit).unwrap_or(usize::MAX),
            max_chars: usize::try_from(pairs.max_chars).unwrap_or(usize::MAX),
            adds: pairs.adds,
            cleans: pairs.cleans,
        }),
    };
    extracted(&extract.input.text, from, &Needed::before(rest), rel)
}

/// The fields that Splunk takes from the text of events by itself.
pub(crate) fn automatic(mode: KvMode, needed: &Needed, rel: Rel) -> Result<Rel> {
    if mode == KvMode::None { Ok(rel) } else { extracted(field::RAW, From::Event(mode), needed, rel) }
}

fn extracted(input: &str, from: From, needed: &Needed, rel: Rel) -> Result<Rel> {
    let (input, names) = (input.to_owned(), needed.names.clone());
    rel.through(Arc::new(Extracting { input, from, names, all: needed.all }))
}

/// Where fields come from.
#[derive(Debug, Clone)]
enum From {
    Document,
    Object(String),
    Elements,
    Pairs(Pairs),
    Event(KvMode),
}

impl From {
    fn each(&self, text: &str, each: Each<'_>) {
        match self {
            From::Document => {
                if let Some(document) = Document::parse(text) {
                    document.fields(each);
                }
            }
            From::Object(prefix) => {
                if let Some(Json::Object(members)) = tree::parse(text) {
                    for (key, value) in members {
                        if let Some(text) = value.text() {
                            each(Cow::Owned(format!("{prefix}{key}")), Cow::Owned(text));
                        }
                    }
                }
            }
            From::Elements => structured::elements(text, each),
            From::Pairs(pairs) => pairs.each(text, each),
            From::Event(mode) => structured::extracted(text, *mode, each),
        }
    }

    /// A field that has a value keeps it.
    fn keeps(&self) -> bool {
        matches!(self, From::Pairs(_) | From::Event(_))
    }

    /// Each field gets one value at most.
    fn gives_one(&self) -> bool {
        match self {
            From::Pairs(pairs) => !pairs.adds,
            From::Object(_) => true,
            _ => false,
        }
    }
}

#[derive(Debug, Clone)]
struct Extracting {
    input: String,
    from: From,
    /// Fields that the rest of the query names.
    names: BTreeSet<String>,
    /// It shows whole rows.
    all: bool,
}

impl Extracting {
    /// Whether a field may be written. The text itself, the event's time and where it is from are not.
    fn writes(&self, name: &str) -> bool {
        let is_own =
            matches!(name, "" | field::TIME | field::RAW | field::FILE | field::RECORD | field::OFFSET);
        !is_own && !is_hidden(name) && name != self.input && (self.all || self.names.contains(name))
    }

    fn kind(&self, existing: Option<&DataType>) -> DataType {
        let single = existing.is_none_or(|existing| *existing == value::TEXT);
        if self.from.gives_one() && single { value::TEXT } else { value::multivalue() }
    }
}

impl RowOperator for Extracting {
    fn name(&self) -> &'static str {
        "Extract"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let mut fields: Vec<Arc<Field>> = Vec::new();
        for known in input.fields() {
            fields.push(if self.writes(known.name()) {
                Arc::new(Field::new(known.name(), self.kind(Some(known.data_type())), true))
            } else {
                Arc::clone(known)
            });
        }
        let is_new = |name: &str| input.column_with_name(name).is_none();
        for name in self.names.iter().filter(|name| self.writes(name) && is_new(name)) {
            fields.push(Arc::new(Field::new(name, self.kind(None), true)));
        }
        if self.all && is_new(field::REST) {
            fields.push(Arc::new(Field::new(field::REST, rest_type(), true)));
        }
        Arc::new(Schema::new(fields))
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        let schema = self.schema(input);
        let written = schema.fields().iter().map(|field| field.name().clone());
        let written = written.filter(|name| self.writes(name)).enumerate().map(|(at, name)| (name, at));
        Box::new(State { how: self.clone(), written: written.collect(), schema })
    }
}

struct State {
    how: Extracting,
    /// The columns that are written, by name.
    written: BTreeMap<String, usize>,
    schema: SchemaRef,
}

/// The values of one row: of the columns that are written, and the others by name.
#[derive(Default, Clone)]
struct Found {
    columns: Vec<Vec<String>>,
    rest: Vec<(String, String)>,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let rows = batch.num_rows();
        let input = batch.column_by_name(&self.how.input).map(Values::new).transpose()?;
        let found: Vec<Found> = (0..rows)
            .map(|row| self.find(input.as_ref().map_or(Cell::Null, |input| input.cell(row))))
            .collect();
        let columns = self
            .schema
            .fields()
            .iter()
            .map(|field| {
                let existing = batch.column_by_name(field.name());
                if let Some(&at) = self.written.get(field.name()) {
                    return self.column(field, existing, at, &found);
                }
                match existing {
                    Some(rest) if field.name() == field::REST && self.how.all => {
                        Ok(rest_column(Some(rest), &found))
                    }
                    Some(existing) => Ok(Arc::clone(existing)),
                    None => Ok(rest_column(None, &found)),
                }
            })
            .collect::<DataFusionResult<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(Some(RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?))
    }
}

impl State {
    fn find(&self, input: Cell<'_>) -> Found {
        let mut found = Found { columns: vec![Vec::new(); self.written.len()], rest: Vec::new() };
        for text in input.texts() {
            self.how.from.each(&text, &mut |name, value| {
                if let Some(column) = self.written.get(&*name).and_then(|&at| found.columns.get_mut(at)) {
                    column.push(value.into_owned());
                } else if self.how.all && self.how.writes(&name) {
                    found.rest.push((name.into_owned(), value.into_owned()));
                }
            });
        }
        found
    }

    fn column(
        &self,
        field: &Field,
        existing: Option<&ArrayRef>,
        at: usize,
        found: &[Found],
    ) -> DataFusionResult<ArrayRef> {
        let existing = existing.map(Values::new).transpose()?;
        let kept = |row: usize| existing.as_ref().map_or(Cell::Null, |existing| existing.cell(row));
        let new = |row: usize| {
            found.get(row).and_then(|found| found.columns.get(at)).map_or(&[][..], Vec::as_slice)
        };
        let keeps = |row: usize| new(row).is_empty() || (self.how.from.keeps() && !kept(row).is_null());
        if is_multivalue(field.data_type()) {
            return Ok(kernel::lists(found.len(), |row| {
                if keeps(row) {
                    kept(row).texts()
                } else {
                    new(row).iter().map(|text| text.as_str().into()).collect()
                }
            }));
        }
        Ok(kernel::texts(found.len(), |row| {
            if keeps(row) { kept(row).text() } else { new(row).last().map(|text| text.as_str().into()) }
        }))
    }
}

/// The rest of each row: what it had, but for what is found anew, and that.
fn rest_column(existing: Option<&ArrayRef>, found: &[Found]) -> ArrayRef {
    let existing: Option<&ListArray> = existing.and_then(|rest| rest.as_list_opt::<i32>());
    let mut builder = ListBuilder::new(StructBuilder::from_fields(rest_fields(), 0));
    for (row, found) in found.iter().enumerate() {
        let names: BTreeSet<&str> = found.rest.iter().map(|(name, _)| name.as_str()).collect();
        if let Some(rest) = existing.filter(|rest| rest.is_valid(row)) {
            let entries = rest.value(row);
            let entries = entries.as_struct();
            let (keys, values) = (entries.column(0).as_string_view(), entries.column(1).as_string_view());
            for (key, value) in keys.iter().zip(values) {
                if let (Some(key), Some(value)) = (key, value)
                    && !names.contains(key)
                {
                    add(&mut builder, key, value);
                }
            }
        }
        found.rest.iter().for_each(|(name, value)| add(&mut builder, name, value));
        builder.append(true);
    }
    Arc::new(builder.finish())
}

fn add(builder: &mut ListBuilder<StructBuilder>, name: &str, value: &str) {
    let entry = builder.values();
    for (at, text) in [name, value].into_iter().enumerate() {
        if let Some(texts) = entry.field_builder::<StringViewBuilder>(at) {
            texts.append_value(text);
        }
    }
    entry.append(true);
}
