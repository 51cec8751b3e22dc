//! `lookup`: fields of a table's rows that match an event, and `inputlookup`: a table as rows.

use std::sync::Arc;

use arrow::array::{ArrayBuilder, ArrayRef, ListBuilder, StringViewArray, StringViewBuilder};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use hashbrown::HashMap;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::nearest;
use sluice_spl::ops::{self, Name, ReadLookup};

use super::{search, values};
use crate::error::Result;
use crate::kernel::Context;
use crate::knowledge::Knowledge;
use crate::lookup::{Definition, Index, Table};
use crate::operator::{RowOperator, RowState};
use crate::plan::Rel;
use crate::value::{self, Cell, Values, is_multivalue};

/// A lookup's table by name.
fn table(name: &Name, knowledge: &Knowledge) -> Result<(Arc<Table>, Definition)> {
    match knowledge.lookup(&name.text) {
        Some(Ok(found)) => Ok(found),
        Some(Err(message)) => Err(Diagnostic::error(code::BAD_LOOKUP, name.span, message).into()),
        None => {
            let unknown =
                Diagnostic::error(code::UNKNOWN_LOOKUP, name.span, format!("no lookup `{}`", name.text));
            Err(match nearest(&name.text, knowledge.lookups()) {
                Some(near) => unknown.with_help(format!("did you mean `{near}`?")),
                None => unknown.with_help("lookups come from the folders that --app and --lookup-out name"),
            }
            .into())
        }
    }
}

pub(crate) fn read(op: &ReadLookup, knowledge: &Knowledge, context: &Context) -> Result<Rel> {
    let (table, _) = table(&op.name, knowledge)?;
    let fields: Vec<Field> = table.columns.iter().map(|name| Field::new(name, value::TEXT, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let columns = (0..table.columns.len())
        .map(|column| {
            let cells: StringViewArray = (0..table.rows.len()).map(|row| table.cell(row, column)).collect();
            Arc::new(cells) as ArrayRef
        })
        .collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    let start = usize::try_from(op.start).unwrap_or(usize::MAX).min(batch.num_rows());
    let batch = batch.slice(start, batch.num_rows() - start);
    let rel = values::from_batches(schema, vec![batch])?;
    let rel = match &op.predicate {
        Some(predicate) => {
            let condition = search::lower(predicate, &rel, context)?;
            rel.filter(condition)?
        }
        None => rel,
    };
    super::limit::lower(&ops::Limit::First(op.max), rel, context)
}

pub(crate) fn lower(op: &ops::Lookup, rel: Rel, knowledge: &Knowledge) -> Result<Rel> {
    let (table, definition) = table(&op.name, knowledge)?;
    let place = |name: &Name| {
        table.column(&name.text).ok_or_else(|| {
            let missing = Diagnostic::error(
                code::BAD_LOOKUP,
                name.span,
                format!("lookup `{}` has no column `{}`", op.name.text, name.text),
            );
            match nearest(&name.text, table.columns.iter().map(String::as_str)) {
                Some(near) => missing.with_help(format!("did you mean `{near}`?")),
                None => missing.with_help(format!("its columns: {}", table.columns.join(", "))),
            }
        })
    };
    let keys = op.keys.iter().map(|(column, _)| place(column)).collect::<Result<Vec<_>, _>>()?;
    let mut outputs = Vec::new();
    for (column, field) in &op.outputs {
        outputs.push((place(column)?, field.text.clone()));
    }
    if op.outputs.is_empty() {
        let others = table.columns.iter().enumerate().filter(|(at, _)| !keys.contains(at));
        outputs.extend(others.map(|(at, name)| (at, name.clone())));
    }
    let index = Index::new(&table, &keys, &definition);
    rel.through(Arc::new(Looking {
        index: Arc::new(index),
        table,
        definition,
        fields: op.keys.iter().map(|(_, field)| field.text.clone()).collect(),
        outputs,
        keep_existing: op.keep_existing,
    }))
}

#[derive(Debug, Clone)]
struct Looking {
    table: Arc<Table>,
    index: Arc<Index>,
    definition: Definition,
    fields: Vec<String>,
    outputs: Vec<(usize, String)>,
    keep_existing: bool,
}

impl Looking {
    /// Several matches make lists, but only where the table can give several for one key, or the key has several
    /// values.
    fn gives_lists(&self, input: &SchemaRef) -> bool {
        let key = self.fields.first().and_then(|key| input.field_with_name(key).ok());
        let several = key.is_some_and(|key| is_multivalue(key.data_type()));
        self.definition.max_matches > 1 && (several || self.index.has_repeats())
    }
}

impl RowOperator for Looking {
    fn name(&self) -> &'static str {
        "Lookup"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let mut fields: Vec<_> = input.fields().iter().cloned().collect();
        for (_, name) in &self.outputs {
            let known = fields.iter_mut().find(|known| known.name() == name);
            let lists = self.gives_lists(input)
                || self.keep_existing && known.as_ref().is_some_and(|known| is_multivalue(known.data_type()));
            let kind = if lists { value::multivalue() } else { value::TEXT };
            let field = Arc::new(Field::new(name, kind, true));
            match known {
                Some(known) => *known = field,
                None => fields.push(field),
            }
        }
        Arc::new(Schema::new(fields))
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        let (known, found, key) = (HashMap::new(), vec![Vec::new()], Vec::new());
        Box::new(State { how: self.clone(), schema: self.schema(input), known, found, key })
    }
}

/// Keys that are remembered, and the bytes of the longest.
const REMEMBERED: usize = 16_384;
const LONGEST: usize = 1_024;
/// The place of what is found of a key that has no value.
const NONE: usize = 0;

struct State {
    how: Looking,
    schema: SchemaRef,
    /// Which of `found` keys have that were looked up: images, users and addresses repeat themselves.
    known: HashMap<Box<[u8]>, usize>,
    /// Table rows; none at first.
    found: Vec<Vec<usize>>,
    key: Vec<u8>,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let keys = self
            .how
            .fields
            .iter()
            .map(|field| batch.column_by_name(field).map(Values::new).transpose())
            .collect::<DataFusionResult<Vec<_>>>()?;
        if self.found.len() > 2 * REMEMBERED {
            self.known.clear();
            self.found.truncate(NONE + 1);
        }
        let matches: Vec<usize> = (0..batch.num_rows()).map(|row| self.matches(&keys, row)).collect();
        let columns = self
            .schema
            .fields()
            .iter()
            .map(|field| match self.how.outputs.iter().find(|(_, name)| name == field.name()) {
                Some((column, name)) => self.output(*column, batch.column_by_name(name), field, &matches),
                None => Ok(batch.column_by_name(field.name()).map_or_else(
                    || arrow::array::new_null_array(field.data_type(), batch.num_rows()),
                    Arc::clone,
                )),
            })
            .collect::<DataFusionResult<Vec<_>>>()?;
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), columns)?))
    }
}

impl State {
    /// The place of the table rows of an event; each value of a multivalue key is looked up.
    fn matches(&mut self, keys: &[Option<Values>], row: usize) -> usize {
        self.key.clear();
        for key in keys {
            let cell = key.as_ref().map_or(Cell::Null, |key| key.cell(row));
            if cell.is_null() {
                return NONE;
            }
            let mut push = |text: &str| {
                self.key.extend(text.len().to_le_bytes());
                self.key.extend(text.as_bytes());
            };
            match cell {
                Cell::Text(text) => push(text),
                cell => cell.texts().iter().for_each(|text| push(text)),
            }
            // No text is so long.
            self.key.extend(usize::MAX.to_le_bytes());
        }
        if let Some(&found) = self.known.get(self.key.as_slice()) {
            return found;
        }
        let cells: Vec<_> = keys.iter().flatten().map(|key| key.cell(row).texts()).collect();
        let mut found = Vec::new();
        for first in cells.first().into_iter().flatten() {
            let values: Vec<&str> = std::iter::once(first.as_ref())
                .chain(cells.iter().skip(1).filter_map(|texts| texts.first()).map(AsRef::as_ref))
                .collect();
            found.extend(self.how.index.find(&values, self.how.definition.max_matches));
        }
        found.truncate(self.how.definition.max_matches);
        self.found.push(found);
        let place = self.found.len() - 1;
        if self.known.len() < REMEMBERED && self.key.len() <= LONGEST {
            self.known.insert(self.key.as_slice().into(), place);
        }
        place
    }

    /// The cells of a column in the rows at a place, and what stands for those that are missing.
    fn cells(&self, place: usize, column: usize) -> impl Iterator<Item = &str> {
        let Looking { table, definition, .. } = &self.how;
        let rows = self.found.get(place).map_or(&[][..], Vec::as_slice);
        rows.iter().filter_map(move |&row| table.cell(row, column)).chain(definition.given_for(rows.len()))
    }

    fn output(
        &self,
        column: usize,
        existing: Option<&ArrayRef>,
        field: &Field,
        matches: &[usize],
    ) -> DataFusionResult<ArrayRef> {
        let existing = existing.filter(|_| self.how.keep_existing).map(Values::new).transpose()?;
        let kept =
            |row: usize| existing.as_ref().map(|existing| existing.cell(row)).filter(|cell| !cell.is_null());
        if is_multivalue(field.data_type()) {
            let mut lists = ListBuilder::new(StringViewBuilder::new());
            for (row, &place) in matches.iter().enumerate() {
                let before = lists.values().len();
                match kept(row) {
                    Some(kept) => kept.texts().iter().for_each(|text| lists.values().append_value(text)),
                    None => self.cells(place, column).for_each(|text| lists.values().append_value(text)),
                }
                let has_values = lists.values().len() > before;
                lists.append(has_values);
            }
            return Ok(Arc::new(lists.finish()));
        }
        let mut texts = StringViewBuilder::with_capacity(matches.len());
        for (row, &place) in matches.iter().enumerate() {
            match kept(row) {
                Some(kept) => texts.append_option(kept.text()),
                None => texts.append_option(self.cells(place, column).next()),
            }
        }
        Ok(Arc::new(texts.finish()))
    }
}
