//! `from`: the rows of a dataset, a lookup or a saved search.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::dataset;
use crate::ops::{Dataset, DatasetName, Name, Op, OtherFields, ReadLookup};
use crate::printer::name::value;
use crate::tree::TimeRange;

/// For `sluice help from`.
pub(crate) const DOC: Doc = Doc {
    name: "from",
    aliases: &[],
    summary: "Reads a data model's dataset, a lookup or a saved search.",
    syntax: "from datamodel:<model>[.<dataset>] | lookup:<lookup> | savedsearch:<name>",
    example: "| from datamodel:Endpoint.Processes | search process_name=net.exe",
    hints: &[],
    differs: &[("savedsearch:", "saved searches are those of the app folders that `--app` names")],
};

/// A lookup is read whole.
const ALL_ROWS: u64 = 1_000_000_000;

/// The argument of `from`.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    /// `datamodel:M.D`
    Dataset(DatasetName),
    /// `lookup:x`
    Lookup(Name),
    /// `savedsearch:x`
    SavedSearch(Name),
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    const KINDS: &str = "`datamodel:`, `lookup:` or `savedsearch:`";
    cursor.skip_space();
    let place = cursor.place();
    let kind = cursor.take_until(|c| !c.is_ascii_alphabetic()).to_ascii_lowercase();
    cursor.eat_after_space(':');
    let from = match kind.as_str() {
        "datamodel" => From::Dataset(dataset::name(cursor)?),
        "lookup" | "inputlookup" => From::Lookup(dataset::text(cursor, "a lookup")?),
        "savedsearch" => From::SavedSearch(dataset::text(cursor, "a saved search")?),
        _ => {
            cursor.back_to(place);
            return Err(cursor.expected(KINDS).with_help("for example `from datamodel:Endpoint.Processes`"));
        }
    };
    Ok(Command::From(from))
}

/// What it means.
pub(crate) fn op(from: &From) -> Op {
    match from {
        From::Dataset(name) => Op::Dataset(Dataset {
            name: name.clone(),
            node: None,
            time: TimeRange::default(),
            prefixed: false,
            others: OtherFields::All,
        }),
        From::Lookup(name) => Op::ReadLookup(ReadLookup {
            name: name.clone(),
            predicate: None,
            append: false,
            start: 0,
            max: ALL_ROWS,
        }),
        From::SavedSearch(name) => Op::SavedSearch(name.clone()),
    }
}

/// The arguments as text.
pub(crate) fn print(from: &From) -> String {
    match from {
        From::Dataset(name) => format!("datamodel:{}", dataset::print(name)),
        From::Lookup(name) => format!("lookup:{}", value(&name.text)),
        From::SavedSearch(name) => format!("savedsearch:{}", value(&name.text)),
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn a_colon_or_a_space_may_stand_between() {
        prints("from datamodel:\"Web\".\"Web\"", "from datamodel:Web.Web");
        prints("from datamodel Web.Web", "from datamodel:Web.Web");
        prints("from inputlookup:assets.csv", "from lookup:assets.csv");
        prints("from savedsearch:\"My search\"", "from savedsearch:\"My search\"");
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("from", "expected `datamodel:`, `lookup:` or `savedsearch:`, found end of query");
        fails("from index:main", "expected `datamodel:`, `lookup:` or `savedsearch:`, found `index`");
        fails("from lookup:", "expected a lookup, found end of query");
    }
}
