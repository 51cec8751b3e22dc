//! Buckets without a gap.

use jiff::tz::TimeZone;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::span::Span;

use crate::error::Result;
use crate::lower::bin::Width;

/// More buckets than Splunk makes (`maxbins` in `limits.conf`, `[discretize]`).
const MAX_BUCKETS: usize = 50_000;

/// The buckets from the first of `starts` (in order) to the last, or those of a range that is wider.
pub(crate) fn buckets(
    starts: &[f64],
    range: Option<(f64, f64)>,
    width: Width,
    span: Span,
    zone: &TimeZone,
) -> Result<Vec<f64>> {
    let mut all = starts.to_vec();
    let from = range.and_then(|(low, _)| width.start(low, zone));
    let first = starts.first().copied().into_iter().chain(from).reduce(f64::min);
    let last = starts.last().copied();
    let mut next = first;
    while let Some(start) = next.filter(|start| is_within(*start, last, range)) {
        if all.len() > starts.len() + MAX_BUCKETS {
            return Err(too_many(span).into());
        }
        all.push(start);
        // A width that rounding swallows would not end.
        next = width.next(start, zone).filter(|next| *next > start);
    }
    all.sort_by(f64::total_cmp);
    all.dedup();
    if all.len() > MAX_BUCKETS { Err(too_many(span).into()) } else { Ok(all) }
}

fn is_within(start: f64, last: Option<f64>, range: Option<(f64, f64)>) -> bool {
    last.is_some_and(|last| start <= last) || range.is_some_and(|(_, high)| start < high)
}

fn too_many(span: Span) -> Diagnostic {
    let message = format!("the span makes more than {MAX_BUCKETS} buckets");
    Diagnostic::error(code::BAD_OPTION, span, message)
        .with_label("too many buckets")
        .with_help("a wider `span=` or a narrower time range makes fewer; `cont=f` shows no empty ones")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_spl::ops::BinSize;

    #[test]
    fn gaps_are_filled_up_to_a_limit() {
        let width = Width::of(&BinSize::Span(10.0, "s".to_owned()), None).unwrap();
        let fill = |starts: &[f64], range| buckets(starts, range, width, Span::default(), &TimeZone::UTC);
        assert_eq!(fill(&[10.0, 40.0], None).unwrap(), [10.0, 20.0, 30.0, 40.0]);
        assert_eq!(fill(&[20.0], Some((5.0, 40.0))).unwrap(), [0.0, 10.0, 20.0, 30.0]);
        assert_eq!(fill(&[], Some((5.0, 15.0))).unwrap(), [0.0, 10.0]);
        assert_eq!(fill(&[], None).unwrap(), [0.0; 0]);
        assert!(fill(&[0.0, 1e9], None).is_err());
    }
}
