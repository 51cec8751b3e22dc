//! `nomv`: several values become one. What stands between them is the `delim` of the command that made the field,
//! which rides on its column; else a line feed.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{Field, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::Name;

use crate::error::Result;
use crate::kernel::{self, Arg, Context, text_literal};
use crate::operator::{RowOperator, RowState, with_fields};
use crate::plan::{Rel, column};
use crate::value::{self, is_multivalue};

/// The key of a column's metadata that holds its delimiter.
const DELIM: &str = "delim";

/// A multivalue field whose values are joined so.
pub(super) fn joined_with(name: &str, delim: &str) -> Field {
    let metadata = HashMap::from([(DELIM.to_owned(), delim.to_owned())]);
    Field::new(name, value::multivalue(), true).with_metadata(metadata)
}

/// The rows, whose fields of these names are joined so.
pub(super) fn delimited(names: Vec<String>, delim: &str, rel: Rel) -> Result<Rel> {
    rel.through(Arc::new(Delimited { names, delim: delim.to_owned() }))
}

#[derive(Debug, Clone)]
struct Delimited {
    names: Vec<String>,
    delim: String,
}

impl RowOperator for Delimited {
    fn name(&self) -> &'static str {
        "Delimited"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        let is_list =
            |name: &&String| input.field_with_name(name).is_ok_and(|field| is_multivalue(field.data_type()));
        with_fields(input, self.names.iter().filter(is_list).map(|name| joined_with(name, &self.delim)))
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(Relabelled(self.schema(input)))
    }
}

struct Relabelled(SchemaRef);

impl RowState for Relabelled {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.0), batch.columns().to_vec())?))
    }
}

pub(crate) fn lower(name: &Name, rel: Rel, context: &Context) -> Result<Rel> {
    let name = &name.text;
    if !rel.kind(name).is_some_and(is_multivalue) {
        return Ok(rel);
    }
    let field = rel.schema().field_with_name(name)?;
    let delim = field.metadata().get(DELIM).map_or("\n", String::as_str);
    let args = vec![column(name), text_literal(delim)];
    let joined = kernel::call("nomv", value::TEXT, context, |_, args, rows| joined(args, rows), args);
    rel.extend(vec![(name.clone(), joined)])
}

fn joined(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [field, delim] = args else { return Ok(kernel::nulls(&value::TEXT, rows)) };
    let delim = delim.text(0).unwrap_or_default();
    Ok(kernel::texts(rows, |row| {
        let texts = field.cell(row).texts();
        (!texts.is_empty()).then(|| texts.join(delim.as_ref()).into())
    }))
}
