//! `mvrange`: numbers or times in steps.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use jiff::{Span, Timestamp};

use crate::function::Function;
use crate::kernel::{self, Arg, Context};
use crate::value::{self, number_to_text};

/// `mvrange(START, END, STEP)`
pub const MVRANGE: Function = Function {
    name: "mvrange",
    arguments: (2, Some(3)),
    syntax: "mvrange(START, END, STEP)",
    summary: "Numbers from the start up to before the end; the step is 1, a number, or a time span such as 1h.",
    examples: &[
        ("mvrange(1, 4)", "1|2|3"),
        ("mvrange(1, 11, 5)", "1|6"),
        ("mvrange(1514834731, 1516044331, \"7d\")", "1514834731|1515439531"),
        ("mvrange(3, 1)", "null"),
    ],
    build: |call| Ok(call.kernel(value::multivalue(), run)),
};

/// A field with more values than this is a mistake.
const MOST: usize = 1_000_000;

fn run(context: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [start, end, step @ ..] = args else { return Ok(kernel::nulls(&value::multivalue(), rows)) };
    let mut failure = None;
    let result = kernel::lists(rows, |row| {
        let (Some(start), Some(end)) = (start.number(row), end.number(row)) else { return Vec::new() };
        let Some(step) = step.first().map_or(Some(Step::Number(1.0)), |step| parse(step, row)) else {
            return Vec::new();
        };
        let numbers = numbers(context, start, end, step);
        if numbers.len() > MOST {
            failure.get_or_insert(DataFusionError::Execution(format!(
                "`mvrange` would give more than {MOST} values"
            )));
            return Vec::new();
        }
        numbers.into_iter().map(|number| Cow::Owned(number_to_text(number))).collect()
    });
    failure.map_or(Ok(result), Err)
}

enum Step {
    Number(f64),
    Time(Span),
}

fn parse(step: &Arg, row: usize) -> Option<Step> {
    if let Some(number) = step.number(row) {
        return (number != 0.0).then_some(Step::Number(number));
    }
    let text = step.text(row)?;
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let count = match &text[..text.len() - unit.len()] {
        "" => 1,
        digits => digits.parse::<i64>().ok().filter(|count| *count > 0)?,
    };
    let span = Span::new();
    let span = match unit.to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => span.try_seconds(count),
        "m" | "min" | "mins" | "minute" | "minutes" => span.try_minutes(count),
        "h" | "hr" | "hrs" | "hour" | "hours" => span.try_hours(count),
        "d" | "day" | "days" => span.try_days(count),
        "w" | "week" | "weeks" => span.try_weeks(count),
        "mon" | "month" | "months" => span.try_months(count),
        "q" | "qtr" | "qtrs" | "quarter" | "quarters" => span.try_months(count.checked_mul(3)?),
        "y" | "yr" | "yrs" | "year" | "years" => span.try_years(count),
        _ => return None,
    };
    span.ok().map(Step::Time)
}

/// At most one number more than allowed.
fn numbers(context: &Context, start: f64, end: f64, step: Step) -> Vec<f64> {
    let at = |index: usize| match &step {
        Step::Number(step) => Some(start + *step * index as f64),
        Step::Time(span) => {
            let start = Timestamp::from_nanosecond((start * 1e9) as i128).ok()?;
            let span = span.checked_mul(i64::try_from(index).ok()?).ok()?;
            let time = start.to_zoned_datetime(context.zone.0.clone()).checked_add(span).ok()?;
            Some(time.timestamp().as_nanosecond() as f64 / 1e9)
        }
    };
    let down = matches!(step, Step::Number(step) if step < 0.0);
    let before = |number: &f64| if down { *number > end } else { *number < end };
    (0..=MOST).map_while(at).take_while(before).collect()
}
