//! Where the plan so far must run before the rest can be planned: fields that only the data shows.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, StringViewArray, UInt32Array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::take;
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::Result as DataFusionResult;
use sluice_events::field;
use sluice_spl::ops::{Assignment, Extend, Name};
use sluice_spl::tree::{BinaryOp, CompareOp, Expr, ExprKind};

use crate::error::{Error, Result};
use crate::lower;
use crate::operator::{RowOperator, RowState};
use crate::plan::{Rel, is_hidden};
use crate::planner::Planner;
use crate::value;

/// The rows in order, run and held in memory, as a plan and as batches.
pub(crate) async fn run(rel: Rel, planner: &Planner<'_>) -> Result<(Rel, Vec<RecordBatch>)> {
    held(rel.in_order()?, planner).await
}

/// The same for whoever needs no order: rows that are not sorted yet stay so.
pub(crate) async fn held(rel: Rel, planner: &Planner<'_>) -> Result<(Rel, Vec<RecordBatch>)> {
    let batches = planner.collect(&rel).await?;
    let held = Rel::held(Arc::clone(rel.schema()), batches.clone(), rel.order)?;
    Ok((held.with_order(rel.order, rel.sorted), batches))
}

/// The rows, and how many there are.
pub(crate) async fn counted(rel: Rel, planner: &Planner<'_>) -> Result<(Rel, usize)> {
    let rel = rel.in_order()?;
    let (kept, _) = planner.kept(&rel).await?;
    let count = kept.rows();
    Ok((Rel::kept(Arc::clone(rel.schema()), kept, rel.order)?, count))
}

/// The rows with every field as a column of its own.
pub(crate) async fn with_all_fields(rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let rel = rel.in_order()?;
    let (kept, wide) = planner.kept(&rel).await?;
    let rel = Rel::kept(Arc::clone(rel.schema()), kept, rel.order)?;
    match wide {
        Some(wide) => rel.operated(Arc::new(wide)),
        None => Ok(rel),
    }
}

/// The rows without the fields that have a value nowhere.
pub(crate) async fn without_empty_fields(rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let rel = rel.in_order()?;
    let batches = planner.collect(&rel).await?;
    let schema = Arc::clone(rel.schema());
    let filled: Vec<usize> = (0..schema.fields().len())
        .filter(|&at| {
            is_hidden(schema.field(at).name()) || batches.iter().any(|batch| has_value(batch.column(at)))
        })
        .collect();
    let batches = batches.iter().map(|batch| batch.project(&filled)).collect::<Result<Vec<_>, _>>()?;
    Rel::held(Arc::new(schema.project(&filled)?), batches, rel.order)
}

fn has_value(column: &ArrayRef) -> bool {
    match value::Values::new(column) {
        Ok(values) => (0..column.len()).any(|row| !values.cell(row).is_null()),
        Err(_) => column.null_count() < column.len(),
    }
}

/// `eval`; a target such as `{name}` takes its name from each row.
pub(crate) async fn extend(extend: &Extend, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let mut rel = rel;
    for assignment in &extend.assignments {
        rel = if assignment.target.text.contains('{') && !assignment.target.text.contains("{}") {
            extend_by_value(assignment, rel, planner).await?
        } else if lower::lookup_call::is_in(&assignment.expr) {
            let mut assignment = assignment.clone();
            let context = planner.context();
            rel = lower::lookup_call::prepare(&mut assignment.expr, rel, planner.knowledge, context)?;
            lower::lookup_call::finish(lower::extend::assign(&assignment, rel, context)?)?
        } else {
            lower::extend::assign(assignment, rel, planner.context())?
        };
    }
    Ok(rel)
}

/// Hidden column: the target's name in each row.
const TARGET: &str = "\0target";
/// Names that one query may make so.
const MAX_TARGETS: usize = 1_000;

async fn extend_by_value(assignment: &Assignment, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let target = Assignment {
        target: Name::new(TARGET, assignment.target.span),
        expr: template(&assignment.target.text, assignment.target.span),
    };
    let rel = lower::extend::assign(&target, rel, planner.context())?.in_order()?;
    let batches = planner.collect(&rel).await?;
    let names = targets(&batches)?;
    let rel = Rel::held(Arc::clone(rel.schema()), batches, rel.order)?;
    // All see the rows as they are: each row has one target, so none sees what another sets.
    let set = names
        .iter()
        .map(|name| lower::extend::value(&conditional(assignment, name), &rel, planner.context()))
        .collect::<Result<Vec<_>>>()?;
    rel.extend(set)?.retain(|name| name != TARGET)
}

/// The names that the rows give; hidden and empty ones are none.
fn targets(batches: &[RecordBatch]) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for column in batches.iter().filter_map(|batch| batch.column_by_name(TARGET)) {
        for name in
            column.as_string_view().iter().flatten().filter(|name| !name.is_empty() && !is_hidden(name))
        {
            if !names.contains(name) {
                names.insert(name.to_owned());
            }
            if names.len() > MAX_TARGETS {
                let message = format!("`eval` would make more than {MAX_TARGETS} fields from values");
                return Err(Error::Limit(message));
            }
        }
    }
    Ok(names)
}

/// `a{b}c` as the expression `"a" . b . "c"`.
fn template(target: &str, span: sluice_spl::span::Span) -> Expr {
    let at = |kind| Expr { kind, span };
    let mut parts = Vec::new();
    let mut rest = target;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        if !before.is_empty() {
            parts.push(at(ExprKind::Text(before.to_owned())));
        }
        parts.push(at(ExprKind::Field(name.to_owned())));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(at(ExprKind::Text(rest.to_owned())));
    }
    let empty = at(ExprKind::Text(String::new()));
    parts
        .into_iter()
        .fold(empty, |left, right| at(ExprKind::Binary(BinaryOp::Concat, Box::new(left), Box::new(right))))
}

/// `name = if(target = "name", value, name)`
fn conditional(assignment: &Assignment, name: &str) -> Assignment {
    let span = assignment.expr.span;
    let at = |kind| Expr { kind, span };
    let is_it = at(ExprKind::Binary(
        BinaryOp::Compare(CompareOp::Equal),
        Box::new(at(ExprKind::Field(TARGET.to_owned()))),
        Box::new(at(ExprKind::Text(name.to_owned()))),
    ));
    let existing = at(ExprKind::Field(name.to_owned()));
    let expr = at(ExprKind::Call("if".to_owned(), vec![is_it, assignment.expr.clone(), existing]));
    Assignment { target: Name::new(name, assignment.target.span), expr }
}

/// How the fields that nobody named become columns of their own.
#[derive(Debug, Clone)]
pub(crate) struct Wide {
    schema: SchemaRef,
    rest_at: usize,
    /// Their names, and whether an event has one twice.
    names: BTreeMap<String, bool>,
}

/// The fields that nobody named, as far as rows have come.
#[derive(Debug, Default)]
pub(crate) struct RestNames {
    places: Places,
    /// Of each name, by its place: whether an event has it twice, and the last that has it, of all counted from 1.
    found: Vec<(bool, u64)>,
    rows: u64,
}

impl RestNames {
    pub(crate) fn of(batches: &[RecordBatch]) -> Self {
        let mut names = Self::default();
        batches.iter().for_each(|batch| names.add(batch));
        names
    }

    /// Takes note of a batch.
    pub(crate) fn add(&mut self, batch: &RecordBatch) {
        let Some(rest) = batch.column_by_name(field::REST) else { return };
        let Entries { offsets, names, .. } = Entries::of(rest);
        for (start, end) in offsets.iter().zip(offsets.iter().skip(1)) {
            self.rows += 1;
            for (nth, at) in (*start as usize..*end as usize).enumerate() {
                let name = names.value(at);
                let place = self.places.of(nth, name).unwrap_or_else(|| {
                    self.found.push((name.contains("{}"), 0));
                    self.places.add(name)
                });
                if let Some((multi, last)) = self.found.get_mut(place) {
                    *multi |= *last == self.rows;
                    *last = self.rows;
                }
            }
        }
    }

    /// How rows of a schema become wide; `None` if they have no such fields.
    pub(crate) fn wide(self, schema: &Schema) -> Option<Wide> {
        let rest_at = schema.index_of(field::REST).ok()?;
        let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
        fields.remove(rest_at);
        let known: BTreeSet<String> = fields.iter().map(|field| field.name().clone()).collect();
        let names: BTreeMap<String, bool> = self
            .places
            .known
            .into_iter()
            .filter(|(name, _)| !known.contains(name))
            .map(|(name, place)| (name, self.found.get(place).is_some_and(|(multi, _)| *multi)))
            .collect();
        for (name, multi) in &names {
            let kind = if *multi { value::multivalue() } else { value::TEXT };
            fields.push(Arc::new(Field::new(name, kind, true)));
        }
        Some(Wide { schema: Arc::new(Schema::new(fields)), rest_at, names })
    }
}

impl RowOperator for Wide {
    fn name(&self) -> &'static str {
        "Wide"
    }

    fn schema(&self, _: &SchemaRef) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, _: &SchemaRef) -> Box<dyn RowState> {
        Box::new(self.clone())
    }
}

impl RowState for Wide {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        self.batch(&batch).map(Some)
    }
}

impl Wide {
    /// The columns that rows get.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// A batch with these columns.
    pub(crate) fn batch(&self, batch: &RecordBatch) -> DataFusionResult<RecordBatch> {
        let mut columns = batch.columns().to_vec();
        let rest = columns.remove(self.rest_at);
        columns.extend(rest_columns(&rest, &self.names)?);
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?)
    }
}

/// The column of the fields that nobody named.
struct Entries<'a> {
    /// Where each row's entries begin, and the last row's end.
    offsets: &'a [i32],
    names: &'a StringViewArray,
    values: &'a StringViewArray,
}

impl<'a> Entries<'a> {
    fn of(rest: &'a ArrayRef) -> Self {
        let rest = rest.as_list::<i32>();
        let entries = rest.values().as_struct();
        let [names, values] = [0, 1].map(|at| entries.column(at).as_string_view());
        Self { offsets: rest.value_offsets(), names, values }
    }
}

/// Places of names. Most events have the same names in the same order, so the name at a place in an event is first
/// compared with the one that the event before had there.
#[derive(Debug, Default)]
struct Places {
    known: HashMap<String, usize>,
    recent: Vec<Option<(String, usize)>>,
}

/// Names of an event that are remembered.
const REMEMBERED: usize = 256;

impl Places {
    /// The place of the nth name of an event.
    fn of(&mut self, nth: usize, name: &str) -> Option<usize> {
        if let Some(Some((recent, place))) = self.recent.get(nth)
            && recent == name
        {
            return Some(*place);
        }
        let place = *self.known.get(name)?;
        if nth < REMEMBERED {
            self.recent.resize(self.recent.len().max(nth + 1), None);
            self.recent[nth] = Some((name.to_owned(), place));
        }
        Some(place)
    }

    /// A place for one more name.
    fn add(&mut self, name: &str) -> usize {
        let place = self.known.len();
        self.known.insert(name.to_owned(), place);
        place
    }
}

fn rest_columns(rest: &ArrayRef, names: &BTreeMap<String, bool>) -> DataFusionResult<Vec<ArrayRef>> {
    let mut places = Places::default();
    for name in names.keys() {
        places.add(name);
    }
    let rows = rest.len();
    let mut columns: Vec<Column> = names.values().map(|&multi| Column::new(multi, rows)).collect();
    let Entries { offsets, names, values } = Entries::of(rest);
    for (row, (start, end)) in offsets.iter().zip(offsets.iter().skip(1)).enumerate() {
        for (nth, at) in (*start as usize..*end as usize).enumerate() {
            let column = places.of(nth, names.value(at)).and_then(|place| columns.get_mut(place));
            if let Some(column) = column {
                column.set(row, at);
            }
        }
    }
    columns.into_iter().map(|column| column.finish(rows, values)).collect()
}

/// The entries that are a column's values.
enum Column {
    /// The first of each row.
    Text(Vec<Option<u32>>),
    /// All, each with its row.
    List(Vec<(usize, u32)>),
}

impl Column {
    fn new(multi: bool, rows: usize) -> Self {
        if multi { Self::List(Vec::new()) } else { Self::Text(vec![None; rows]) }
    }

    /// One more entry of a row; rows come in order.
    fn set(&mut self, row: usize, at: usize) {
        let at = at as u32;
        match self {
            Self::Text(first) => {
                first.get_mut(row).into_iter().for_each(|first| *first = first.or(Some(at)));
            }
            Self::List(all) => all.push((row, at)),
        }
    }

    fn finish(self, rows: usize, values: &StringViewArray) -> DataFusionResult<ArrayRef> {
        match self {
            Self::Text(first) => Ok(take(values, &UInt32Array::from(first), None)?),
            Self::List(all) => {
                let (of, entries): (Vec<usize>, Vec<u32>) = all.into_iter().unzip();
                let mut counts = vec![0; rows];
                of.iter().for_each(|&row| counts[row] += 1);
                let has_values: Vec<bool> = counts.iter().map(|&count| count > 0).collect();
                let entries = take(values, &UInt32Array::from(entries), None)?;
                let field = Arc::new(Field::new_list_field(value::TEXT, true));
                let offsets = OffsetBuffer::from_lengths(counts);
                Ok(Arc::new(ListArray::try_new(field, offsets, entries, Some(NullBuffer::from(has_values)))?))
            }
        }
    }
}

/// Columns without the hidden ones, those of whole events in the order that people read them.
pub(crate) fn shown(schema: &Schema, whole_events: bool) -> Vec<usize> {
    let mut places: Vec<usize> =
        (0..schema.fields().len()).filter(|&at| !is_hidden(schema.field(at).name())).collect();
    if whole_events {
        places.sort_by_key(|&at| rank(schema.field(at)));
    }
    places
}

fn rank(field: &Field) -> (usize, String) {
    let first = [field::TIME, field::HOST, field::SOURCE, field::SOURCETYPE, field::INDEX];
    match first.iter().position(|name| name == field.name()) {
        Some(at) => (at, String::new()),
        None if field.name() == field::RAW => (usize::MAX, String::new()),
        None if field.name().starts_with('_') => (usize::MAX - 1, field.name().clone()),
        None => (first.len(), field.name().clone()),
    }
}
