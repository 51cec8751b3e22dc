//! `EXTRACT-` and `REPORT-` of `props.conf`, with the `transforms.conf` stanzas that the latter name: which fields
//! they find, and in which field's text.

use std::collections::BTreeMap;

use sluice_events::field;
use sluice_spl::tree::Expr;

use super::props::{call, named, text};
use crate::conf::{self, Stanzas};
use crate::lower::capture::{EXTRACT, EXTRACT_ALL, PAIR, PAIRS};
use crate::pattern;

/// One way to find fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extraction {
    /// The field whose text is searched.
    pub(super) source: String,
    regex: String,
    finds: Finds,
    /// Further values of a field are added to those it has.
    pub(super) adds: bool,
}

/// What the groups of a match are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Finds {
    /// Fields by name, each from a group: a name or a number.
    Fields(Vec<(String, String)>),
    /// The groups of names and of values.
    Pairs(String, String),
}

impl Extraction {
    /// `EXTRACT-class = regex` or `regex in field`.
    pub(super) fn inline(written: &str) -> Result<Self, String> {
        let (regex, source) = match written.rsplit_once(" in ") {
            Some((regex, source)) if is_name(source.trim()) => (regex.trim_end(), source.trim()),
            _ => (written, field::RAW),
        };
        // Where Splunk adds these, too.
        let regex = format!("(?ms){regex}");
        let finds = Finds::Fields(named_groups(&regex)?);
        Ok(Self { source: source.to_owned(), regex, finds, adds: false })
    }

    /// `REPORT-class = transform, transform`: those that may find a field. As in Splunk a transform that is not
    /// there finds nothing: add-ons name those of other add-ons.
    pub(super) fn reported(name: &str, written: &str, transforms: &Stanzas) -> Result<Vec<Self>, String> {
        let mut found = Vec::new();
        for transform in written.split(',').map(str::trim) {
            let Some(settings) = transforms.get(transform) else { continue };
            // Only those that matter are compiled.
            if may_find(settings, name) {
                found.push(
                    Self::transform(settings).map_err(|why| format!("transform `{transform}`: {why}"))?,
                );
            }
        }
        Ok(found)
    }

    fn transform(settings: &BTreeMap<String, String>) -> Result<Self, String> {
        let get = |key: &str| settings.get(key).map(String::as_str);
        let source = get("SOURCE_KEY").map_or(field::RAW, |key| {
            let key = key.trim();
            key.strip_prefix("field:").or_else(|| key.strip_prefix("fields:")).unwrap_or(key)
        });
        let (regex, finds) = match (get("REGEX"), get("DELIMS")) {
            (Some(regex), _) => by_regex(regex, get("FORMAT"))?,
            (None, Some(delims)) => by_delimiters(delims, get("FIELDS"))?,
            (None, None) => return Err("neither REGEX nor DELIMS".to_owned()),
        };
        let adds = get("MV_ADD").is_some_and(conf::is_true);
        let source = if source == "_raw" { field::RAW } else { source };
        Ok(Self { source: source.to_owned(), regex, finds, adds })
    }

    /// Whether it looks in the event's text for whatever has a name there.
    pub(super) fn is_by_name(&self) -> bool {
        self.source == field::RAW && matches!(self.finds, Finds::Pairs(..))
    }

    /// The field's value in an event, if this may find it.
    pub(super) fn value(&self, name: &str) -> Option<Expr> {
        let args = vec![named(&self.source), text(&self.regex)];
        match &self.finds {
            Finds::Fields(fields) => {
                let (_, group) = fields.iter().find(|(field, _)| field == name)?;
                let how = if self.adds { EXTRACT_ALL } else { EXTRACT };
                Some(call(how, [args, vec![text(group)]].concat()))
            }
            Finds::Pairs(key, value) => {
                let how = if self.adds { PAIRS } else { PAIR };
                Some(call(how, [args, vec![text(key), text(value), text(name)]].concat()))
            }
        }
    }
}

/// Whether a field's name stands in a transform's settings, or it finds any.
fn may_find(settings: &BTreeMap<String, String>, name: &str) -> bool {
    let get = |key: &str| settings.get(key).map_or("", String::as_str);
    let any = get("FORMAT").trim_start().starts_with('$')
        || get("REGEX").contains("_KEY_")
        || !get("DELIMS").is_empty() && get("FIELDS").is_empty();
    any || ["REGEX", "FORMAT", "FIELDS"].iter().any(|key| get(key).contains(name))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Fields by the names of groups.
fn named_groups(regex: &str) -> Result<Vec<(String, String)>, String> {
    let pattern = pattern::compile(regex).map_err(|why| format!("`{regex}` does not compile: {why}"))?;
    let mut names: Vec<_> = pattern.names().map(|(_, name)| (name.to_owned(), name.to_owned())).collect();
    names.dedup();
    if names.is_empty() { Err(format!("`{regex}` has no named group")) } else { Ok(names) }
}

fn by_regex(regex: &str, format: Option<&str>) -> Result<(String, Finds), String> {
    let Some(format) = format else {
        let groups = named_groups(regex)?;
        let key = groups.iter().find_map(|(name, _)| name.strip_prefix("_KEY_"));
        if let Some(number) = key {
            let finds = Finds::Pairs(format!("_KEY_{number}"), format!("_VAL_{number}"));
            return Ok((regex.to_owned(), finds));
        }
        return Ok((regex.to_owned(), Finds::Fields(groups)));
    };
    pattern::compile(regex).map_err(|why| format!("`{regex}` does not compile: {why}"))?;
    let mut fields = Vec::new();
    for part in format.split_whitespace() {
        let (name, value) = part.split_once("::").ok_or_else(|| format!("FORMAT `{format}`"))?;
        let group = |text: &str| text.trim_matches('"').strip_prefix('$').map(str::to_owned);
        let value = group(value)
            .filter(|number| number.parse::<usize>().is_ok())
            .ok_or_else(|| format!("FORMAT `{part}`: expected `$` and a group's number after `::`"))?;
        match group(name) {
            Some(key) => return Ok((regex.to_owned(), Finds::Pairs(key, value))),
            None => fields.push((name.trim_matches('"').to_owned(), value)),
        }
    }
    Ok((regex.to_owned(), Finds::Fields(fields)))
}

/// `DELIMS = ","` with `FIELDS`: values by their place. `DELIMS = ",", "="`: names and values.
fn by_delimiters(delims: &str, fields: Option<&str>) -> Result<(String, Finds), String> {
    let delims = quoted_list(delims);
    match (delims.as_slice(), fields) {
        ([pairs, values], None) => {
            let (pairs, values) = (class(pairs), class(values));
            let regex = format!(
                r#"(?J)(?:^|[{pairs}])\s*(?<k>[^{pairs}{values}]+?)\s*[{values}]\s*(?:"(?<v>[^"]*)"|(?<v>[^{pairs}]*))"#
            );
            Ok((regex, Finds::Pairs("k".to_owned(), "v".to_owned())))
        }
        ([values], Some(fields)) => {
            let class = class(values);
            let cell = format!(r#"(?:"([^"]*)"|([^{class}]*))"#);
            let names = quoted_list(fields);
            let cells = vec![cell; names.len()].join(&format!(")?(?:[{class}]"));
            let regex = format!("^(?:{cells})?");
            // Each cell has two groups: with quotes, and without.
            let group = |at: usize| format!("{}|{}", 2 * at + 1, 2 * at + 2);
            let fields = names.into_iter().enumerate().map(|(at, name)| (name, group(at))).collect();
            Ok((regex, Finds::Fields(fields)))
        }
        _ => Err("DELIMS expects one list of characters with FIELDS, or two without".to_owned()),
    }
}

/// `"a", "b", c`: what is in quotes, or the bare words.
fn quoted_list(list: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut item = String::new();
    let (mut quoted, mut was_quoted, mut chars) = (false, false, list.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                quoted = !quoted;
                was_quoted = true;
            }
            '\\' if quoted => match chars.next() {
                Some('t') => item.push('\t'),
                Some('n') => item.push('\n'),
                other => item.extend(other),
            },
            ',' if !quoted => {
                finish(&mut items, &mut item, &mut was_quoted);
            }
            c if c.is_whitespace() && !quoted => {}
            c => item.push(c),
        }
    }
    finish(&mut items, &mut item, &mut was_quoted);
    items
}

fn finish(items: &mut Vec<String>, item: &mut String, was_quoted: &mut bool) {
    if !item.is_empty() || *was_quoted {
        items.push(std::mem::take(item));
    }
    *was_quoted = false;
}

/// The characters as the inside of a regular expression's class.
fn class(delimiters: &str) -> String {
    delimiters.chars().map(|c| if c.is_alphanumeric() { c.to_string() } else { format!("\\{c}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf;

    fn transform(settings: &str) -> Result<Extraction, String> {
        let mut stanzas = Stanzas::new();
        conf::merge(&format!("[t]\n{settings}"), &mut stanzas);
        Extraction::transform(&stanzas["t"])
    }

    #[test]
    fn an_inline_extraction_may_name_its_field() {
        let found = Extraction::inline(r"(?<a>\d+) in Image").unwrap();
        assert_eq!((found.source.as_str(), found.regex.as_str()), ("Image", r"(?ms)(?<a>\d+)"));
        let found = Extraction::inline(r"made (?<a>\d+) [i]n time").unwrap();
        assert_eq!(found.source, field::RAW);
        assert!(Extraction::inline(r"\d+").is_err());
        assert!(Extraction::inline(r"(?<a>").is_err());
    }

    #[test]
    fn transforms_name_fields_in_several_ways() {
        let fields = |settings: &str| transform(settings).unwrap().finds;
        let named = |pairs: &[(&str, &str)]| {
            Finds::Fields(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
        };
        assert_eq!(fields("REGEX = (?<a>x)\n"), named(&[("a", "a")]));
        assert_eq!(fields("REGEX = (x)(y)\nFORMAT = a::$1 b::$2\n"), named(&[("a", "1"), ("b", "2")]));
        assert_eq!(fields("REGEX = (x)(y)\nFORMAT = $1::$2\n"), Finds::Pairs("1".into(), "2".into()));
        assert_eq!(fields("DELIMS = \",\"\nFIELDS = a, \"b\"\n"), named(&[("a", "1|2"), ("b", "3|4")]));
        assert!(transform("DELIMS = \",\"\n").is_err());
        assert!(transform("FORMAT = a::$1\n").is_err());
        assert!(transform("REGEX = (x)\nFORMAT = a::b$1\n").is_err());
    }
}
