//! Comma-separated values with a header line, as Splunk exports them.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use csv::StringRecord;

use crate::batch::{EventBuilder, Position};
use crate::format::Source;
use crate::inputs::Options;
use crate::tally::{Loss, Tally};
use crate::{ReadError, Reader, field};

const SOURCETYPE: &str = "csv";
const INDEX: &str = "main";

/// A reader of CSV events.
pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    let rows = csv::ReaderBuilder::new().flexible(true).buffer_capacity(1 << 20).from_reader(source.bytes);
    Box::new(CsvReader {
        rows,
        names: None,
        name: source.name,
        tally: source.tally,
        options: source.options,
        events,
        row: csv::ByteRecord::new(),
    })
}

struct CsvReader {
    rows: csv::Reader<Box<dyn std::io::Read + Send>>,
    /// The header, once read.
    names: Option<StringRecord>,
    name: String,
    tally: Arc<Tally>,
    options: Options,
    events: EventBuilder,
    row: csv::ByteRecord,
}

impl Reader for CsvReader {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, ReadError> {
        if self.names.is_none() {
            let header = self.rows.byte_headers().cloned().map_err(|error| self.failure(&error))?;
            self.names = Some(StringRecord::from_byte_record_lossy(header));
        }
        while !self.events.is_full() && !self.tally.is_stopped() {
            match self.rows.read_byte_record(&mut self.row) {
                Ok(true) => self.event(),
                Ok(false) => break,
                Err(error) => return Err(self.failure(&error)),
            }
        }
        Ok(self.events.take())
    }
}

impl CsvReader {
    fn failure(&self, error: &csv::Error) -> ReadError {
        ReadError { file: self.name.clone(), message: error.to_string() }
    }

    fn event(&mut self) {
        let place = self.row.position().cloned().unwrap_or_else(csv::Position::new);
        let Some(names) = &self.names else { return };
        if self.row.len() != names.len() {
            let what = format!("a row of {} cells under a header of {}", self.row.len(), names.len());
            return self.lose(&place, what);
        }
        let mut is_damaged = false;
        let mut metadata =
            [(field::SOURCE, self.name.as_str()), (field::SOURCETYPE, SOURCETYPE), (field::INDEX, INDEX)];
        for (at, name) in names.iter().enumerate() {
            let cell = String::from_utf8_lossy(self.row.get(at).unwrap_or_default());
            is_damaged |= matches!(cell, Cow::Owned(_));
            if cell.is_empty() {
                continue;
            }
            if name == field::TIME {
                if let Some(time) = crate::time::parse(&cell, &self.options.input_zone) {
                    self.events.set_time(time);
                }
                continue;
            }
            self.events.set(name, &cell);
            metadata.iter_mut().filter(|known| known.0 == name).for_each(|known| known.1 = "");
        }
        for (name, default) in metadata.into_iter().filter(|known| !known.1.is_empty()) {
            self.events.set(name, default);
        }
        self.events.finish_event(Position { record: place.line(), offset: place.byte() });
        if is_damaged {
            self.lose(&place, "bytes that are not UTF-8 replaced by U+FFFD".to_owned());
        }
    }

    fn lose(&self, place: &csv::Position, what: String) {
        let loss = Loss { file: self.name.clone(), offset: place.byte(), record: Some(place.line()), what };
        self.tally.lose(loss);
    }
}
