//! `transaction`: rows that belong together become one.
//!
//! Rows come newest first, so a session is met at its end: a row that matches `endswith` begins one, the row that
//! matches `startswith` closes it. What Splunk's reference leaves open is settled so:
//!
//! * With `startswith` a session is whole if it was closed by such a row, and, with `endswith`, began with such a
//!   row. One that is not whole is evicted. Without `startswith` every session is whole, and those that were open
//!   when the rows ended have `closed_txn=0`.
//! * A row that fits several open sessions goes to the one that was added to last; open sessions are not merged.
//! * `maxspan` and `maxpause` close a session as soon as any row is that much older.

mod gathered;
mod pool;
mod run;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use sluice_events::field;
use sluice_spl::ops::{Boundary, Lists, Session};

use super::project::PROVENANCE;
use super::{expr, search, single};
use crate::error::Result;
use crate::kernel::Context;
use crate::needed::matches;
use crate::operator::{RowOperator, RowState, with_fields};
use crate::plan::{ORDER_TIME, Order, Rel, is_hidden};
use crate::value::{self, NUMBER, is_numeric};

/// Hidden columns: whether a row begins or ends a session.
const STARTS: &str = "\0starts";
const ENDS: &str = "\0ends";

/// Fields that a session adds, all whole numbers but the first.
const DURATION: &str = "duration";
const COUNT: &str = "eventcount";
const CLOSED: &str = "closed_txn";
const MATCHES: &str = "field_match_sum";
const LINES: &str = "linecount";
const ORPHAN: &str = "_txn_orphan";

/// Fields that say when an event was; a session has those of its oldest row.
const DATE: &str = "date_";

pub(crate) fn lower(op: &Session, rel: Rel, context: &Context) -> Result<Rel> {
    let mut rel = rel.in_order()?;
    for (name, boundary) in [(STARTS, &op.starts_with), (ENDS, &op.ends_with)] {
        let Some(boundary) = boundary else { continue };
        let condition = match boundary {
            Boundary::Search(predicate) => search::lower(predicate, &rel, context)?,
            Boundary::Where(condition) => expr::condition(condition, &rel, context)?,
        };
        rel = rel.extend(vec![(name.to_owned(), condition)])?;
    }
    let rel = rel.through(Arc::new(Grouping(op.clone())))?;
    // Sessions come as they are closed, and stand as events do: by their time, the newest first.
    Ok(rel.with_order(Order::Newest, false))
}

#[derive(Debug)]
struct Grouping(Session);

impl RowOperator for Grouping {
    fn name(&self) -> &'static str {
        "Transaction"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let layout = Layout::new(&self.0, input);
        let columns = layout.columns.iter().map(|column| column.field(&self.0)).collect::<Vec<_>>();
        let whole = |name| Field::new(name, DataType::Int64, true);
        let mut added = vec![
            Field::new(DURATION, NUMBER, true),
            whole(COUNT),
            whole(CLOSED),
            whole(MATCHES),
            whole(LINES),
        ];
        if self.0.keep_orphans {
            added.push(whole(ORPHAN));
        }
        added.push(Field::new(ORDER_TIME, NUMBER, true));
        added.push(whole(field::SEQ));
        with_fields(&Arc::new(Schema::new(columns)), added)
    }

    fn parallel(&self) -> bool {
        false
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        let layout = Layout::new(&self.0, input);
        Box::new(run::Run::new(self.0.clone(), layout, self.schema(input)))
    }
}

/// The fields of the rows, and what becomes of each.
#[derive(Debug)]
struct Layout {
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    name: String,
    kind: DataType,
    role: Role,
}

/// How a field of the rows becomes one of the session.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Role {
    /// The oldest time.
    Time,
    /// The rows' text, the oldest first.
    Raw,
    /// The value of the oldest row.
    Oldest,
    /// Distinct values, sorted.
    Values,
    /// The values of each row, the oldest first.
    List,
}

impl Layout {
    fn new(op: &Session, input: &SchemaRef) -> Self {
        let added = [DURATION, COUNT, CLOSED, MATCHES, LINES, ORPHAN];
        let fields = input.fields().iter().filter(|field| {
            let name = field.name().as_str();
            !is_hidden(name) && !added.contains(&name)
        });
        let columns = fields.map(|field| Column {
            name: field.name().clone(),
            kind: field.data_type().clone(),
            role: Role::of(field.name(), op),
        });
        Self { columns: columns.collect() }
    }
}

impl Role {
    fn of(name: &str, op: &Session) -> Self {
        match name {
            field::TIME => Self::Time,
            field::RAW => Self::Raw,
            _ if PROVENANCE.contains(&name) || name.starts_with(DATE) => Self::Oldest,
            _ => match &op.lists {
                Lists::All => Self::List,
                Lists::Of(names) if names.iter().any(|wanted| matches(wanted, name)) => Self::List,
                Lists::Of(_) | Lists::None => Self::Values,
            },
        }
    }
}

impl Column {
    fn field(&self, op: &Session) -> Field {
        match self.role {
            Role::Time => Field::new(&self.name, NUMBER, true),
            Role::Raw if !op.raw_list => Field::new(&self.name, value::TEXT, true),
            Role::Oldest if is_numeric(&self.kind) => Field::new(&self.name, NUMBER, true),
            Role::Oldest => Field::new(&self.name, value::TEXT, true),
            Role::Raw | Role::Values | Role::List => single::joined_with(&self.name, &op.delim),
        }
    }
}
