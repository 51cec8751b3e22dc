//! Comma-separated values with a header line, as Splunk exports them.

use std::borrow::Cow;
use std::io::Read;
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
    let bytes: Box<dyn Read + Send> = Box::new(source.bytes.chain(END));
    let rows = csv::ReaderBuilder::new().flexible(true).buffer_capacity(1 << 20).from_reader(bytes);
    Box::new(CsvReader {
        rows,
        names: None,
        name: source.name,
        tally: source.tally,
        options: source.options,
        events,
        row: csv::ByteRecord::new(),
        held: None,
    })
}

/// A last row that the file does not have. Where it is not a row of its own, a quote before it is still open.
const END: &[u8] = b"\n\0end of file";
/// Its only cell.
const LAST: &[u8] = b"\0end of file";

struct CsvReader {
    rows: csv::Reader<Box<dyn Read + Send>>,
    /// The header, once read.
    names: Option<StringRecord>,
    name: String,
    tally: Arc<Tally>,
    options: Options,
    events: EventBuilder,
    row: csv::ByteRecord,
    /// A row that is the one behind the file, unless another follows.
    held: Option<csv::ByteRecord>,
}

impl Reader for CsvReader {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, ReadError> {
        if self.names.is_none() {
            let header = self.rows.byte_headers().cloned().map_err(|error| self.failure(&error))?;
            let header = self.closed(header);
            self.names = Some(StringRecord::from_byte_record_lossy(header));
        }
        while !self.events.is_full() {
            match self.rows.read_byte_record(&mut self.row) {
                Ok(true) => self.row(),
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

    fn row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if let Some(held) = self.held.take() {
            self.event(&held);
        }
        if row.len() == 1 && row.get(0) == Some(LAST) {
            self.held = Some(row);
            return;
        }
        let row = self.closed(row);
        self.event(&row);
        self.row = row;
    }

    /// The row without what stands behind the file, which an open quote has made part of it.
    fn closed(&self, row: csv::ByteRecord) -> csv::ByteRecord {
        let last =
            row.len().checked_sub(1).and_then(|at| row.get(at)).and_then(|cell| cell.strip_suffix(END));
        let Some(last) = last else { return row };
        let place = row.position().cloned().unwrap_or_else(csv::Position::new);
        self.lose(
            &place,
            "a quote is open to the end of the file, and all behind it is in one cell".to_owned(),
        );
        let cells = row.iter().take(row.len() - 1).chain([last]);
        csv::ByteRecord::from(cells.collect::<Vec<_>>())
    }

    fn event(&mut self, row: &csv::ByteRecord) {
        let place = row.position().cloned().unwrap_or_else(csv::Position::new);
        let Some(names) = &self.names else { return };
        if row.len() != names.len() {
            let what = format!("a row of {} cells under a header of {}", row.len(), names.len());
            return self.lose(&place, what);
        }
        let (mut is_damaged, mut has_no_time) = (false, false);
        let mut metadata =
            [(field::SOURCE, self.name.as_str()), (field::SOURCETYPE, SOURCETYPE), (field::INDEX, INDEX)];
        for (at, name) in names.iter().enumerate() {
            let cell = String::from_utf8_lossy(row.get(at).unwrap_or_default());
            is_damaged |= matches!(cell, Cow::Owned(_));
            if cell.is_empty() {
                continue;
            }
            if name == field::TIME {
                match crate::time::parse(&cell, &self.options.input_zone) {
                    Some(time) => self.events.set_time(time),
                    None => has_no_time = true,
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
        if has_no_time {
            self.lose(&place, "`_time` is no time that is known here; the event has none".to_owned());
        }
    }

    fn lose(&self, place: &csv::Position, what: String) {
        let loss = Loss { file: self.name.clone(), offset: place.byte(), record: Some(place.line()), what };
        self.tally.lose(loss);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::read;

    fn rows(text: &str) -> (Vec<Vec<String>>, Vec<String>) {
        let (rows, losses) = read(open, text, &["_time", "a", "b"]);
        (rows, losses.into_iter().map(|loss| format!("{} {}", loss.offset, loss.what)).collect())
    }

    #[test]
    fn a_file_may_end_with_or_without_a_line_end() {
        for end in ["", "\n", "\r\n", "\n\n"] {
            let (rows, losses) = rows(&format!("a,b\n1,\"x\ny\"\n2,\"z\"{end}"));
            assert_eq!(rows, [["∅", "1", "x\ny"], ["∅", "2", "z"]], "{end:?}");
            assert!(losses.is_empty(), "{losses:?}");
        }
        assert_eq!(rows("a,b").0.len(), 0);
        assert_eq!(rows("").0.len(), 0);
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told() {
        let told = "a quote is open to the end of the file, and all behind it is in one cell";
        let (found, losses) = rows("a,b\n1,x\n2,\"y\n3,z\n");
        assert_eq!(found, [["∅", "1", "x"], ["∅", "2", "y\n3,z\n"]]);
        assert_eq!(losses, [format!("8 {told}")]);
        let (found, losses) = rows("a,\"b\n1,x\n");
        assert!(found.is_empty());
        assert_eq!(losses, [format!("0 {told}")]);
    }

    #[test]
    fn a_row_like_the_end_is_a_row() {
        let (found, losses) = rows("a\n\0end of file\nx\n");
        assert_eq!(found, [["∅", "\0end of file", "∅"], ["∅", "x", "∅"]]);
        assert!(losses.is_empty(), "{losses:?}");
    }

    #[test]
    fn a_time_that_is_none_is_told() {
        let (found, losses) = rows("_time,a\n1700000000,1\ngarbage,2\n");
        assert_eq!(found, [["1700000000", "1", "∅"], ["∅", "2", "∅"]]);
        assert_eq!(losses, ["21 `_time` is no time that is known here; the event has none"]);
    }
}
