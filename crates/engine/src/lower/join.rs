//! `join`: the fields of a subsearch's rows that have the same keys.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::UInt32Array;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use sluice_events::field;
use sluice_spl::ops::{Filter, Join, JoinTime, Name, Op, Project, ProjectMode};
use sluice_spl::tree::{Expr, ExprKind};

use super::beside::{Beside, table};
use super::key;
use crate::error::Result;
use crate::needed::Needed;
use crate::operator::{RowOperator, RowState};
use crate::plan::{Rel, column, is_hidden};
use crate::planner::Planner;
use crate::stage;
use crate::value::Values;

/// Rows that one batch may become.
const MAX_ROWS: usize = 5_000_000;

pub(crate) async fn lower(join: &Join, rest: &[Op], rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let mut rel = rel;
    let found = match planner.known_table(&needed(join, rest)) {
        Some(found) => found,
        None if planner.is_behind_few_rows(join) => {
            let before = planner.tally().met();
            let (rows, count) = stage::counted(rel, planner).await?;
            rel = rows;
            match count {
                // Where nothing can be found, nothing is read: all that was met would be met again.
                0 => {
                    planner.tally().pass_over(planner.tally().met() - before);
                    planner.without_events(join).await?
                }
                _ => found(join, rest, planner).await?,
            }
        }
        None => found(join, rest, planner).await?,
    };
    let keys: Vec<(String, String)> = match join.keys.as_slice() {
        [] => rel
            .fields()
            .filter(|(name, _)| !name.starts_with('_') && found.kind(name).is_some())
            .map(|(name, _)| (name.to_owned(), name.to_owned()))
            .collect(),
        keys => keys.iter().map(|(left, right)| (left.text.clone(), right.text.clone())).collect(),
    };
    let index = Index::new(&keys, &found, planner).await?;
    let rel = match &join.aliases {
        Some((left, _)) => aliased(rel, left)?,
        None => rel,
    };
    let name_of = |name: &str| match &join.aliases {
        Some(_) if name.starts_with('_') => None,
        Some((_, right)) => Some(format!("{right}.{name}")),
        // Splunk has none of these: a row says where it is from, not what it was joined with.
        None if matches!(name, field::FILE | field::RECORD | field::OFFSET) => None,
        None => (!keys.iter().any(|(_, key)| key == name)).then(|| name.to_owned()),
    };
    let (rel, beside) = Beside::new(rel, &found, name_of, join.overwrite, planner).await?;
    let left = |name: String| match &join.aliases {
        Some((left, _)) => format!("{left}.{name}"),
        None => name,
    };
    let joining = Joining {
        beside,
        index: Arc::new(index),
        keys: keys.into_iter().map(|(name, _)| left(name)).collect(),
        keep_unmatched: join.keep_unmatched,
        max: if join.max == 0 { usize::MAX } else { usize::try_from(join.max).unwrap_or(usize::MAX) },
        time: join.time,
    };
    let repeats = joining.max > 1;
    let rel = rel.through(Arc::new(joining))?;
    if repeats { rel.number() } else { Ok(rel) }
}

/// Values of a key that the rows of a subsearch may have, for events to be asked for them.
const MAX_VALUES: usize = 1_000;

/// The ops behind a search, where a join among them drops rows: before it stands what it asks of their keys, for readers.
/// Its subsearch is run now, and remembered.
pub(crate) async fn ahead(ops: &[Op], planner: &Planner<'_>) -> Result<Option<Vec<Op>>> {
    let Some(at) = ops.iter().position(|op| !is_before(op)) else { return Ok(None) };
    let (before, [Op::Join(join), rest @ ..]) = ops.split_at(at) else { return Ok(None) };
    if join.keep_unmatched
        || join.keys.is_empty()
        || join.aliases.is_some()
        || planner.is_behind_few_rows(join)
    {
        return Ok(None);
    }
    let (found, batches) = stage::run(found(join, rest, planner).await?, planner).await?;
    planner.remember_table(needed(join, rest).into_owned(), found);
    let mut asked = before.to_vec();
    for (left, right) in &join.keys {
        if let Some(values) = values(&batches, &right.text)? {
            let at = |kind| Expr { kind, span: join.span };
            let field = Box::new(at(ExprKind::Field(left.text.clone())));
            let values = values.into_iter().map(|value| at(ExprKind::Text(value))).collect();
            asked.push(Op::Filter(Filter::Where(at(ExprKind::In(field, values)))));
        }
    }
    asked.extend_from_slice(&ops[at..]);
    Ok(Some(asked))
}

/// Whether an op stands before a join that rows may be dropped by before it.
pub(crate) fn is_before(op: &Op) -> bool {
    matches!(
        op,
        Op::Filter(_)
            | Op::Extend(_)
            | Op::Rename(_)
            | Op::Project(_)
            | Op::Rex(_)
            | Op::Bin(_)
            | Op::Convert(_)
            | Op::Lookup(_)
            | Op::FillNull(_)
            | Op::Aggregate(_)
    )
}

/// The different texts of a column; `None` if there are too many, or some are not texts.
fn values(batches: &[RecordBatch], name: &str) -> Result<Option<BTreeSet<String>>> {
    let mut all = BTreeSet::new();
    for batch in batches {
        match batch.column_by_name(name).map(Values::new).transpose()? {
            Some(Values::Text(texts)) => all.extend(texts.iter().flatten().map(str::to_owned)),
            Some(Values::Null) | None => {}
            Some(_) => return Ok(None),
        }
        if all.len() > MAX_VALUES {
            return Ok(None);
        }
    }
    Ok(Some(all))
}

/// The rows of the subsearch, without the fields that it was asked for and has nowhere.
async fn found(join: &Join, rest: &[Op], planner: &Planner<'_>) -> Result<Rel> {
    match needed(join, rest) {
        Cow::Borrowed(ops) => table(ops, None, join.span, planner).await,
        Cow::Owned(ops) => {
            stage::without_empty_fields(table(&ops, None, join.span, planner).await?, planner).await
        }
    }
}

/// The ops of the subsearch, which give no field that nobody asks for if they would give whole events.
fn needed<'j>(join: &'j Join, rest: &[Op]) -> Cow<'j, [Op]> {
    let behind = Needed::before(rest);
    if behind.all || join.keys.is_empty() || join.aliases.is_some() || !Needed::before(&join.ops).all {
        return Cow::Borrowed(&join.ops);
    }
    let keys = join.keys.iter().map(|(_, right)| right.clone());
    let time = join.time.map(|_| field::TIME.to_owned());
    let others = behind.names.into_iter().chain(time).map(|name| Name::new(&name, join.span));
    let fields = keys.chain(others).collect();
    let project = Op::Project(Project { mode: ProjectMode::Table, fields });
    Cow::Owned([join.ops.as_slice(), &[project]].concat())
}

/// The fields of the rows under names that begin with the alias; internal ones keep theirs.
fn aliased(rel: Rel, alias: &str) -> Result<Rel> {
    let name = |name: &str| match is_hidden(name) || name.starts_with('_') {
        true => name.to_owned(),
        false => format!("{alias}.{name}"),
    };
    let columns = rel.columns().map(|(own, _)| (column(own), name(own))).collect();
    rel.select(columns)
}

/// The rows of the subsearch by their keys.
#[derive(Debug)]
struct Index {
    rows: HashMap<String, Vec<u32>>,
    /// Whole seconds of each row.
    times: Vec<Option<f64>>,
}

impl Index {
    async fn new(keys: &[(String, String)], found: &Rel, planner: &Planner<'_>) -> Result<Self> {
        let (_, batches) = stage::run(found.clone(), planner).await?;
        let (mut rows, mut times): (HashMap<String, Vec<u32>>, _) = (HashMap::new(), Vec::new());
        let (mut at, mut text) = (0, String::new());
        for batch in &batches {
            let columns = key::columns(batch, keys.iter().map(|(_, right)| right.as_str()))?;
            let time = batch.column_by_name(field::TIME).map(Values::new).transpose()?;
            for row in 0..batch.num_rows() {
                if key::write(&columns, row, &mut text) {
                    rows.entry(text.clone()).or_default().push(at);
                }
                times.push(seconds(time.as_ref(), row));
                at += 1;
            }
        }
        Ok(Self { rows, times })
    }
}

fn seconds(time: Option<&Values>, row: usize) -> Option<f64> {
    time?.cell(row).number().map(f64::floor)
}

#[derive(Debug, Clone)]
struct Joining {
    beside: Beside,
    index: Arc<Index>,
    keys: Vec<String>,
    keep_unmatched: bool,
    max: usize,
    time: Option<JoinTime>,
}

impl Joining {
    /// Whether a row of the subsearch is on the side of time that `usetime` asks for.
    fn is_in_time(&self, time: Option<f64>, found: u32) -> bool {
        let Some(wanted) = self.time else { return true };
        let other = self.index.times.get(found as usize).copied().flatten();
        match (wanted, time, other) {
            (JoinTime::Earlier, Some(time), Some(other)) => other <= time,
            (JoinTime::Later, Some(time), Some(other)) => other >= time,
            _ => false,
        }
    }
}

impl RowOperator for Joining {
    fn name(&self) -> &'static str {
        "Join"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        self.beside.schema(input)
    }

    fn parallel(&self) -> bool {
        self.max == 1
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State { schema: self.schema(input), how: self.clone() })
    }
}

struct State {
    how: Joining,
    schema: SchemaRef,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        let how = &self.how;
        let keys = key::columns(&batch, how.keys.iter().map(String::as_str))?;
        let times = batch.column_by_name(field::TIME).map(Values::new).transpose()?;
        let (mut first, mut second, mut text) = (Vec::new(), Vec::new(), String::new());
        for row in 0..batch.num_rows() {
            let time = seconds(times.as_ref(), row);
            let found = if key::write(&keys, row, &mut text) { how.index.rows.get(&text) } else { None };
            let found = found.into_iter().flatten().filter(|&&found| how.is_in_time(time, found));
            let before = first.len();
            for &found in found.take(how.max) {
                first.push(row as u32);
                second.push(Some(found));
            }
            if first.len() == before && how.keep_unmatched {
                first.push(row as u32);
                second.push(None);
            }
            if first.len() > MAX_ROWS {
                return Err(DataFusionError::Execution(format!(
                    "`join` makes over {MAX_ROWS} rows of {}: name more fields, or lower `max`",
                    batch.num_rows()
                )));
            }
        }
        if first.is_empty() {
            return Ok(None);
        }
        let (first, second) = (UInt32Array::from(first), UInt32Array::from(second));
        Ok(Some(how.beside.rows_of(&batch, &first, &second, &self.schema)?))
    }
}
