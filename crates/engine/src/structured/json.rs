//! Values of a JSON document by path, and changes to it.

use std::borrow::Cow;

use sluice_events::format::json::tree::Json;

use super::Each;
use super::path::{Path, Step};

/// The values at a path, in order.
pub(crate) fn select<'a>(json: &'a Json, path: &Path) -> Vec<&'a Json> {
    let mut found = vec![json];
    for step in &path.steps {
        found = found.into_iter().flat_map(|json| inside(json, step)).collect();
    }
    found
}

fn inside<'a>(json: &'a Json, step: &Step) -> Vec<&'a Json> {
    match (json, step) {
        (Json::Object(members), Step::Name(name)) => {
            members.iter().filter(|(key, _)| key == name).map(|(_, value)| value).collect()
        }
        (Json::Array(values), Step::All) => values.iter().collect(),
        // Splunk's detections read `requestParameters{}.name` of objects, too.
        (Json::Object(_), Step::All) => vec![json],
        (Json::Array(values), Step::At(place)) => values.get(*place).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Every value that holds no others, under its path. Null is no value.
pub(crate) fn fields(json: &Json, each: Each<'_>) {
    below(json, &mut String::new(), each);
}

// Recursion is bounded: documents are at most 128 levels deep.
fn below(json: &Json, path: &mut String, each: Each<'_>) {
    let length = path.len();
    match json {
        Json::Object(members) => {
            for (key, value) in members {
                if length > 0 {
                    path.push('.');
                }
                path.push_str(key);
                below(value, path, each);
                path.truncate(length);
            }
        }
        Json::Array(values) => {
            path.push_str("{}");
            values.iter().for_each(|value| below(value, path, each));
            path.truncate(length);
        }
        single if length > 0 => {
            if let Some(text) = single.text() {
                each(Cow::Borrowed(path), Cow::Owned(text));
            }
        }
        _ => {}
    }
}

/// What is done to a value that a path leads to.
pub(crate) type Change<'a> = &'a mut dyn FnMut(&mut Json);

/// Changes the values at a path that are there.
pub(crate) fn change(json: &mut Json, path: &Path, change: Change<'_>) {
    at(json, &path.steps, false, change);
}

/// Sets the value at a path. Keys that are missing on the way are made; where the document has something else
/// than the path says, nothing happens.
pub(crate) fn set(json: &mut Json, path: &Path, value: &Json) {
    at(json, &path.steps, true, &mut |place| place.clone_from(value));
}

fn at(json: &mut Json, steps: &[Step], makes: bool, change: Change<'_>) {
    let Some((step, rest)) = steps.split_first() else { return change(json) };
    match (json, step) {
        (Json::Object(members), Step::Name(name)) => {
            if let Some((_, value)) = members.iter_mut().find(|(key, _)| key == name) {
                return at(value, rest, makes, change);
            }
            // Only names can be made: an index says that there is something already.
            if makes && rest.iter().all(|step| matches!(step, Step::Name(_))) {
                let mut value = if rest.is_empty() { Json::Null } else { Json::Object(Vec::new()) };
                at(&mut value, rest, makes, change);
                members.push((name.clone(), value));
            }
        }
        (Json::Array(values), Step::All) => {
            values.iter_mut().for_each(|value| at(value, rest, makes, change));
        }
        (Json::Array(values), Step::At(place)) => {
            if let Some(value) = values.get_mut(*place) {
                at(value, rest, makes, change);
            }
        }
        _ => {}
    }
}

/// Removes a member by a path of names.
pub(crate) fn delete(json: &mut Json, path: &Path) {
    let Some((Step::Name(last), parents)) = path.steps.split_last() else { return };
    at(json, parents, false, &mut |parent| {
        if let Json::Object(members) = parent {
            members.retain(|(key, _)| key != last);
        }
    });
}
