//! `datamodel`: events of a data model's dataset, or data models themselves as JSON.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::dataset;
use crate::diagnostic::Diagnostic;
use crate::ops::{Dataset, DatasetName, DescribeModel, Name, Op, OtherFields};
use crate::printer::name::value;
use crate::tree::TimeRange;

/// For `sluice help datamodel`.
pub(crate) const DOC: Doc = Doc {
    name: "datamodel",
    aliases: &[],
    summary: "Finds the events of a data model's dataset, or shows data models as JSON.",
    syntax: "datamodel [<model> [<dataset> [search|flat|acceleration_search]]] [strict_fields=<bool>]",
    example: "| datamodel Endpoint Processes search | search Processes.process_name=net.exe",
    hints: &["allow_old_summaries", "summariesonly"],
    differs: &[
        ("acceleration_search", "gives what `search` gives, without the fields of Splunk's summaries"),
        ("search_string, flat_string, acceleration_search_string", "an error: they show Splunk's own search"),
    ],
};

const OPTIONS: [&str; 3] = ["allow_old_summaries", "strict_fields", "summariesonly"];

/// The arguments of `datamodel`.
#[derive(Debug, Clone, PartialEq)]
pub struct DataModel {
    /// The data model; none: all of them.
    pub model: Option<Name>,
    /// A dataset of it.
    pub dataset: Option<Name>,
    /// What is wanted of it.
    pub mode: Mode,
    /// `strict_fields=`: no fields besides those of the dataset.
    pub strict: bool,
}

/// What `datamodel` gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Its definition.
    Describe,
    /// Events, fields with their dataset's name before theirs.
    Search,
    /// Events.
    Flat,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut model = DataModel { model: None, dataset: None, mode: Mode::Describe, strict: true };
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            set(&mut model, &option)?;
        } else if model.model.is_none() {
            model.model = Some(dataset::text(cursor, "a data model")?);
        } else if model.dataset.is_none() {
            model.dataset = Some(dataset::text(cursor, "a dataset")?);
        } else if model.mode == Mode::Describe {
            model.mode = mode(cursor)?;
        } else {
            break;
        }
    }
    Ok(Command::DataModel(model))
}

fn set(model: &mut DataModel, option: &OptionArg) -> Parse<()> {
    match option.name.text.as_str() {
        "strict_fields" => model.strict = option.boolean()?,
        name if DOC.hints.contains(&name) => {}
        _ => return Err(option.unknown("datamodel", &OPTIONS)),
    }
    Ok(())
}

fn mode(cursor: &mut Cursor<'_>) -> Parse<Mode> {
    const EXPECTED: &str = "`search` or `flat`";
    let place = cursor.place();
    let Some(word) = cursor.word() else { return Err(cursor.expected(EXPECTED)) };
    match word.text.to_ascii_lowercase().as_str() {
        "search" | "acceleration_search" => Ok(Mode::Search),
        "flat" => Ok(Mode::Flat),
        "search_string" | "flat_string" | "acceleration_search_string" => {
            Err(Diagnostic::error(code::BAD_OPTION, word.span, format!("`{}` is not run here", word.text))
                .with_label("Splunk's own search as text")
                .with_help("`search` and `flat` give the events"))
        }
        _ => {
            cursor.back_to(place);
            Err(cursor.expected(EXPECTED))
        }
    }
}

/// What it means.
pub(crate) fn op(model: &DataModel) -> Op {
    let prefixed = match (model.mode, &model.model, &model.dataset) {
        (Mode::Search, Some(name), Some(dataset)) => Some((name, dataset, true)),
        (Mode::Flat, Some(name), Some(dataset)) => Some((name, dataset, false)),
        _ => None,
    };
    let Some((name, dataset, prefixed)) = prefixed else {
        return Op::DescribeModel(DescribeModel {
            model: model.model.clone(),
            dataset: model.dataset.clone(),
        });
    };
    Op::Dataset(Dataset {
        name: DatasetName { model: name.clone(), dataset: Some(dataset.clone()) },
        node: None,
        time: TimeRange::default(),
        prefixed,
        others: if model.strict { OtherFields::Default } else { OtherFields::All },
    })
}

/// The arguments as text.
pub(crate) fn print(model: &DataModel) -> String {
    let mut parts: Vec<String> =
        [&model.model, &model.dataset].into_iter().flatten().map(|name| value(&name.text)).collect();
    match model.mode {
        Mode::Describe => {}
        Mode::Search => parts.push("search".to_owned()),
        Mode::Flat => parts.push("flat".to_owned()),
    }
    if !model.strict {
        parts.push("strict_fields=false".to_owned());
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn models_datasets_and_modes() {
        prints("datamodel", "datamodel");
        prints("datamodel \"Endpoint\"", "datamodel Endpoint");
        prints("datamodel Endpoint Processes", "datamodel Endpoint Processes");
        prints("datamodel Endpoint Processes acceleration_search", "datamodel Endpoint Processes search");
        prints(
            "datamodel Web Web flat strict_fields=f summariesonly=t",
            "datamodel Web Web flat strict_fields=false",
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("datamodel Web Web serch", "expected `search` or `flat`, found `serch`");
        fails("datamodel Web Web search_string", "`search_string` is not run here");
        fails("datamodel strict=t", "`datamodel` has no option `strict`");
    }
}
