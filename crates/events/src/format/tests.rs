//! What the tests of readers share.

use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};

use super::{Open, Source};
use crate::batch::{EventBuilder, Overrides};
use crate::filter::{Condition, Filter, FilterBuilder};
use crate::inputs::Options;
use crate::request::{Request, Wanted};
use crate::tally::{Loss, Tally};

/// Rows of these fields, and losses. A field whose name ends in `*` is asked for with all its values.
pub(crate) fn read(
    open: Open,
    text: &(impl AsRef<[u8]> + ?Sized),
    fields: &[&str],
) -> (Vec<Vec<String>>, Vec<Loss>) {
    read_with(open, text, fields, None)
}

/// The same with a filter.
pub(crate) fn read_with(
    open: Open,
    text: &(impl AsRef<[u8]> + ?Sized),
    fields: &[&str],
    filter: Option<Filter>,
) -> (Vec<Vec<String>>, Vec<Loss>) {
    let wanted = fields.iter().map(|name| match name.strip_suffix('*') {
        Some(name) => Wanted { name: name.to_owned(), multi: true },
        None => Wanted::one(*name),
    });
    let request =
        Arc::new(Request { fields: wanted.collect(), filter: filter.map(Arc::new), ..Request::default() });
    let tally = Arc::new(Tally::default());
    let options = Options { now: "2026-11-26T00:00:00Z".parse().unwrap(), ..Options::default() };
    let events = EventBuilder::new(request, Arc::clone(&tally), "some.txt", &Overrides::default(), 0);
    let source = Source {
        name: "some.txt".to_owned(),
        bytes: Box::new(std::io::Cursor::new(text.as_ref().to_vec())),
        start: 0,
        end: None,
        size: None,
        header: Vec::new(),
        lines: None,
        file: None,
        footer: None,
        tally: Arc::clone(&tally),
        options,
    };
    let mut reader = open(source, events);
    let mut rows = Vec::new();
    while let Some(batch) = reader.next_batch().unwrap() {
        for row in 0..batch.num_rows() {
            rows.push(batch.columns().iter().map(|column| shown(column, row)).collect());
        }
    }
    (rows, tally.losses().0)
}

/// A cell as text; several values are set apart by `|`, and none is `∅`.
pub(crate) fn shown(column: &dyn Array, row: usize) -> String {
    if column.is_null(row) {
        return "∅".to_owned();
    }
    if let Some(list) = column.as_list_opt::<i32>() {
        let values = list.value(row);
        return values.as_string_view().iter().flatten().collect::<Vec<_>>().join("|");
    }
    if let Some(number) = column.as_primitive_opt::<Float64Type>() {
        return number.value(row).to_string();
    }
    match column.as_primitive_opt::<Int64Type>() {
        Some(number) => number.value(row).to_string(),
        None => column.as_string_view().value(row).to_owned(),
    }
}

/// Events whose field has exactly this value.
pub(crate) fn holds(field: &str, value: &'static str) -> Filter {
    let mut builder = FilterBuilder::default();
    let test = builder.test(field, value.into(), vec![], Arc::new(move |text| text == value)).unwrap();
    builder.finish(Condition::Holds(test)).unwrap()
}

/// Fails if a filter on a field loses an event whose field has this value.
pub(crate) fn filter_loses_nothing(open: Open, text: &str, field: &str, value: &str) {
    let asked = format!("{field}*");
    let has_value = |row: &Vec<String>| row[0].split('|').any(|known| known == value);
    let mut builder = FilterBuilder::default();
    let (key, wanted) = (value.to_owned(), value.to_owned());
    let literals = Vec::from_iter((!value.is_empty()).then(|| value.to_ascii_lowercase()));
    let test = builder.test(field, key, literals, Arc::new(move |text| text == wanted)).unwrap();
    let filter = builder.finish(Condition::Holds(test));
    let found = |filter| {
        let (rows, _) = read_with(open, text, &[&asked, "_record"], filter);
        rows.into_iter().filter(has_value).collect::<Vec<_>>()
    };
    assert_eq!(found(filter), found(None), "{field}={value} in {text}");
}
