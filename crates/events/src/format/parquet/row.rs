//! Rows → events.

use arrow::datatypes::{DataType, Fields};
use arrow::record_batch::RecordBatch;

use super::footer::Table;
use super::group::Row;
use super::values::{self, Named};
use crate::batch::{EventBuilder, Position};
use crate::format::json::Place;
use crate::format::json::rows::{Name, Rows};

/// Makes events of the rows of batches.
pub(super) struct Decoder {
    rows: Rows,
    /// The columns of the batches, once one was seen.
    columns: Vec<Named>,
    batch: Option<RecordBatch>,
}

impl Decoder {
    pub(super) fn new(file: &str, events: &EventBuilder) -> Self {
        Self { rows: Rows::new(file, events), columns: Vec::new(), batch: None }
    }

    /// Takes the next batch. All batches have the same columns.
    pub(super) fn load(&mut self, batch: RecordBatch, table: &Table) {
        if self.columns.is_empty() {
            self.columns = named(batch.schema_ref().fields(), &mut Vec::new(), table, &mut self.rows);
        }
        self.batch = Some(batch);
    }

    /// Hands a row of the batch to the builder. What of it could not be read as it stands.
    pub(super) fn event(
        &mut self,
        row: Row,
        place: &Place<'_>,
        mut position: Position,
        events: &mut EventBuilder,
    ) -> impl Iterator<Item = &'static str> + use<> {
        let (is_text, has_no_time) = self.give(row, place, &mut position, events);
        events.finish_event(position);
        let flaws = [
            (!is_text, "bytes that are not UTF-8 replaced by U+FFFD"),
            (has_no_time, "`_time` is no time that is known here; the event has none from it"),
        ];
        flaws.into_iter().filter(|(is_there, _)| *is_there).map(|(_, what)| what)
    }

    /// Whether all its text was UTF-8, and whether its `_time` is no time.
    fn give(
        &mut self,
        row: Row,
        place: &Place<'_>,
        position: &mut Position,
        events: &mut EventBuilder,
    ) -> (bool, bool) {
        let Some(batch) = &self.batch else { return (true, false) };
        self.rows.begin();
        let mut is_sound = true;
        for (column, array) in self.columns.iter().zip(batch.columns()) {
            is_sound &= values::give(column.name, column, array, row.in_batch, &mut self.rows);
        }
        let (record, has_no_time) = self.rows.event(place, events);
        position.record = record.unwrap_or(position.record);
        (is_sound, has_no_time)
    }
}

/// The names of these columns and of those inside.
// Recursion is bounded by the depth that the file's schema may have.
fn named(fields: &Fields, path: &mut Vec<String>, table: &Table, rows: &mut Rows) -> Vec<Named> {
    let each = fields.iter().map(|field| {
        path.push(field.name().clone());
        let name = rows.column(field.name());
        let named = within(field.data_type(), name, path, table, rows);
        path.pop();
        named
    });
    each.collect()
}

fn within(data_type: &DataType, name: Name, path: &mut Vec<String>, table: &Table, rows: &mut Rows) -> Named {
    let members = match data_type {
        DataType::Struct(fields) => named(fields, path, table, rows),
        DataType::List(element) => vec![within(element.data_type(), Name::default(), path, table, rows)],
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(pair) => {
                let each =
                    pair.iter().map(|side| within(side.data_type(), Name::default(), path, table, rows));
                each.collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    Named { name, is_uuid: members.is_empty() && table.is_uuid(path), members }
}
