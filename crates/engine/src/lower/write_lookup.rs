//! `outputlookup`: the rows as a table, which is written when the query has run.

use sluice_events::field;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Limit, WriteLookup};

use super::limit;
use crate::error::Result;
use crate::lookup::folder::{Change, FileName};
use crate::lookup::{Table, Written};
use crate::plan::Rel;
use crate::planner::Planner;
use crate::rows::{Row, Rows};
use crate::{stage, subsearch};

pub(crate) async fn lower(op: &WriteLookup, rel: Rel, planner: &Planner<'_>) -> Result<Rel> {
    let file = planner.knowledge.lookup_file(&op.name.text).ok_or_else(|| no_table(op))?;
    match planner.knowledge.written() {
        Written::Refused => return Err(no_folder(op).into()),
        Written::Nowhere => {
            planner.warn(not_written(op));
            return Ok(rel);
        }
        Written::Folder(_) => {}
    }
    let (rel, _) = stage::run(rel, planner).await?;
    let rows = match op.max {
        Some(max) => limit::lower(&Limit::First(max), rel.clone(), planner.context())?,
        None => rel.clone(),
    };
    let rows = subsearch::rows(rows, planner).await?;
    if let Some(table) = change(op, &rows, &file, planner)? {
        planner.change(Change { file, table });
    }
    Ok(rel)
}

/// What becomes of the table: nothing, new rows, or its end.
fn change(
    op: &WriteLookup,
    rows: &Rows,
    file: &FileName,
    planner: &Planner<'_>,
) -> Result<Option<Option<Table>>> {
    let changed = planner.changes().into_iter().rfind(|change| change.file == *file);
    let there = match &changed {
        Some(change) => change.table.is_some(),
        None => planner.knowledge.has_table(&op.name.text),
    };
    if rows.is_empty() {
        let stays = there && (op.append || !op.override_if_empty);
        return Ok(match op.create_empty {
            _ if stays => None,
            true => Some(Some(Table::default())),
            false => there.then_some(None),
        });
    }
    let before = match changed {
        _ if !op.append || !there => Table::default(),
        Some(change) => change.table.unwrap_or_default(),
        None => before(op, planner)?,
    };
    Ok(Some(Some(if before.columns.is_empty() { table(rows) } else { appended(before, rows) })))
}

/// The table before this query.
fn before(op: &WriteLookup, planner: &Planner<'_>) -> Result<Table> {
    match planner.knowledge.lookup(&op.name.text) {
        None => Ok(Table::default()),
        Some(Ok((table, _))) => Ok((*table).clone()),
        Some(Err(why)) => Err(Diagnostic::error(code::BAD_LOOKUP, op.name.span, why).into()),
    }
}

/// All rows and their fields, but for where events are from.
fn table(rows: &Rows) -> Table {
    let provenance = [field::FILE, field::RECORD, field::OFFSET];
    let columns: Vec<String> =
        rows.fields().into_iter().filter(|name| !provenance.contains(name)).map(str::to_owned).collect();
    let rows = rows.held().map(|row| cells(&columns, &row)).collect();
    Table { columns, rows }
}

/// The rows behind those of a table, which keeps its columns.
fn appended(mut before: Table, rows: &Rows) -> Table {
    let width = before.columns.len();
    before.rows.iter_mut().for_each(|row| row.resize(width, String::new()));
    before.rows.extend(rows.held().map(|row| cells(&before.columns, &row)));
    before
}

/// The values of several are lines of one cell, as in Splunk's `splunk_sv_csv`.
fn cells(columns: &[String], row: &Row<'_>) -> Vec<String> {
    let text = |name: &String| row.get(name).map(|cell| cell.texts().join("\n")).unwrap_or_default();
    columns.iter().map(text).collect()
}

fn no_table(op: &WriteLookup) -> Diagnostic {
    let message = format!("no lookup `{}`, and it is no name of a file", op.name.text);
    Diagnostic::error(code::UNKNOWN_LOOKUP, op.name.span, message)
        .with_label("not a lookup")
        .with_help("a plain name that ends in `.csv` is a new table; other names are lookups of the apps that --app names")
}

fn no_folder(op: &WriteLookup) -> Diagnostic {
    let message = format!("`outputlookup` has no folder for `{}`", op.name.text);
    Diagnostic::error(code::NO_LOOKUP_FOLDER, op.name.span, message)
        .with_label("would be written")
        .with_help("`--lookup-out DIR` names the folder for the tables that queries write")
}

fn not_written(op: &WriteLookup) -> Diagnostic {
    let message = format!("`outputlookup` writes `{}` only where --lookup-out names a folder", op.name.text);
    Diagnostic::warning(code::NO_LOOKUP_FOLDER, op.name.span, message)
}
