//! Events → record batches: one builder per wanted field, filled event by event.

mod column;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::array::{ArrayRef, ListBuilder, StringViewBuilder, StructBuilder};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use hashbrown::HashMap;

use crate::field;
use crate::filter::{self, Matcher, Met};
use crate::format::Format;
use crate::request::{Places, Request, Wanted, rest_fields};
use crate::tally::Tally;

pub(crate) use column::nulls;
use column::{Column, Provenance, Values};

/// Events a batch; DataFusion's own default.
pub const BATCH_ROWS: usize = 8_192;
/// A batch is also closed when its text reaches this many bytes, so that memory stays flat.
pub const BATCH_BYTES: usize = 2 << 20;
/// After so many events that were passed over, whoever waits for a batch gets one, be it empty: a run can
/// only be ended between batches.
const MAX_PASSED_OVER: u64 = 8_192;

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
    /// The places of the columns of provenance.
    provenance: Vec<usize>,
    by_name: HashMap<String, usize>,
    rest: Option<ListBuilder<StructBuilder>>,
    rows: usize,
    bytes: usize,
    passed_over: u64,
    /// The current event is below the request's floor.
    is_stale: bool,
    /// Rows of such events.
    stale: usize,
    next_seq: i64,
    /// The place of the split in reading order.
    split: i64,
    /// Where in the split the current event is, if its offset does not tell.
    place: Option<u64>,
    /// Which conditions of the request's filter the current event may meet, if the reader found out.
    met: Option<i64>,
    /// Room for a value of several parts.
    joined: String,
    /// Columns that were made elsewhere.
    given: Vec<ArrayRef>,
    /// Of the fields that the request's filter looks at; `None` where only the finished event tells.
    checked: Vec<Option<Slot>>,
}

impl EventBuilder {
    /// A builder for the events of a split of `file`. `first_seq` is the reading order of its first event: in the
    /// high half that of the split.
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
                filled: 0,
                set_in: 0,
                fixed: overrides.of(&wanted.name).map(str::to_owned),
                provenance: Provenance::of(&wanted.name),
            })
            .collect::<Vec<_>>();
        let provenance = (0..columns.len()).filter(|&at| columns[at].provenance.is_some()).collect();
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
            provenance,
            by_name,
            rest,
            rows: 0,
            bytes: 0,
            passed_over: 0,
            is_stale: false,
            stale: 0,
            next_seq: first_seq,
            split: first_seq >> 32,
            place: None,
            met: None,
            joined: String::new(),
            given: Vec::new(),
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

    /// The fields that are asked for.
    pub(crate) fn wanted(&self) -> &[Wanted] {
        &self.request.fields
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
        if self.is_stale {
            return;
        }
        match self.by_name.get(name) {
            Some(&at) => self.put(Slot(at), value),
            None => self.set_rest(name, value),
        }
    }

    /// The same for a value of two parts.
    pub(crate) fn set_joined(&mut self, name: &str, parts: [&str; 2]) {
        if self.is_stale || !self.wants(name) {
            return;
        }
        let mut value = std::mem::take(&mut self.joined);
        value.clear();
        parts.iter().for_each(|part| value.push_str(part));
        self.set(name, &value);
        self.joined = value;
    }

    /// The same for a place found before.
    pub fn put(&mut self, slot: Slot, value: &str) {
        let row = self.rows + 1;
        let Some(column) = self.columns.get_mut(slot.0) else { return };
        if self.is_stale || column.fixed.is_some() || column.provenance.is_some() {
            return;
        }
        if column.set_in == row {
            match &mut column.values {
                Values::Text(_) => {
                    if let Some(wanted) = self.request.fields.get(slot.0) {
                        self.tally.repeat(&wanted.name);
                    }
                    return;
                }
                Values::List(list) => list.values().append_value(value),
                Values::Number(_) | Values::Integer(_) => return,
            }
        } else {
            column.begin(row);
            match &mut column.values {
                Values::Text(text) => text.append_value(value),
                Values::List(list) => list.values().append_value(value),
                Values::Number(numbers) => numbers.append_option(value.parse().ok()),
                Values::Integer(integers) => integers.append_option(value.parse().ok()),
            }
        }
        self.bytes += value.len();
    }

    /// Gives the current event its `_time`, in seconds since 1970 UTC.
    pub fn set_time(&mut self, seconds: f64) {
        let row = self.rows + 1;
        let Some(&at) = self.by_name.get(field::TIME) else { return };
        let Some(column) = self.columns.get_mut(at) else { return };
        if column.set_in == row {
            return;
        }
        column.begin(row);
        if let Values::Number(numbers) = &mut column.values {
            numbers.append_value(seconds);
        }
        self.is_stale = self.is_below_floor(seconds);
    }

    /// Whether events may turn out to be too old to matter.
    pub(crate) fn has_floor(&self) -> bool {
        self.request.floor.is_some()
    }

    /// Whether nothing of an event of this time is needed but its time and place.
    pub(crate) fn is_below_floor(&self, seconds: f64) -> bool {
        self.request.floor.as_ref().is_some_and(|floor| floor.is_above(seconds))
    }

    /// Whether the time of the current event is known, and so old that nothing else of it is needed.
    pub(crate) fn is_stale(&self) -> bool {
        self.is_stale
    }

    fn set_rest(&mut self, name: &str, value: &str) {
        let Some(rest) = &mut self.rest else { return };
        let entry = rest.values();
        let Some(names) = entry.field_builder::<StringViewBuilder>(0) else { return };
        names.append_value(field::visible(name.into()));
        if let Some(values) = entry.field_builder::<StringViewBuilder>(1) {
            values.append_value(value);
        }
        entry.append(true);
        self.bytes += name.len() + value.len();
    }

    /// Ends the current event: fields without a value become null.
    pub fn finish_event(&mut self, position: Position) {
        let row = self.rows + 1;
        for &at in &self.provenance {
            let Some(column) = self.columns.get_mut(at) else { continue };
            column.begin(row);
            match (&mut column.values, column.provenance) {
                (Values::Integer(integers), Some(Provenance::Seq)) => integers.append_value(self.next_seq),
                (Values::Integer(integers), Some(Provenance::Place)) => {
                    integers.append_value(Places::place(self.split, self.place.unwrap_or(position.offset)));
                }
                (Values::Integer(integers), Some(Provenance::Filters)) => integers.append_option(self.met),
                (Values::Integer(integers), Some(Provenance::Record)) => {
                    integers.append_value(position.record.cast_signed());
                }
                (Values::Integer(integers), Some(Provenance::Offset)) => {
                    integers.append_value(position.offset.cast_signed());
                }
                (Values::Text(text), Some(Provenance::File)) => text.append_value(&self.file),
                // A column of provenance has one of these types.
                _ => {}
            }
        }
        if let Some(rest) = &mut self.rest {
            rest.append(true);
        }
        (self.place, self.met) = (None, None);
        self.stale += usize::from(std::mem::take(&mut self.is_stale));
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

    /// Says where in its split the current event is, if its offset does not tell.
    pub(crate) fn set_place(&mut self, at: u64) {
        self.place = Some(at);
    }

    /// Says which conditions of the request's filter the next event may meet.
    pub(crate) fn set_met(&mut self, met: Met) {
        self.met = met.known();
    }

    /// Whether the events were read before.
    pub(crate) fn reads_again(&self) -> bool {
        self.request.places.is_some()
    }

    /// Whether no event is asked for that begins in this part of the input.
    pub(crate) fn leaves_out(&self, part: Range<u64>) -> bool {
        self.wanted_in(part).is_some_and(|mut wanted| wanted.next().is_none())
    }

    /// Where the only events are that are asked for in a part of the input, if there are such.
    pub(crate) fn wanted_in(&self, part: Range<u64>) -> Option<impl Iterator<Item = u64>> {
        self.request.places.as_ref()?.within(self.split, part)
    }

    /// The slots of the fields that [`EventBuilder::matcher`] looks at, in its order; `None` where only the
    /// finished event tells the value.
    pub(crate) fn checked(&self) -> &[Option<Slot>] {
        &self.checked
    }

    /// The place of a metadata field among those that [`EventBuilder::matcher`] looks at.
    pub(crate) fn checked_metadata(&self, name: &str) -> Option<usize> {
        self.request.filter.as_ref()?.fields().iter().position(|field| field.name == name)
    }

    /// What all events are given for a field, whatever they say.
    pub(crate) fn fixed(&self, name: &str) -> Option<&str> {
        self.columns.get(self.slot(name)?.0)?.fixed.as_deref()
    }

    /// What the request's filter looks for in the events' text.
    pub(crate) fn raw_filter(&self) -> Option<&filter::Field> {
        self.request.filter.as_ref()?.fields().iter().find(|field| field.name == field::RAW)
    }

    /// What events of a format are checked with, if the request has a condition on them.
    pub(crate) fn matcher(&self, format: Format) -> Option<Matcher> {
        let filter = self.request.filter.as_ref().filter(|filter| !filter.is_of_time_alone())?;
        Some(Matcher::new(Arc::clone(filter), Some(format)))
    }

    /// The times of events that matter, if the request says.
    pub(crate) fn times(&self) -> Option<(f64, f64)> {
        self.request.filter.as_ref()?.times()
    }

    /// The columns of all events that are finished before the next batch is taken, in the order of the wanted fields.
    /// What tells where an event is, and what all events are given, is not taken from them.
    pub(crate) fn set_columns(&mut self, columns: Vec<ArrayRef>) {
        self.given = columns;
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
        let is_first = !self.reads_again();
        let counted = |events| if is_first { events } else { 0 };
        self.tally.passed_over.fetch_add(counted(passed_over + self.stale as u64), Ordering::Relaxed);
        if self.rows == 0 && passed_over < MAX_PASSED_OVER {
            return None;
        }
        let mut given = std::mem::take(&mut self.given).into_iter();
        let column = |column: &mut Column| match given.next() {
            Some(given) if column.fixed.is_none() && column.provenance.is_none() => given,
            _ => column.finish(self.rows),
        };
        let mut arrays: Vec<ArrayRef> = self.columns.iter_mut().map(column).collect();
        if let Some(rest) = &mut self.rest {
            arrays.push(Arc::new(rest.finish()));
        }
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        self.tally.events.fetch_add(counted((self.rows - self.stale) as u64), Ordering::Relaxed);
        (self.rows, self.stale) = (0, 0);
        self.bytes = 0;
        // INVARIANT: every column got one entry an event (`finish_event`), of the schema's type.
        Some(
            RecordBatch::try_new_with_options(self.request.schema(), arrays, &options)
                .expect("columns match the request's schema"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Floor;
    use arrow::array::{Array, AsArray};

    fn builder(fields: &[(&str, bool)], rest: bool) -> EventBuilder {
        let fields = fields.iter().map(|&(name, multi)| Wanted { name: name.to_owned(), multi }).collect();
        let request = Arc::new(Request { fields, rest, ..Request::default() });
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
    fn a_field_that_some_events_have_is_null_in_the_others() {
        let mut events = builder(&[("a", false), ("b", true), (field::TIME, false)], false);
        for _ in 0..2 {
            for row in 0..6 {
                if row % 2 == 1 {
                    events.set("a", &row.to_string());
                    events.set("b", "x");
                    events.set("b", &row.to_string());
                    events.set_time(f64::from(row));
                }
                events.finish_event(Position::default());
            }
            let batch = events.take().unwrap();
            let (texts, lists) = (batch.column(0).as_string_view(), batch.column(1).as_list::<i32>());
            let times = batch.column(2).as_primitive::<arrow::datatypes::Float64Type>();
            assert_eq!(texts.iter().collect::<Vec<_>>(), [None, Some("1"), None, Some("3"), None, Some("5")]);
            assert_eq!(times.iter().collect::<Vec<_>>(), [None, Some(1.0), None, Some(3.0), None, Some(5.0)]);
            assert!([0, 2, 4].iter().all(|&row| lists.is_null(row)));
            let three = lists.value(3);
            assert_eq!(three.as_string_view().iter().flatten().collect::<Vec<_>>(), ["x", "3"]);
        }
    }

    #[test]
    fn an_event_cannot_name_the_engine_s_own_columns() {
        let mut events = builder(&[], true);
        events.set(field::REST, "x");
        events.finish_event(Position::default());
        let batch = events.take().unwrap();
        let rest = batch.column(0).as_list::<i32>().value(0);
        assert_eq!(rest.as_struct().column(0).as_string_view().value(0), "\u{fffd}rest");
    }

    #[test]
    fn what_is_told_on_the_command_line_beats_the_event() {
        let fields = vec![Wanted { name: field::HOST.to_owned(), multi: false }];
        let request = Arc::new(Request { fields, ..Request::default() });
        let overrides = Overrides { host: Some("dc01".to_owned()), ..Overrides::default() };
        let mut events = EventBuilder::new(request, Arc::default(), "a.log", &overrides, 0);
        events.set(field::HOST, "other");
        events.finish_event(Position::default());
        events.finish_event(Position::default());
        let batch = events.take().unwrap();
        assert_eq!(batch.column(0).as_string_view().iter().collect::<Vec<_>>(), [Some("dc01"), Some("dc01")]);
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
    fn of_events_below_the_floor_only_time_and_place_are_given() {
        let floor = Arc::new(Floor::default());
        let fields = [field::TIME, field::SEQ, "a"].map(Wanted::one).into();
        let request = Request { fields, rest: true, floor: Some(Arc::clone(&floor)), ..Request::default() };
        let tally = Arc::new(Tally::default());
        let mut events =
            EventBuilder::new(request.into(), Arc::clone(&tally), "a.log", &Overrides::default(), 0);
        floor.raise(Floor::rank(2.0));
        floor.raise(Floor::rank(1.0));
        for seconds in [1.0, 2.0, -1.0] {
            events.set_time(seconds);
            events.set("a", "x");
            events.set("b", "y");
            events.finish_event(Position::default());
        }
        events.set("a", "without a time");
        events.finish_event(Position::default());
        let batch = events.take().unwrap();
        let times: Vec<_> = batch.column(0).as_primitive::<arrow::datatypes::Float64Type>().iter().collect();
        assert_eq!(times, [Some(1.0), Some(2.0), Some(-1.0), None]);
        let given: Vec<_> = batch.column(2).as_string_view().iter().collect();
        assert_eq!(given, [None, Some("x"), None, Some("without a time")]);
        let rest = batch.column(3).as_list::<i32>();
        assert_eq!((0..4).map(|row| rest.value(row).len()).collect::<Vec<_>>(), [0, 1, 0, 0]);
        assert_eq!(tally.events.load(Ordering::Relaxed), 2);
        assert_eq!(tally.passed_over.load(Ordering::Relaxed), 2);
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
