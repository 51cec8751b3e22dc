//! Events → record batches: one builder per wanted field, filled event by event.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::array::{ArrayRef, Float64Builder, Int64Builder, ListBuilder, StringViewBuilder, StructBuilder};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use hashbrown::HashMap;

use crate::field;
use crate::filter::{self, Matcher};
use crate::format::Format;
use crate::request::{Request, rest_fields};
use crate::tally::Tally;

/// Events a batch; DataFusion's own default.
pub const BATCH_ROWS: usize = 8_192;
/// A batch is also closed when its text reaches this many bytes, so that memory stays flat.
pub const BATCH_BYTES: usize = 2 << 20;
/// After so many events that were passed over, whoever waits for a batch gets one, be it empty: a run can
/// only be ended between batches.
const MAX_PASSED_OVER: u64 = 65_536;

/// Metadata that replaces whatever the events say, from `--index`, `--sourcetype` and their like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// For `index`.
    pub index: Option<String>,
    /// For `sourcetype`.
    pub sourcetype: Option<String>,
    /// For `source`.
    pub source: Option<String>,
    /// For `host`.
    pub host: Option<String>,
}

impl Overrides {
    fn of(&self, name: &str) -> Option<&str> {
        match name {
            field::INDEX => self.index.as_deref(),
            field::SOURCETYPE => self.sourcetype.as_deref(),
            field::SOURCE => self.source.as_deref(),
            field::HOST => self.host.as_deref(),
            _ => None,
        }
    }
}

/// A place in the batch for one wanted field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot(usize);

/// Where an event stands in its input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// EventRecordID or line number.
    pub record: u64,
    /// Byte offset.
    pub offset: u64,
}

/// Gathers events into batches of a request's columns.
pub struct EventBuilder {
    request: Arc<Request>,
    tally: Arc<Tally>,
    file: String,
    columns: Vec<Column>,
    by_name: HashMap<String, usize>,
    rest: Option<ListBuilder<StructBuilder>>,
    rows: usize,
    bytes: usize,
    passed_over: u64,
    next_seq: i64,
    /// Of the fields that the request's filter looks at; `None` where only the finished event tells.
    checked: Vec<Option<Slot>>,
}

struct Column {
    values: Values,
    /// `row + 1` of the last event that set this field.
    set_in: usize,
    /// The value that replaces all others.
    fixed: Option<String>,
    /// Filled when the event ends; what an event says under this name is not heard.
    is_provenance: bool,
}

enum Values {
    Text(StringViewBuilder),
    List(ListBuilder<StringViewBuilder>),
    Number(Float64Builder),
    Integer(Int64Builder),
}

impl EventBuilder {
    /// A builder for the events of `file`. `first_seq` is the reading order of its first event.
    pub fn new(
        request: Arc<Request>,
        tally: Arc<Tally>,
        file: impl Into<String>,
        overrides: &Overrides,
        first_seq: i64,
    ) -> Self {
        let columns = request
            .fields
            .iter()
            .map(|wanted| Column {
                values: Values::of(&wanted.name, wanted.multi),
                set_in: 0,
                fixed: overrides.of(&wanted.name).map(str::to_owned),
                is_provenance: matches!(
                    wanted.name.as_str(),
                    field::SEQ | field::RECORD | field::OFFSET | field::FILE
                ),
            })
            .collect();
        let by_name: HashMap<String, usize> =
            request.fields.iter().enumerate().map(|(at, wanted)| (wanted.name.clone(), at)).collect();
        let checked = request.filter.iter().flat_map(|filter| filter.fields()).map(|field| {
            let at = by_name.get(&field.name).filter(|_| !field::is_metadata(&field.name))?;
            Some(Slot(*at))
        });
        let checked = checked.collect();
        let rest = request.rest.then(|| ListBuilder::new(StructBuilder::from_fields(rest_fields(), 0)));
        Self {
            request,
            tally,
            file: file.into(),
            columns,
            by_name,
            rest,
            rows: 0,
            bytes: 0,
            passed_over: 0,
            next_seq: first_seq,
            checked,
        }
    }

    /// The place of a wanted field; `None` if nobody asked for it by name.
    pub fn slot(&self, name: &str) -> Option<Slot> {
        self.by_name.get(name).map(|&at| Slot(at))
    }

    /// Whether a field is asked for, by name or with the rest.
    pub fn wants(&self, name: &str) -> bool {
        self.rest.is_some() || self.by_name.contains_key(name)
    }

    /// The fields that are asked for by name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.request.fields.iter().map(|wanted| wanted.name.as_str())
    }

    /// Whether every field is asked for.
    pub fn wants_rest(&self) -> bool {
        self.rest.is_some()
    }

    /// Gives the current event a value for a field, by name. A second value of a list field is
    /// added; of a single field it is noted for a new plan.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.by_name.get(name) {
            Some(&at) => self.put(Slot(at), value),
            None => self.set_rest(name, value),
        }
    }

    /// The same for a place found before.
    pub fn put(&mut self, slot: Slot, value: &str) {
        let row = self.rows + 1;
        let Some(column) = self.columns.get_mut(slot.0) else { return };
        if column.fixed.is_some() || column.is_provenance {
            return;
        }
        let again = column.set_in == row;
        match &mut column.values {
            Values::Text(_) if again => {
                if let Some(wanted) = self.request.fields.get(slot.0) {
                    self.tally.repeat(&wanted.name);
                }
                return;
            }
            Values::Text(text) => text.append_value(value),
            Values::List(list) => list.values().append_value(value),
            Values::Number(_) | Values::Integer(_) if again => return,
            Values::Number(numbers) => numbers.append_option(value.parse().ok()),
            Values::Integer(integers) => integers.append_option(value.parse().ok()),
        }
        column.set_in = row;
        self.bytes += value.len();
    }

    /// Gives the current event its `_time`, in seconds since 1970 UTC.
    pub fn set_time(&mut self, seconds: f64) {
        let row = self.rows + 1;
        let Some(&at) = self.by_name.get(field::TIME) else { return };
        let Some(column) = self.columns.get_mut(at) else { return };
        if let (Values::Number(numbers), false) = (&mut column.values, column.set_in == row) {
            numbers.append_value(seconds);
            column.set_in = row;
        }
    }

    fn set_rest(&mut self, name: &str, value: &str) {
        let Some(rest) = &mut self.rest else { return };
        let entry = rest.values();
        let Some(names) = entry.field_builder::<StringViewBuilder>(0) else { return };
        names.append_value(name);
        if let Some(values) = entry.field_builder::<StringViewBuilder>(1) {
            values.append_value(value);
        }
        entry.append(true);
        self.bytes += name.len() + value.len();
    }

    /// Ends the current event: fields without a value become null.
    pub fn finish_event(&mut self, position: Position) {
        let row = self.rows + 1;
        for (wanted, column) in self.request.fields.iter().zip(&mut self.columns) {
            match (&mut column.values, wanted.name.as_str()) {
                (Values::Integer(integers), field::SEQ) => integers.append_value(self.next_seq),
                (Values::Integer(integers), field::RECORD) => {
                    integers.append_value(position.record.cast_signed());
                }
                (Values::Integer(integers), field::OFFSET) => {
                    integers.append_value(position.offset.cast_signed());
                }
                (Values::Text(text), field::FILE) => text.append_value(&self.file),
                (Values::List(list), _) => match &column.fixed {
                    Some(fixed) => list.append_value([Some(fixed)]),
                    None => list.append(column.set_in == row),
                },
                (Values::Text(text), _) => match &column.fixed {
                    Some(fixed) => text.append_value(fixed),
                    None if column.set_in == row => {}
                    None => text.append_null(),
                },
                (Values::Number(numbers), _) if column.set_in != row => numbers.append_null(),
                (Values::Integer(integers), _) if column.set_in != row => integers.append_null(),
                _ => {}
            }
        }
        if let Some(rest) = &mut self.rest {
            rest.append(true);
        }
        self.rows += 1;
        self.next_seq += 1;
    }

    /// The current event fails the request's filter and was not decoded.
    pub fn pass_over(&mut self) {
        self.pass_over_many(1);
    }

    /// The same for the current event and those after it.
    pub(crate) fn pass_over_many(&mut self, count: u64) {
        self.passed_over = self.passed_over.saturating_add(count);
        self.next_seq = self.next_seq.saturating_add_unsigned(count);
    }

    /// The slots of the fields that [`EventBuilder::matcher`] looks at, in its order; `None` where only the
    /// finished event tells the value.
    pub(crate) fn checked(&self) -> &[Option<Slot>] {
        &self.checked
    }

    /// What the request's filter looks for in the events' text.
    pub(crate) fn raw_filter(&self) -> Option<&filter::Field> {
        self.request.filter.as_ref()?.fields().iter().find(|field| field.name == field::RAW)
    }

    /// What events of a format are checked with, if the request has a condition on them.
    pub(crate) fn matcher(&self, format: Format) -> Option<Matcher> {
        let filter = self.request.filter.as_ref().filter(|filter| !filter.is_of_time_alone())?;
        Some(Matcher::new(Arc::clone(filter), format))
    }

    /// The times of events that matter, if the request says.
    pub(crate) fn times(&self) -> Option<(f64, f64)> {
        self.request.filter.as_ref()?.times()
    }

    /// Whether no event has been finished since the last batch.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether the batch should be taken now.
    pub fn is_full(&self) -> bool {
        self.rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES || self.passed_over >= MAX_PASSED_OVER
    }

    /// Takes the events so far as a batch; `None` if there are none. Counts them in the tally.
    pub fn take(&mut self) -> Option<RecordBatch> {
        let passed_over = std::mem::take(&mut self.passed_over);
        self.tally.passed_over.fetch_add(passed_over, Ordering::Relaxed);
        if self.rows == 0 && passed_over < MAX_PASSED_OVER {
            return None;
        }
        let mut arrays: Vec<ArrayRef> = self.columns.iter_mut().map(Column::finish).collect();
        if let Some(rest) = &mut self.rest {
            arrays.push(Arc::new(rest.finish()));
        }
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        self.tally.events.fetch_add(self.rows as u64, Ordering::Relaxed);
        self.rows = 0;
        self.bytes = 0;
        // INVARIANT: every column got one entry an event (`finish_event`), of the schema's type.
        Some(
            RecordBatch::try_new_with_options(self.request.schema(), arrays, &options)
                .expect("columns match the request's schema"),
        )
    }
}

impl Column {
    fn finish(&mut self) -> ArrayRef {
        self.set_in = 0;
        match &mut self.values {
            Values::Text(text) => Arc::new(text.finish()),
            Values::List(list) => Arc::new(list.finish()),
            Values::Number(numbers) => Arc::new(numbers.finish()),
            Values::Integer(integers) => Arc::new(integers.finish()),
        }
    }
}

impl Values {
    fn of(name: &str, multi: bool) -> Self {
        match name {
            field::TIME => Self::Number(Float64Builder::new()),
            field::SEQ | field::RECORD | field::OFFSET => Self::Integer(Int64Builder::new()),
            _ if multi => Self::List(ListBuilder::new(StringViewBuilder::new())),
            _ => Self::Text(StringViewBuilder::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Wanted;
    use arrow::array::{Array, AsArray};

    fn builder(fields: &[(&str, bool)], rest: bool) -> EventBuilder {
        let fields = fields.iter().map(|&(name, multi)| Wanted { name: name.to_owned(), multi }).collect();
        let request = Arc::new(Request { fields, rest, filter: None });
        EventBuilder::new(request, Arc::default(), "a.log", &Overrides::default(), 0)
    }

    #[test]
    fn a_field_without_value_is_null() {
        let mut events = builder(&[("a", false), ("b", false)], false);
        events.set("a", "1");
        events.finish_event(Position::default());
        let batch = events.take().unwrap();
        assert_eq!(batch.column(0).as_string_view().value(0), "1");
        assert!(batch.column(1).is_null(0));
    }

    #[test]
    fn a_second_value_of_a_single_field_is_noted() {
        let mut events = builder(&[("a", false)], false);
        events.set("a", "1");
        events.set("a", "2");
        events.finish_event(Position::default());
        assert_eq!(events.take().unwrap().column(0).as_string_view().value(0), "1");
        assert!(events.tally.repeated().contains("a"));
    }

    #[test]
    fn an_event_cannot_forge_its_provenance() {
        let mut events = builder(&[(field::RECORD, false), (field::FILE, false)], false);
        events.set(field::RECORD, "7");
        events.set(field::FILE, "b.log");
        events.finish_event(Position { record: 1, offset: 0 });
        let batch = events.take().unwrap();
        assert_eq!(batch.column(0).as_primitive::<arrow::datatypes::Int64Type>().value(0), 1);
        assert_eq!(batch.column(1).as_string_view().value(0), "a.log");
    }

    #[test]
    fn fields_nobody_named_go_to_the_rest() {
        let mut events = builder(&[("a", true)], true);
        events.set("a", "1");
        events.set("a", "2");
        events.set("b", "3");
        events.finish_event(Position::default());
        let batch = events.take().unwrap();
        assert_eq!(batch.column(0).as_list::<i32>().value(0).len(), 2);
        assert_eq!(batch.column(1).as_list::<i32>().value(0).len(), 1);
    }
}
