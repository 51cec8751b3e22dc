//! What search-time extractions find in a field's text: functions that no query can name.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use datafusion::logical_expr::Expr;

use crate::kernel::{self, Arg, Context};
use crate::pattern::{self, Captures, Last, Pattern};
use crate::structured::{self, KvMode};
use crate::value::{self, is_multivalue};

/// `(TEXT, REGEX, GROUP)`: the group of the first match. A group is a name, a number, or numbers of which one took
/// part: `1|2`.
pub(crate) const EXTRACT: &str = "\0extract";
/// `(TEXT, REGEX, GROUP)`: the group of every match.
pub(crate) const EXTRACT_ALL: &str = "\0extract_all";
/// `(TEXT, REGEX, NAMES, VALUES, FIELD)`: the value of the first match whose group of names is the field's name.
pub(crate) const PAIR: &str = "\0pair";
/// The same of every such match.
pub(crate) const PAIRS: &str = "\0pairs";

/// `(TEXT, MODE, FIELD)`: the field's values, taken from the text as `KV_MODE` says: `auto`, `json` or `xml`.
pub(crate) const KEYS: &str = "\0keys";

/// `(VALUE, …)`: the first that there is. `coalesce` computes each up to twice, so that one within another doubles
/// the work; this computes each once.
pub(crate) const FIRST: &str = "\0first";

/// Results that are remembered within a batch.
const REMEMBERED: usize = 512;

/// The call of one of them, whose arguments have these types; `None` if it is none.
pub(crate) fn call(name: &str, args: Vec<Expr>, types: &[DataType], context: &Context) -> Option<Expr> {
    match name {
        FIRST if types.iter().any(is_multivalue) => {
            Some(kernel::call("first_values", value::multivalue(), context, first_values, args))
        }
        FIRST => Some(kernel::call("first_text", value::TEXT, context, first_text, args)),
        EXTRACT => Some(kernel::call("extract", value::TEXT, context, extract, args)),
        EXTRACT_ALL => Some(kernel::call("extract_all", value::multivalue(), context, extract_all, args)),
        PAIR => Some(kernel::call("pair", value::TEXT, context, pair, args)),
        KEYS => Some(kernel::call("keys", value::multivalue(), context, keys, args)),
        PAIRS => Some(kernel::call("pairs", value::multivalue(), context, pairs, args)),
        _ => None,
    }
}

fn first_text(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(kernel::texts(rows, |row| args.iter().find_map(|arg| arg.text(row))))
}

fn first_values(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let first = |row| args.iter().map(|arg| arg.cell(row).texts()).find(|texts| !texts.is_empty());
    Ok(kernel::lists(rows, |row| first(row).unwrap_or_default()))
}

/// A regular expression and the group of it that is a field's value.
pub(crate) struct Group {
    pattern: Arc<Pattern>,
    numbers: Vec<usize>,
    /// The group is that before or behind the last separator.
    last: Option<Last>,
}

impl Group {
    /// # Errors
    /// When the regular expression does not compile.
    pub(crate) fn new(regex: &str, group: &str) -> Result<Self, String> {
        let pattern = pattern::compile(regex)?;
        let named: Vec<usize> =
            pattern.names().filter(|(_, name)| *name == group).map(|(number, _)| number).collect();
        let numbers = match named.is_empty() {
            true => group.split('|').filter_map(|number| number.parse().ok()).collect(),
            false => named,
        };
        let last = pattern.linear().filter(|_| numbers == [1]).and_then(Last::of);
        Ok(Self { pattern, numbers, last })
    }

    /// What it finds first; an empty text is nothing.
    ///
    /// # Errors
    /// When the search takes too long.
    pub(crate) fn find<'t>(&self, text: &'t str) -> Result<Option<&'t str>, pattern::LimitHit> {
        Ok(self.first(text)?.filter(|text| !text.is_empty()))
    }

    /// The same, where an empty text is a value.
    pub(crate) fn first<'t>(&self, text: &'t str) -> Result<Option<&'t str>, pattern::LimitHit> {
        if let Some(range) = self.last.as_ref().and_then(|last| last.find(text)) {
            return Ok(range.and_then(|range| text.get(range)));
        }
        let found = self.pattern.captures(text, 0)?;
        let range = found.and_then(|captures| self.numbers.iter().find_map(|&number| captures.get(number)));
        Ok(range.and_then(|range| text.get(range)))
    }

    fn of<'t>(&self, captures: &Captures, text: &'t str) -> Option<&'t str> {
        let range = self.numbers.iter().find_map(|&number| captures.get(number))?;
        text.get(range).filter(|text| !text.is_empty())
    }
}

fn group(regex: &Arg, group: &Arg) -> DataFusionResult<Group> {
    let (regex, group) = (regex.text(0).unwrap_or_default(), group.text(0).unwrap_or_default());
    Group::new(&regex, &group).map_err(DataFusionError::Execution)
}

fn gave_up(hit: pattern::LimitHit) -> DataFusionError {
    DataFusionError::Execution(hit.to_string())
}

/// Images and users repeat themselves: results of short texts are remembered within a batch.
fn extract(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text, regex, wanted] = args else { return Ok(kernel::nulls(&value::TEXT, rows)) };
    let group = group(regex, wanted)?;
    let mut known: HashMap<String, Option<String>> = HashMap::new();
    let mut found = Vec::with_capacity(rows);
    for row in 0..rows {
        let mut value = None;
        for text in text.cell(row).texts() {
            if let Some(known) = known.get(text.as_ref()) {
                value.clone_from(known);
            } else {
                value = group.find(&text).map_err(gave_up)?.map(str::to_owned);
                if known.len() < REMEMBERED && text.len() <= REMEMBERED {
                    known.insert(text.into_owned(), value.clone());
                }
            }
            if value.is_some() {
                break;
            }
        }
        found.push(value);
    }
    Ok(kernel::texts(rows, |row| found.get(row)?.as_deref().map(Cow::Borrowed)))
}

fn extract_all(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text, regex, wanted] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    let group = group(regex, wanted)?;
    let found = matches(text, &group.pattern, rows, usize::MAX, |captures, text| {
        group.of(captures, text).map(str::to_owned)
    })?;
    Ok(lists(&found))
}

fn pair(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let found = values_of(args, rows, 1)?;
    Ok(kernel::texts(rows, |row| Some(Cow::Borrowed(found.get(row)?.first()?.as_str()))))
}

fn pairs(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(lists(&values_of(args, rows, usize::MAX)?))
}

fn keys(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text, mode, field] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    let mode = match mode.text(0).unwrap_or_default().as_ref() {
        "auto" => KvMode::Auto,
        "json" => KvMode::Json,
        "xml" => KvMode::Xml,
        _ => KvMode::None,
    };
    let field = field.text(0).unwrap_or_default().into_owned();
    let mut found = vec![Vec::new(); rows];
    for (row, values) in found.iter_mut().enumerate() {
        for text in text.cell(row).texts() {
            structured::extracted(&text, mode, &mut |name, value| {
                if name == field {
                    values.push(value.into_owned());
                }
            });
        }
    }
    Ok(lists(&found))
}

/// At most `most` values a row of the field that is the last argument.
fn values_of(args: &[Arg], rows: usize, most: usize) -> DataFusionResult<Vec<Vec<String>>> {
    let [text, regex, names, values, field] = args else { return Ok(vec![Vec::new(); rows]) };
    let (names, values) = (group(regex, names)?, group(regex, values)?);
    let field = field.text(0).unwrap_or_default().into_owned();
    matches(text, &names.pattern, rows, most, |captures, text| {
        let name = names.of(captures, text)?;
        (clean(name) == field).then(|| values.of(captures, text).map(str::to_owned))?
    })
}

/// What the matches in each row give, at most `most` of it.
fn matches(
    text: &Arg,
    pattern: &Pattern,
    rows: usize,
    most: usize,
    value: impl Fn(&Captures, &str) -> Option<String>,
) -> DataFusionResult<Vec<Vec<String>>> {
    let mut found = Vec::with_capacity(rows);
    for row in 0..rows {
        let mut values = Vec::new();
        for text in text.cell(row).texts() {
            let mut matches = pattern.matches(&text);
            while values.len() < most
                && let Some(captures) = matches.next()
            {
                values.extend(value(&captures.map_err(gave_up)?, &text));
            }
        }
        found.push(values);
    }
    Ok(found)
}

fn lists(found: &[Vec<String>]) -> ArrayRef {
    kernel::lists(found.len(), |row| {
        found.get(row).into_iter().flatten().map(|text| Cow::Borrowed(text.as_str())).collect()
    })
}

/// A name as Splunk cleans it (`CLEAN_KEYS` of transforms.conf): what is no letter or digit becomes `_`, and leading
/// digits and underscores go.
fn clean(name: &str) -> Cow<'_, str> {
    let name = name.trim_start_matches(|c: char| c == '_' || c.is_ascii_digit());
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Cow::Borrowed(name);
    }
    let cleaned: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    Cow::Owned(cleaned.trim_start_matches('_').to_owned())
}
