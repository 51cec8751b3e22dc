//! `reltime`: how long ago a time was, in words.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use sluice_spl::ops::Name;

use super::expr;
use crate::error::Result;
use crate::kernel::{self, Arg, Context};
use crate::plan::{Rel, column};
use crate::value::TEXT;

pub(crate) fn lower(pairs: &[(Name, Name)], rel: Rel, context: &Context) -> Result<Rel> {
    let words = pairs.iter().filter_map(|(field, target)| {
        let kind = rel.kind(&field.text)?;
        let time = expr::to_number(column(&field.text), kind, context);
        let words = kernel::call("reltime", TEXT, context, run, vec![time]);
        Some((target.text.clone(), words))
    });
    let words = words.collect();
    rel.extend(words)
}

fn run(context: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [time] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    let now = context.now.as_microsecond() as f64 / 1e6;
    Ok(kernel::texts(rows, |row| Some(words(now - time.number(row)?).into())))
}

/// Units and their seconds, the longest first.
const UNITS: [(&str, f64); 6] = [
    ("year", 31_536_000.0),
    ("month", 2_592_000.0),
    ("day", 86_400.0),
    ("hour", 3_600.0),
    ("minute", 60.0),
    ("second", 1.0),
];

/// `5 days ago`, in whole units of the longest that fits.
fn words(seconds: f64) -> String {
    let Some((unit, length)) = UNITS.iter().find(|(_, length)| seconds.abs() >= *length) else {
        return "now".to_owned();
    };
    let count = (seconds.abs() / length).floor();
    let many = if count == 1.0 { "" } else { "s" };
    if seconds > 0.0 { format!("{count} {unit}{many} ago") } else { format!("in {count} {unit}{many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unit_is_named() {
        assert_eq!(words(0.5), "now");
        assert_eq!(words(1.0), "1 second ago");
        assert_eq!(words(3_599.0), "59 minutes ago");
        assert_eq!(words(86_400.0 * 5.0 + 7.0), "5 days ago");
        assert_eq!(words(31_536_000.0 * 2.0), "2 years ago");
        assert_eq!(words(-7_200.0), "in 2 hours");
    }
}
