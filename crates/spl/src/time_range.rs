//! `earliest=` and `latest=` in a search: they bound the time of all its events, so they leave the predicate.

use crate::code;
use crate::diagnostic::Diagnostic;
use crate::tree::{CompareOp, Search, SearchKind, SearchValue, TimeRange};

/// Time modifiers of Splunk that are not honoured here.
const UNSUPPORTED: [&str; 23] = [
    "_index_earliest",
    "_index_latest",
    "daysago",
    "enddaysago",
    "endhoursago",
    "endminutesago",
    "endmonthsago",
    "endtime",
    "endtimeu",
    "hoursago",
    "minutesago",
    "monthsago",
    "searchtimespandays",
    "searchtimespanhours",
    "searchtimespanminutes",
    "searchtimespanmonths",
    "startdaysago",
    "starthoursago",
    "startminutesago",
    "startmonthsago",
    "starttime",
    "starttimeu",
    "timeformat",
];

/// Modifiers that name tags and searches of a server.
const ON_SERVER: [&str; 4] = ["eventtypetag", "hosttag", "savedsearch", "savedsplunk"];

/// The predicate without its time modifiers, and the modifiers.
pub(crate) fn split(search: &Search) -> Result<(Search, TimeRange), Vec<Diagnostic>> {
    let mut range = TimeRange::default();
    let rest = take(search, &mut range);
    let mut errors = Vec::new();
    let rest = rest.unwrap_or(Search { kind: SearchKind::All, span: search.span });
    refuse(&rest, &mut errors);
    if errors.is_empty() { Ok((rest, range)) } else { Err(errors) }
}

/// Takes modifiers out of a conjunction; `None` if nothing else was in it.
fn take(search: &Search, range: &mut TimeRange) -> Option<Search> {
    let kind = match &search.kind {
        SearchKind::And(parts) => {
            let mut parts: Vec<_> = parts.iter().filter_map(|part| take(part, range)).collect();
            match parts.len() {
                0 => return None,
                1 => return parts.pop(),
                _ => SearchKind::And(parts),
            }
        }
        SearchKind::Group(inner) => SearchKind::Group(Box::new(take(inner, range)?)),
        SearchKind::Compare(field, CompareOp::Equal, value) if set(field, value, range) => return None,
        kind => kind.clone(),
    };
    Some(Search { kind, span: search.span })
}

/// Whether the comparison was a time modifier; the last one counts.
fn set(field: &str, value: &SearchValue, range: &mut TimeRange) -> bool {
    match field {
        "earliest" => range.earliest = Some(value.text.clone()),
        "latest" => range.latest = Some(value.text.clone()),
        _ => return false,
    }
    true
}

/// Errors for modifiers that stand where they cannot bound all events.
fn refuse(search: &Search, errors: &mut Vec<Diagnostic>) {
    match &search.kind {
        SearchKind::And(parts) | SearchKind::Or(parts) => parts.iter().for_each(|part| refuse(part, errors)),
        SearchKind::Not(inner) | SearchKind::Group(inner) => refuse(inner, errors),
        SearchKind::Compare(field, ..) if matches!(field.as_str(), "earliest" | "latest") => {
            let message = format!("`{field}` bounds the whole search, not one side of OR or NOT");
            errors.push(
                Diagnostic::error(code::BAD_OPTION, search.span, message)
                    .with_label("not for all events")
                    .with_help(format!("compare `_time` here, or move `{field}=…` out")),
            );
        }
        SearchKind::Compare(field, ..) if UNSUPPORTED.contains(&field.as_str()) => errors.push(
            Diagnostic::error(code::UNKNOWN_OPTION, search.span, format!("`{field}` is not honoured here"))
                .with_label("a time modifier of Splunk")
                .with_help("use `earliest=` and `latest=`"),
        ),
        SearchKind::Compare(field, ..) if ON_SERVER.contains(&field.as_str()) => errors.push(
            Diagnostic::error(code::UNKNOWN_OPTION, search.span, format!("`{field}` is not honoured here"))
                .with_label("names what a Splunk server keeps")
                .with_help("write its search here, as a macro for example"),
        ),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modifiers_leave_conjunctions_at_any_depth() {
        let (search, range) = crate::parse_search("a=1 (earliest=-24h@h AND latest=\"now\") b=2").unwrap();
        assert_eq!(crate::printer::search::search(&search), "a=1 b=2");
        assert_eq!((range.earliest.as_deref(), range.latest.as_deref()), (Some("-24h@h"), Some("now")));
        assert_eq!(crate::parse_search("earliest=0").unwrap().0.kind, SearchKind::All);
    }

    #[test]
    fn modifiers_elsewhere_are_errors() {
        assert_eq!(crate::parse_search("a OR earliest=-1h").unwrap_err()[0].code, code::BAD_OPTION);
        for modifier in ["_index_earliest=-1h", "starttimeu=1", "NOT hosttag=web"] {
            assert_eq!(crate::parse_search(modifier).unwrap_err()[0].code, code::UNKNOWN_OPTION);
        }
    }
}
