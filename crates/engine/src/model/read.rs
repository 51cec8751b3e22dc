//! JSON → data model, in the layout in which Splunk stores it: `objects` with `constraints`, `fields` and
//! `calculations` (Knowledge Manager Manual, "Data models"). What is absent or of another type is passed over.

use serde_json::Value;

use super::{Calculation, Dataset, How, Model, Source};

impl Model {
    /// Reads the model called `id`, the name of its file.
    ///
    /// # Errors
    /// When the text is no JSON object with datasets.
    pub(crate) fn read(id: &str, text: &str) -> Result<Self, String> {
        let json: Value =
            serde_json::from_str(text).map_err(|error| format!("expected a data model as JSON: {error}"))?;
        let Some(objects) = json.get("objects").and_then(Value::as_array) else {
            return Err("expected a data model with `objects`".to_owned());
        };
        let names: Vec<&str> = objects.iter().map(|object| text_of(object, "objectName")).collect();
        let mut datasets: Vec<Dataset> = objects.iter().map(|object| dataset(object, &names)).collect();
        datasets.retain(|dataset| !dataset.name.is_empty());
        let name = match text_of(&json, "modelName") {
            "" => id.to_owned(),
            name => name.to_owned(),
        };
        Ok(Self { name, datasets, json })
    }
}

fn dataset(object: &Value, names: &[&str]) -> Dataset {
    let parent = text_of(object, "parentName");
    let source = match (parent, text_of(object, "baseSearch")) {
        ("BaseTransaction", _) => Source::Transaction,
        (_, "") => Source::Events,
        (_, search) => Source::Search(search.to_owned()),
    };
    let fields: Vec<&Value> = items(object, "fields").filter(|field| is_own(field)).collect();
    let required = fields.iter().filter(|field| flag(field, "required"));
    let mut constraints: Vec<String> =
        items(object, "constraints").map(|constraint| text_of(constraint, "search").to_owned()).collect();
    constraints.extend(required.map(|field| format!("\"{}\"=*", text_of(field, "fieldName"))));
    constraints.retain(|constraint| !constraint.trim().is_empty());
    Dataset {
        name: text_of(object, "objectName").to_owned(),
        parent: names.contains(&parent).then(|| parent.to_owned()),
        source,
        constraints,
        fields: fields.iter().map(|field| text_of(field, "fieldName").to_owned()).collect(),
        calculations: items(object, "calculations").map(calculation).collect(),
    }
}

/// Not the count of a dataset, which Splunk keeps among its fields.
fn is_own(field: &Value) -> bool {
    !text_of(field, "fieldName").is_empty() && !matches!(text_of(field, "type"), "objectCount" | "childCount")
}

fn calculation(calculation: &Value) -> Calculation {
    let outputs: Vec<String> = items(calculation, "outputFields")
        .map(|output| text_of(output, "fieldName").to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let input = text_of(calculation, "inputField").to_owned();
    let expression = text_of(calculation, "expression").to_owned();
    let how = match text_of(calculation, "calculationType") {
        "Eval" => How::Eval(expression),
        "Rex" => How::Rex { input, pattern: expression },
        "Lookup" => lookup(calculation, input),
        other => How::Other(other.to_owned()),
    };
    Calculation { how, outputs }
}

fn lookup(calculation: &Value, input: String) -> How {
    let mut inputs: Vec<(String, String)> = items(calculation, "lookupInputs")
        .map(|pair| (text_of(pair, "lookupField").to_owned(), text_of(pair, "inputField").to_owned()))
        .collect();
    // Older models name one input beside the lookup.
    if inputs.is_empty() {
        let column = text_of(calculation, "lookupField").to_owned();
        inputs.push((if column.is_empty() { input.clone() } else { column }, input));
    }
    let outputs = items(calculation, "outputFields")
        .map(|output| {
            let field = text_of(output, "fieldName").to_owned();
            let column = text_of(output, "lookupOutputFieldName").to_owned();
            (if column.is_empty() { field.clone() } else { column }, field)
        })
        .collect();
    How::Lookup { name: text_of(calculation, "lookupName").to_owned(), inputs, outputs }
}

fn text_of<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn items<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_of_events_and_one_of_a_search() {
        let model = Model::read(
            "file",
            r#"{"objects": [
                {"objectName": "E", "parentName": "BaseEvent",
                 "constraints": [{"search": "a=1", "owner": "E"}, {"search": " "}],
                 "fields": [{"fieldName": "x", "required": true}, {"fieldName": "E", "type": "objectCount"}],
                 "calculations": [{"calculationType": "Eval", "expression": "1", "outputFields": [{"fieldName": "y"}]}]},
                {"objectName": "S", "parentName": "BaseSearch", "baseSearch": "b=2 | eval c=3"}
            ]}"#,
        )
        .unwrap();
        assert_eq!(model.name, "file");
        let [events, search] = model.datasets.as_slice() else { panic!("{model:?}") };
        assert_eq!(
            (events.constraints.as_slice(), events.fields.as_slice()),
            (&["a=1".to_owned(), "\"x\"=*".to_owned()][..], &["x".to_owned()][..])
        );
        assert_eq!(events.calculations.len(), 1);
        assert!(matches!(&search.source, Source::Search(text) if text == "b=2 | eval c=3"));
    }

    #[test]
    fn what_is_no_model_is_an_error_and_what_is_odd_is_not() {
        for text in ["", "[]", "{}", "{\"objects\": 3}", "{\"objects\": ["] {
            assert!(Model::read("x", text).is_err(), "{text}");
        }
        let odd = r#"{"objects": [3, {"objectName": 4}, {"objectName": "D", "fields": [{}, 5, {"fieldName": []}],
            "calculations": [{}, {"calculationType": "Lookup"}], "constraints": "none"}]}"#;
        assert_eq!(Model::read("x", odd).unwrap().datasets.len(), 1);
    }
}
