//! `trendline`: moving averages.

use super::{Command, Doc};
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Derived, Name, Step, Weights};
use crate::printer::name::field;

/// For `sluice help trendline`.
pub(crate) const DOC: Doc = Doc {
    name: "trendline",
    aliases: &[],
    summary: "Computes simple, weighted and exponential moving averages.",
    syntax: "trendline <sma|wma|ema><period>(<field>) [AS <field>] …",
    example: "index=main | trendline sma5(bytes) AS smooth, ema10(bytes)",
    hints: &[],
    differs: &[],
};

const PERIODS: std::ops::RangeInclusive<u64> = 2..=10_000;

const KINDS: [(&str, Weights); 3] =
    [("ema", Weights::Exponential), ("sma", Weights::Simple), ("wma", Weights::Linear)];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut trends = Vec::new();
    while !cursor.at_command_end() {
        trends.push(trend(cursor)?);
        cursor.commas();
    }
    if trends.is_empty() {
        return Err(cursor.expected("a moving average").with_help("for example `trendline sma5(bytes)`"));
    }
    Ok(Command::TrendLine(trends))
}

fn trend(cursor: &mut Cursor<'_>) -> Parse<Derived> {
    let word = cursor.word().ok_or_else(|| cursor.expected("a moving average"))?;
    let (weights, period) = average(&word)?;
    cursor.skip_space();
    if cursor.peek() != Some('(') {
        return Err(cursor.expected("`(`"));
    }
    let field = cursor.bracketed(Cursor::field)?;
    let step = Step::Average(weights, period);
    let target = match cursor.alias()? {
        Some(target) => target,
        None => Name::new(default(&field.text, step), field.span),
    };
    Ok(Derived { field, target, step })
}

/// `sma5`: kind and period.
fn average(word: &Name) -> Parse<(Weights, u64)> {
    let text = word.text.to_ascii_lowercase();
    let found = KINDS.iter().find_map(|(name, weights)| {
        let period = text.strip_prefix(name)?.parse().ok()?;
        PERIODS.contains(&period).then_some((*weights, period))
    });
    found.ok_or_else(|| {
        let message = format!("expected a moving average, found `{}`", word.text);
        Diagnostic::error(code::BAD_OPTION, word.span, message)
            .with_label("not `sma`, `wma` or `ema` and a period")
            .with_help("the period is from 2 to 10000, for example `sma5(bytes)`")
    })
}

fn default(field: &str, step: Step) -> String {
    format!("{}({field})", name(step))
}

fn name(step: Step) -> String {
    let Step::Average(weights, period) = step else { return String::new() };
    let kind = KINDS.iter().find(|(_, kind)| *kind == weights).map_or("sma", |(name, _)| *name);
    format!("{kind}{period}")
}

/// The arguments as text.
pub(crate) fn print(trends: &[Derived]) -> String {
    trends.iter().map(print_trend).collect::<Vec<_>>().join(", ")
}

fn print_trend(trend: &Derived) -> String {
    let call = format!("{}({})", name(trend.step), field(&trend.field.text));
    if trend.target.text == default(&trend.field.text, trend.step) {
        call
    } else {
        format!("{call} AS {}", field(&trend.target.text))
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn kind_and_period_are_one_word() {
        prints("trendline sma5(foo) as smooth EMA10(bar)", "trendline sma5(foo) AS smooth, ema10(bar)");
        prints("trendline wma3(\"a b\")", "trendline wma3(\"a b\")");
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("trendline", "expected a moving average, found end of query");
        fails("trendline sma1(x)", "expected a moving average, found `sma1`");
        fails("trendline avg5(x)", "expected a moving average, found `avg5`");
        fails("trendline sma5", "expected `(`, found end of query");
    }
}
