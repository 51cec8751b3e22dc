//! Data models: which events a dataset holds, and which fields they have.
//!
//! An app keeps each as JSON in `default/data/models/<name>.json`, as Splunk does; those of the Common
//! Information Model are inside the binary. [`read`] reads the JSON, [`expand()`] puts in place of a dataset the
//! ops that give its events: a scan for its constraints, its calculated fields, its names.

pub(crate) mod describe;
mod expand;
mod read;
mod shipped;

pub(crate) use expand::expand;
pub(crate) use shipped::shipped;

use serde_json::Value;

/// A data model.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// Its name in searches.
    pub(crate) name: String,
    /// Its datasets, parents before their children.
    datasets: Vec<Dataset>,
    /// Its definition as it was read.
    json: Value,
}

/// A dataset of a model.
#[derive(Debug, Clone)]
struct Dataset {
    name: String,
    /// The dataset above it in the model.
    parent: Option<String>,
    source: Source,
    /// Searches that its events match, besides those of its parents.
    constraints: Vec<String>,
    /// Fields of the events that it names, besides those of its parents.
    fields: Vec<String>,
    calculations: Vec<Calculation>,
}

/// Where the events of a root dataset come from.
#[derive(Debug, Clone)]
enum Source {
    /// Events that match its constraints.
    Events,
    /// The rows of a search.
    Search(String),
    /// Events put together.
    Transaction,
}

/// Fields that a dataset computes.
#[derive(Debug, Clone)]
struct Calculation {
    how: How,
    /// The fields that get a value.
    outputs: Vec<String>,
}

/// How fields are computed.
#[derive(Debug, Clone)]
enum How {
    /// By an expression.
    Eval(String),
    /// By a regular expression with named groups, from a field.
    Rex { input: String, pattern: String },
    /// From a lookup: columns and fields.
    Lookup { name: String, inputs: Vec<(String, String)>, outputs: Vec<(String, String)> },
    /// In a way that is not run here.
    Other(String),
}

impl Model {
    /// A dataset by its name, or by its lineage: `Account_Management`, `All_Changes.Account_Management`.
    fn dataset(&self, path: &str) -> Option<&Dataset> {
        let name = path.rsplit_once('.').map_or(path, |(_, name)| name);
        let dataset = self.datasets.iter().find(|dataset| dataset.name == name)?;
        let lineage = self.lineage(dataset);
        let above = lineage.strip_suffix(path)?;
        (above.is_empty() || above.ends_with('.')).then_some(dataset)
    }

    /// A dataset and those above it, root first.
    fn chain<'m>(&'m self, dataset: &'m Dataset) -> Vec<&'m Dataset> {
        let mut chain = vec![dataset];
        while let Some(parent) = chain.last().and_then(|last| last.parent.as_ref())
            && let Some(parent) = self.datasets.iter().find(|dataset| dataset.name == *parent)
            && chain.len() <= self.datasets.len()
        {
            chain.push(parent);
        }
        chain.reverse();
        chain
    }

    /// The names of a dataset and those above it: `All_Changes.Account_Management`.
    fn lineage(&self, dataset: &Dataset) -> String {
        let names: Vec<&str> = self.chain(dataset).iter().map(|dataset| dataset.name.as_str()).collect();
        names.join(".")
    }

    /// Datasets without one above them.
    fn roots(&self) -> impl Iterator<Item = &Dataset> {
        self.datasets.iter().filter(|dataset| dataset.parent.is_none())
    }

    /// The lineages of all its datasets.
    fn lineages(&self) -> Vec<String> {
        self.datasets.iter().map(|dataset| self.lineage(dataset)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let json = r#"{"modelName": "M", "objects": [
            {"objectName": "Root", "parentName": "BaseEvent"},
            {"objectName": "Child", "parentName": "Root"},
            {"objectName": "Grandchild", "parentName": "Child"},
            {"objectName": "Loop", "parentName": "Loop"}
        ]}"#;
        Model::read("M", json).unwrap()
    }

    #[test]
    fn datasets_are_found_by_name_or_lineage() {
        let model = model();
        for path in ["Grandchild", "Child.Grandchild", "Root.Child.Grandchild"] {
            assert_eq!(
                model.dataset(path).map(|dataset| model.lineage(dataset)).unwrap(),
                "Root.Child.Grandchild"
            );
        }
        for path in ["", "Nothing", "Root.Grandchild", "oot.Child", "M.Root"] {
            assert!(model.dataset(path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_dataset_that_is_its_own_parent_ends() {
        let model = model();
        assert!(model.chain(model.dataset("Loop").unwrap_or(&model.datasets[3])).len() < 10);
    }
}
