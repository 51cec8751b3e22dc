//! Values of an XML document by path.

use std::borrow::Cow;

use sluice_events::format::xml::Element;

use super::Each;
use super::path::{Path, Step};

/// The texts or attributes at a path, in order. Places count from 1, as in Splunk.
pub(super) fn select(top: &[Element], path: &Path) -> Vec<String> {
    let mut steps = path.steps.as_slice();
    let attribute = match steps.split_last() {
        Some((Step::Attribute(name), before)) => {
            steps = before;
            Some(name)
        }
        _ => None,
    };
    // The elements found, in groups of those that a place counts among.
    let mut groups: Vec<Vec<&Element>> = vec![top.iter().collect()];
    let mut is_top = true;
    for step in steps {
        groups = match step {
            Step::Name(name) => {
                let parents = groups.into_iter().flatten();
                if is_top {
                    vec![parents.filter(|element| element.name == *name).collect()]
                } else {
                    parents
                        .map(|parent| parent.children.iter().filter(|child| child.name == *name).collect())
                        .collect()
                }
            }
            Step::All => groups,
            Step::At(place) => groups
                .into_iter()
                .map(|group| group.into_iter().skip(place.wrapping_sub(1)).take(1).collect())
                .collect(),
            Step::Attribute(_) => Vec::new(),
        };
        is_top = false;
    }
    let found = groups.into_iter().flatten();
    match attribute {
        Some(name) => found
            .flat_map(|element| element.attributes.iter().filter(|(key, _)| key == name))
            .map(|(_, value)| value.clone())
            .collect(),
        None => {
            found.filter(|element| !element.text.is_empty()).map(|element| element.text.clone()).collect()
        }
    }
}

/// Every text and attribute, under its path.
pub(super) fn fields(top: &[Element], each: Each<'_>) {
    below(top, &mut String::new(), each);
}

// Recursion is bounded: documents are at most 128 levels deep.
fn below(elements: &[Element], path: &mut String, each: Each<'_>) {
    let length = path.len();
    for element in elements {
        if length > 0 {
            path.push('.');
        }
        path.push_str(&element.name);
        for (key, value) in &element.attributes {
            each(Cow::Owned(format!("{path}{{@{key}}}")), Cow::Borrowed(value));
        }
        if !element.text.is_empty() {
            each(Cow::Borrowed(path), Cow::Borrowed(&element.text));
        }
        below(&element.children, path, each);
        path.truncate(length);
    }
}
