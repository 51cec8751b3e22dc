//! `datamodel` without a search: data models as JSON, one a row, in `_raw`.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use arrow::datatypes::{Field, Schema};
use arrow::record_batch::RecordBatch;
use serde_json::Value;
use sluice_events::field;
use sluice_spl::ops::DescribeModel;

use super::expand;
use crate::error::Result;
use crate::knowledge::Knowledge;
use crate::lower::values;
use crate::plan::Rel;
use crate::value;

/// The rows.
pub(crate) fn lower(op: &DescribeModel, knowledge: &Knowledge) -> Result<Rel> {
    let texts: Vec<String> = match (&op.model, &op.dataset) {
        (None, _) => knowledge.models().iter().map(|model| model.json.to_string()).collect(),
        (Some(name), None) => vec![expand::model(name, knowledge)?.json.to_string()],
        (Some(name), Some(dataset)) => {
            let model = expand::model(name, knowledge)?;
            let name = expand::dataset(&model, dataset)?.name.clone();
            let objects = model.json.get("objects").and_then(Value::as_array).into_iter().flatten();
            let is_it =
                |object: &&Value| object.get("objectName").and_then(Value::as_str) == Some(name.as_str());
            objects.filter(is_it).map(Value::to_string).collect()
        }
    };
    let schema = Arc::new(Schema::new(vec![Field::new(field::RAW, value::TEXT, true)]));
    let column: ArrayRef = Arc::new(StringViewArray::from_iter_values(texts));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column])?;
    values::from_batches(schema, vec![batch])
}
