//! Rows given in place of inputs: what a test or an editor has at hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, ListBuilder, StringViewArray, StringViewBuilder};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use serde_json::{Map, Value};
use sluice_events::field;

use crate::error::Result;
use crate::structured::KvMode;
use crate::value;

/// Rows in order, each with the fields it has.
#[derive(Debug, Clone)]
pub struct Given {
    pub(crate) schema: SchemaRef,
    pub(crate) batch: RecordBatch,
    /// How a search takes fields from `_raw`.
    pub(crate) mode: KvMode,
}

impl Given {
    /// Rows from JSON objects: a string is a field's text, a number its text too (`_time` its seconds), an
    /// array a multivalue field, null no field.
    ///
    /// # Errors
    /// When an array of the rows cannot be built.
    pub fn from_json(rows: &[Map<String, Value>]) -> Result<Self> {
        let mut names: BTreeMap<&str, bool> = BTreeMap::new();
        for (name, value) in rows.iter().flatten() {
            *names.entry(name).or_default() |= value.is_array();
        }
        let mut fields = Vec::new();
        let mut columns = Vec::new();
        for (name, multi) in names {
            let cells = rows.iter().map(|row| row.get(name));
            let column = if name == field::TIME {
                times(cells)
            } else if multi {
                lists(cells)
            } else {
                texts(cells)
            };
            fields.push(Field::new(name, column.data_type().clone(), true));
            columns.push(column);
        }
        let schema = Arc::new(Schema::new(fields));
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)?;
        Ok(Self { schema, batch, mode: KvMode::None })
    }

    /// The same rows, of which a search takes fields from `_raw` too, as `KV_MODE` in props.conf says.
    #[must_use]
    pub fn with_kv_mode(self, mode: KvMode) -> Self {
        Self { mode, ..self }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn texts<'a>(cells: impl Iterator<Item = Option<&'a Value>>) -> ArrayRef {
    Arc::new(cells.map(|cell| cell.and_then(text)).collect::<StringViewArray>())
}

fn times<'a>(cells: impl Iterator<Item = Option<&'a Value>>) -> ArrayRef {
    let seconds = |cell: &Value| cell.as_f64().or_else(|| value::parse_number(cell.as_str()?));
    Arc::new(cells.map(|cell| cell.and_then(seconds)).collect::<Float64Array>())
}

fn lists<'a>(cells: impl Iterator<Item = Option<&'a Value>>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringViewBuilder::new());
    for cell in cells {
        let values: Vec<String> = match cell {
            Some(Value::Array(values)) => values.iter().filter_map(text).collect(),
            Some(single) => text(single).into_iter().collect(),
            None => Vec::new(),
        };
        for value in &values {
            builder.values().append_value(value);
        }
        builder.append(!values.is_empty());
    }
    Arc::new(builder.finish())
}
