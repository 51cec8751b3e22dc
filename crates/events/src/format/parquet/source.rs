//! Which column a field of a filter is in.

use super::footer::Leaf;
use crate::filter::Passed;
use crate::format::json::{FieldKeys, keys_of};

/// Shapes of JSON in which names are values: see `json/needed.rs`.
const WRAPPERS: [&str; 4] = ["winlog", "Event", "result", "_source"];

/// Where a field's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Which column gives it depends on the event.
    Unknown,
    /// No column does.
    Absent,
    /// This one, or none; this one for sure, if it is certain.
    Column { leaf: usize, is_certain: bool },
}

impl Source {
    pub(super) fn of(field: &str, leaves: &[Leaf]) -> Self {
        let (kind, names) = keys_of(field);
        let is_path = kind == FieldKeys::Unknown && is_path(field);
        if kind == FieldKeys::Unknown && !is_path || leaves.iter().any(|leaf| has_any_name(leaf, field)) {
            return Self::Unknown;
        }
        let is_one = |name: &str| match is_path {
            true => name == field,
            false => names.contains(&name.strip_prefix('@').unwrap_or(name)),
        };
        let mut found = Self::Absent;
        for (at, leaf) in leaves.iter().enumerate() {
            let Some((last, around)) = leaf.path.split_last() else { return Self::Unknown };
            let is_whole = leaf.name == field || leaf.name.strip_prefix("_source.") == Some(field);
            // What is around a value may have the field's name, and the value another: `{"Image": {"#text": "…"}}`.
            if around.iter().any(|name| is_one(name)) {
                return Self::Unknown;
            }
            if !(is_one(last) || is_path && is_whole) {
                continue;
            }
            if found != Self::Absent || leaf.is_repeated {
                return Self::Unknown;
            }
            let is_flat = leaves.iter().all(|leaf| leaf.path.len() == 1 && !leaf.is_in_map);
            found = Self::Column { leaf: at, is_certain: kind == FieldKeys::Name && is_flat };
        }
        found
    }

    pub(super) fn leaf(&self) -> Option<usize> {
        match self {
            Self::Column { leaf, .. } => Some(*leaf),
            Self::Unknown | Self::Absent => None,
        }
    }

    /// What is known of the field in any row, whatever its column has.
    pub(super) fn of_all(&self) -> Passed {
        if *self == Self::Absent { Passed::Absent } else { Passed::Unknown }
    }
}

/// Names of members of members; anything else with a dot is not told from them.
fn is_path(field: &str) -> bool {
    field.contains('.') && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte))
}

/// Whether the names of fields are values of this column, of which `field` may be one.
fn has_any_name(leaf: &Leaf, field: &str) -> bool {
    let is_wrapped = leaf.path.first().is_some_and(|first| WRAPPERS.contains(&first.as_str()));
    let is_unnamed = leaf.path.iter().any(|name| name == "Data");
    let is_around = || leaf.path.first().is_some_and(|first| field.starts_with(first.as_str()));
    is_wrapped && (is_unnamed || leaf.is_in_map) || leaf.is_in_map && is_around()
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::DataType;

    use super::*;

    fn leaf(path: &[&str]) -> Leaf {
        Leaf {
            path: path.iter().map(|name| (*name).to_owned()).collect(),
            name: path.join("."),
            data_type: DataType::BinaryView,
            is_repeated: false,
            is_in_map: false,
            is_uuid: false,
        }
    }

    fn of(field: &str, paths: &[&[&str]]) -> Source {
        Source::of(field, &paths.iter().map(|path| leaf(path)).collect::<Vec<_>>())
    }

    fn at(leaf: usize, is_certain: bool) -> Source {
        Source::Column { leaf, is_certain }
    }

    #[test]
    fn a_field_is_in_the_column_of_its_name() {
        assert_eq!(of("Image", &[&["a"], &["Image"]]), at(1, true));
        assert_eq!(of("EventCode", &[&["EventID"]]), at(0, false));
        assert_eq!(of("Image", &[&["winlog", "event_data", "Image"]]), at(0, false));
        assert_eq!(of("process.name", &[&["process", "name"]]), at(0, false));
        assert_eq!(of("process.name", &[&["process.name"]]), at(0, false));
        assert_eq!(of("Image", &[&["a"]]), Source::Absent);
    }

    #[test]
    fn where_several_may_give_it_nothing_is_known() {
        assert_eq!(of("Image", &[&["Image"], &["a", "Image"]]), Source::Unknown);
        assert_eq!(of("EventCode", &[&["EventID"], &["EventCode"]]), Source::Unknown);
        assert_eq!(of("Image", &[&["Event", "EventData", "Image", "#text"]]), Source::Unknown);
        assert_eq!(of("Image", &[&["Event", "EventData", "Data", "#text"]]), Source::Unknown);
        assert_eq!(of("Computer", &[&["Computer"]]), Source::Unknown, "it has other names");
    }

    #[test]
    fn names_that_are_values_are_not_known() {
        let mut labels = leaf(&["labels"]);
        labels.is_in_map = true;
        labels.is_repeated = true;
        let leaves = [labels, leaf(&["Image"])];
        assert_eq!(Source::of("labels.app", &leaves), Source::Unknown);
        assert_eq!(Source::of("Image", &leaves), at(1, false));
    }
}
