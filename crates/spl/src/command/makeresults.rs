//! `makeresults`: rows made from nothing.

use super::{Command, Doc, values_data};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::Values;
use crate::printer::name::quote;

/// For `sluice help makeresults`.
pub(crate) const DOC: Doc = Doc {
    name: "makeresults",
    aliases: &[],
    summary: "Makes rows from nothing, or from CSV or JSON written in the query.",
    syntax: "makeresults [count=<n>] [annotate=<bool>] | makeresults format=csv|json data=\"…\"",
    example: "| makeresults count=3 | eval x=1",
    hints: &["splunk_server", "splunk_server_group"],
    differs: &[("more than 50,000,000 rows", "are an error")],
};

const OPTIONS: [&str; 6] = ["annotate", "count", "data", "format", "splunk_server", "splunk_server_group"];

/// Rows that are made at most: each is held in memory.
const MAX_ROWS: u64 = 50_000_000;

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut values = Values { count: 1, annotate: false, data: None };
    let (mut format, mut data) = (None, None);
    while let Some(option) = cursor.option()? {
        match option.name.text.as_str() {
            "count" => values.count = count(&option)?,
            "annotate" => values.annotate = option.boolean()?,
            "format" => format = Some(option),
            "data" => data = Some(option),
            name if DOC.hints.contains(&name) => {}
            _ => return Err(option.unknown("makeresults", &OPTIONS)),
        }
    }
    values.data = match (format, data) {
        (Some(format), Some(data)) => Some(read(&format, &data)?),
        (Some(alone), None) | (None, Some(alone)) => return Err(alone.bad("both `format` and `data`")),
        (None, None) => None,
    };
    Ok(Command::MakeResults(values))
}

/// How many rows. Nobody means more, and they would not fit into memory.
fn count(option: &OptionArg) -> Parse<u64> {
    let count = option.integer()?;
    if count > MAX_ROWS { Err(option.bad(&format!("at most {MAX_ROWS}"))) } else { Ok(count) }
}

fn read(format: &OptionArg, data: &OptionArg) -> Parse<crate::ops::ValuesData> {
    let text = &data.value.text;
    match format.value.text.to_ascii_lowercase().as_str() {
        "csv" => values_data::csv(text).ok_or_else(|| data.bad("CSV with a header line")),
        "json" => values_data::json(text).ok_or_else(|| data.bad("a JSON array of objects")),
        _ => Err(format.bad("`csv` or `json`")),
    }
}

/// The arguments as text.
pub(crate) fn print(values: &Values) -> String {
    let mut out = if values.count == 1 { String::new() } else { format!("count={} ", values.count) };
    if values.annotate {
        out += "annotate=true ";
    }
    if let Some(data) = &values.data {
        out += &format!("format=json data={}", quote(&values_data::to_json(data)));
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn rows_are_empty_or_written_out() {
        prints("makeresults", "makeresults");
        prints("makeresults count=50000000", "makeresults count=50000000");
        fails("makeresults count=50000001", "`count` expected at most 50000000, found `50000001`");
        prints(
            "makeresults format=csv data=\"a,b\n,1\n2,\"",
            r#"makeresults format=json data="[{\"a\":null,\"b\":\"1\"},{\"a\":\"2\"}]""#,
        );
        prints("makeresults count=3 annotate=t", "makeresults count=3 annotate=true");
        prints(
            "makeresults format=csv data=\"a,b\n1,x y\n2,\"",
            r#"makeresults format=json data="[{\"a\":\"1\",\"b\":\"x y\"},{\"a\":\"2\"}]""#,
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("makeresults cuont=3", "`makeresults` has no option `cuont`");
        fails("makeresults format=xml data=\"\"", "`format` expected `csv` or `json`, found `xml`");
        fails("makeresults format=json data=\"{\"", "`data` expected a JSON array of objects, found `{`");
    }
}
