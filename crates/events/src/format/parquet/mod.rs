//! Parquet: a table whose rows are events.
//!
//! A row is what an object of JSON is, its columns are the members, and what is null is not there. So the events of
//! JSON lines and those of the same lines as Parquet are the same, whatever tool wrote them: `row` gives the columns of
//! a row to the JSON reader as if it had read them.
//!
//! The unit of reading is the row group; it belongs to the split in which it begins. It is looked at in steps, each only
//! if the one before leaves a row:
//!
//! 1. what the file says of its times and values: statistics and bloom filters (`prune`);
//! 2. the columns that the request's filter is about (`ahead`): first their dictionaries, then row by row;
//! 3. in the rows that are left, the columns that the request needs (`columns`).
//!
//! A file may come from anywhere. What is damaged, or expands without end, is a loss, and the next row group is read.

mod ahead;
mod columns;
mod compact;
mod flat;
mod footer;
mod group;
mod pages;
mod prune;
mod row;
mod source;
#[cfg(test)]
mod tests;
mod values;

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::record_batch::RecordBatch;
use parquet::arrow::ProjectionMask;

use crate::batch::{EventBuilder, Position};
use crate::format::{Source, json};
use crate::inputs::Options;
use crate::tally::{Loss, Tally};
use crate::{ReadError, Reader};

use ahead::Ahead;
use flat::Columns;
pub use footer::Footer;
use footer::Table;
use group::{Group, Place, Row, Rows};
use row::Decoder;

/// Reads the row groups that begin in `source.start..source.end`.
pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    let Source { name, bytes, start, end, file, footer, tally, options, .. } = source;
    let footer = footer.unwrap_or_default();
    let decoder = Decoder::new(&name, &events);
    let is_counted = file.is_none() || events.reads_again();
    let input = Input { name, tally, options, is_counted };
    let stored = Some(Stored { file, bytes, range: (start, end.unwrap_or(u64::MAX)), footer });
    Box::new(ParquetReader { input, stored, reading: None, decoder, events })
}

struct ParquetReader {
    input: Input,
    /// The bytes, until the first batch is asked for.
    stored: Option<Stored>,
    /// The file, until its last row group has been read.
    reading: Option<Reading>,
    decoder: Decoder,
    events: EventBuilder,
}

struct Input {
    name: String,
    tally: Arc<Tally>,
    options: Options,
    /// Its bytes are counted by whoever gives them, or were when it was read before.
    is_counted: bool,
}

struct Stored {
    file: Option<File>,
    bytes: Box<dyn io::Read + Send>,
    /// Where the row groups of this split begin.
    range: (u64, u64),
    footer: Arc<Footer>,
}

/// A file whose footer has been read.
struct Reading {
    file: File,
    table: Arc<Table>,
    /// The columns that the request needs.
    needed: ProjectionMask,
    ahead: Option<Ahead>,
    /// The times of events that matter.
    times: Option<(f64, f64)>,
    /// Row groups that are still to be read.
    left: VecDeque<Place>,
    group: Option<Group>,
    /// How batches become events a column at a time, once one was seen; the inner `None`: they do not.
    flat: Option<Option<Columns>>,
}

enum Step {
    Row(Place, Row),
    /// Events are ready to be taken, before or behind a batch of columns.
    Ready,
    Other,
    End,
}

impl Reader for ParquetReader {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, ReadError> {
        if let Some(stored) = self.stored.take() {
            let failure = |message| ReadError { file: self.input.name.clone(), message };
            self.reading = Reading::start(stored, &self.events).map_err(failure)?;
        }
        while !self.events.is_full() {
            let Some(reading) = &mut self.reading else { break };
            match reading.step(&mut self.decoder, &self.input, &mut self.events) {
                Step::Row(place, row) => self.event(place, row),
                Step::Ready => break,
                Step::Other => {}
                Step::End => self.reading = None,
            }
        }
        Ok(self.events.take())
    }
}

impl ParquetReader {
    fn event(&mut self, place: Place, row: Row) {
        let Self { input, decoder, events, .. } = self;
        events.pass_over_many(row.passed_over);
        let zone = &input.options.input_zone;
        let around = json::Place { file: &input.name, host: None, zone };
        let position = Position { record: place.record(row.number), offset: place.offset };
        events.set_place(place.at(row.number));
        for flaw in decoder.event(row, &around, position, events) {
            input.lose(place, row.number, flaw.to_owned());
        }
    }
}

impl Reading {
    /// Reads the footer, and chooses columns and row groups. `None`: there are none.
    fn start(stored: Stored, events: &EventBuilder) -> Result<Option<Self>, String> {
        let Stored { file, bytes, range, footer } = stored;
        let file = match file {
            Some(file) => file,
            None => spooled(bytes).map_err(|error| error.to_string())?,
        };
        let table = match footer.table(&file) {
            Ok(table) => table,
            // It is said once, by the split that has the file's beginning.
            Err(_) if range.0 > 0 => return Ok(None),
            Err(message) => return Err(message),
        };
        let left = table.groups_in(range);
        if left.is_empty() || table.leaves.is_empty() {
            return Ok(None);
        }
        let (needed, ahead) = (columns::needed(&table, events), Ahead::new(&table, events));
        Ok(Some(Self { file, table, needed, ahead, times: events.times(), left, group: None, flat: None }))
    }

    /// The next row of the batch at hand; or else its next batch, or the next row group, is begun. What cannot be read
    /// is a loss.
    fn step(&mut self, decoder: &mut Decoder, input: &Input, events: &mut EventBuilder) -> Step {
        let Some(group) = &mut self.group else { return self.next_group(input, events) };
        if let Some(row) = group.next_row() {
            return Step::Row(group.place, row);
        }
        if !events.is_empty() && matches!(self.flat, Some(Some(_))) {
            return Step::Ready;
        }
        let (place, at) = (group.place, group.at());
        let ended = match group.next_batch() {
            Ok(Some(batch)) => {
                let zone = &input.options.input_zone;
                let flat = self.flat.get_or_insert_with(|| Columns::new(&batch, events, zone));
                if let Some(columns) = flat.as_ref().filter(|_| events.is_empty())
                    && columns.give(&batch, group, events)
                {
                    return Step::Ready;
                }
                decoder.load(batch, &self.table);
                return Step::Other;
            }
            Ok(None) => group.end(),
            Err(flaw) => Err(flaw),
        };
        match ended {
            Ok(passed_over) => events.pass_over_many(passed_over),
            Err(flaw) => input.lose_rest(place, at, &flaw),
        }
        input.is_read(place);
        self.group = None;
        Step::Other
    }

    fn next_group(&mut self, input: &Input, events: &mut EventBuilder) -> Step {
        let Some(place) = self.left.pop_front() else { return Step::End };
        match self.group(place, events) {
            Ok(Some(group)) => {
                self.group = Some(group);
                return Step::Other;
            }
            Ok(None) => events.pass_over_many(place.rows),
            Err(flaw) => input.lose_rest(place, 0, &flaw),
        }
        input.is_read(place);
        Step::Other
    }

    /// Begins to read a row group; `None` if no row of it matters.
    fn group(&mut self, place: Place, events: &EventBuilder) -> Result<Option<Group>, String> {
        let Self { file, table, needed, ahead, times, .. } = self;
        if times.is_some_and(|times| !prune::may_be_within(table, place, times)) {
            return Ok(None);
        }
        let rows = match (place.wanted(events), ahead) {
            (Some(wanted), _) => wanted,
            (None, Some(ahead)) => ahead.rows(file, table, place),
            (None, None) => Some(Rows::All),
        };
        let Some(rows) = rows else { return Ok(None) };
        Group::open(file, table, (needed, &table.schema), place, rows).map(Some)
    }
}

impl Input {
    fn lose(&self, place: Place, row: u64, what: String) {
        let record = Some(place.record(row));
        self.tally.lose(Loss { file: self.name.clone(), offset: place.offset, record, what });
    }

    /// A row group that cannot be read from this row on.
    fn lose_rest(&self, place: Place, row: u64, flaw: &str) {
        let number = place.number + 1;
        self.lose(place, row, format!("from here on row group {number} is lost: {flaw}"));
    }

    fn is_read(&self, place: Place) {
        if !self.is_counted {
            self.tally.bytes.fetch_add(place.bytes, Ordering::Relaxed);
        }
    }
}

/// A file of ours with bytes that cannot be read from their end.
fn spooled(mut bytes: Box<dyn io::Read + Send>) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut bytes, &mut file)?;
    Ok(file)
}
