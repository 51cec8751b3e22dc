//! `earliest=` and `latest=` in a search: beside its other terms they bound the time of all its events, so they leave
//! the predicate. Within OR each is one window of several, and becomes a comparison of `_time`.

use crate::code;
use crate::diagnostic::Diagnostic;
use crate::tree::{CompareOp, Search, SearchKind, SearchValue, TimeRange, ValueForm};

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
    let mut rest = rest.unwrap_or(Search { kind: SearchKind::All, span: search.span });
    windows(&mut rest, &mut errors);
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
        SearchKind::Compare(field, op, value) if set(field, *op, value, range) => return None,
        kind => kind.clone(),
    };
    Some(Search { kind, span: search.span })
}

/// Whether the comparison was a time modifier; the last one counts.
fn set(field: &str, op: CompareOp, value: &SearchValue, range: &mut TimeRange) -> bool {
    match bound(field, op) {
        Some(CompareOp::GreaterOrEqual) => range.earliest = Some(value.text.clone()),
        Some(_) => range.latest = Some(value.text.clone()),
        None => return false,
    }
    true
}

/// How `_time` compares with the value of a modifier: `earliest=`, `earliest>=`, `latest=`, `latest<`.
fn bound(field: &str, op: CompareOp) -> Option<CompareOp> {
    match (field, op) {
        ("earliest", CompareOp::Equal | CompareOp::GreaterOrEqual) => Some(CompareOp::GreaterOrEqual),
        ("latest", CompareOp::Equal | CompareOp::Less) => Some(CompareOp::Less),
        _ => None,
    }
}

/// Makes comparisons of the modifiers of several windows, and errors of those that bound nothing.
fn windows(search: &mut Search, errors: &mut Vec<Diagnostic>) {
    match &mut search.kind {
        SearchKind::And(parts) | SearchKind::Or(parts) => {
            parts.iter_mut().for_each(|part| windows(part, errors));
        }
        SearchKind::Group(inner) => windows(inner, errors),
        SearchKind::Compare(field, op, value) => match bound(field, *op) {
            Some(bound) => {
                value.form = ValueForm::Time;
                search.kind = SearchKind::Compare("_time".to_owned(), bound, value.clone());
            }
            None => refuse(search, errors),
        },
        _ => refuse(search, errors),
    }
}

/// Errors for modifiers that are not honoured, or stand where they bound nothing.
fn refuse(search: &Search, errors: &mut Vec<Diagnostic>) {
    match &search.kind {
        SearchKind::And(parts) | SearchKind::Or(parts) => parts.iter().for_each(|part| refuse(part, errors)),
        SearchKind::Not(inner) | SearchKind::Group(inner) => refuse(inner, errors),
        SearchKind::Compare(field, ..) if matches!(field.as_str(), "earliest" | "latest") => {
            let message = format!("`{field}` bounds no time here");
            errors.push(
                Diagnostic::error(code::BAD_OPTION, search.span, message)
                    .with_label("not a time range")
                    .with_help("a window is written `earliest=-1d latest=@h`, without NOT before it"),
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
    fn modifiers_within_or_are_windows() {
        let (search, range) =
            crate::parse_search("a=1 ((earliest=-24h latest<@d) OR (earliest>=@d+1h))").unwrap();
        let printed = crate::printer::search::search(&search);
        assert_eq!(printed, "a=1 ((_time>=-24h _time<@d) OR (_time>=@d+1h))");
        assert_eq!(range, TimeRange::default());
        let (_, range) = crate::parse_search("earliest>=-1d latest<@d").unwrap();
        assert_eq!((range.earliest.as_deref(), range.latest.as_deref()), (Some("-1d"), Some("@d")));
    }

    #[test]
    fn modifiers_elsewhere_are_errors() {
        for wrong in ["NOT earliest=-1h", "a OR NOT (latest=@d)", "latest>5", "a OR earliest!=1"] {
            assert_eq!(crate::parse_search(wrong).unwrap_err()[0].code, code::BAD_OPTION, "{wrong}");
        }
        for modifier in ["_index_earliest=-1h", "starttimeu=1", "NOT hosttag=web"] {
            assert_eq!(crate::parse_search(modifier).unwrap_err()[0].code, code::UNKNOWN_OPTION);
        }
    }
}
