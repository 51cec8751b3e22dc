//! `timewrap`: periods of a timechart side by side.

use super::{Command, Doc, bin};
use crate::args::{self, OptionArg};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Wrap, WrapNames};
use crate::printer::name::quote;
use crate::span::Span;

/// For `sluice help timewrap`.
pub(crate) const DOC: Doc = Doc {
    name: "timewrap",
    aliases: &[],
    summary: "Puts the periods of a timechart side by side, each a column of its own.",
    syntax: "timewrap <span> [align=now|end] [series=relative|short|exact] [time_format=<format>]",
    example: "index=main | timechart span=1h count | timewrap 1d",
    hints: &[],
    differs: &[(
        "where periods end",
        "periods of days and more end with the last day of the rows, shorter ones where their unit of time ends",
    )],
};

const OPTIONS: [&str; 3] = ["align", "series", "time_format"];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut options = Options::default();
    let mut period = None;
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            options.set(option)?;
        } else if period.is_none() {
            period = Some(read_period(cursor)?);
        } else {
            return Err(cursor.expected("an option or the end of the command"));
        }
    }
    let end = cursor.span_from(cursor.place());
    let period = period.ok_or_else(|| args::missing("timewrap", "a span", end, DOC.example))?;
    Ok(Command::TimeWrap(Wrap { period, align_now: options.align_now, names: options.names(end)? }))
}

/// `2weeks`; `m` is a month here (Search Reference, `timewrap`, "Timescale options").
fn read_period(cursor: &mut Cursor<'_>) -> Parse<(u64, String)> {
    let expected = "a span such as `1d` or `2weeks`";
    let place = cursor.place();
    let period = cursor.word().and_then(|word| bin::span_of(&word.text).map(|span| (span, word.text)));
    let Some(((number, unit), written)) = period else {
        cursor.back_to(place);
        return Err(cursor.expected(expected));
    };
    let letters = written.trim_start_matches(|c: char| c.is_ascii_digit());
    let unit = if letters.eq_ignore_ascii_case("m") { "mon".to_owned() } else { unit };
    let whole = number == number.trunc() && number < 1e6;
    if !whole || matches!(unit.as_str(), "" | "us" | "ms" | "cs" | "ds") {
        cursor.back_to(place);
        return Err(cursor.expected(expected));
    }
    Ok((number as u64, unit))
}

#[derive(Default)]
struct Options {
    align_now: bool,
    series: Option<OptionArg>,
    format: Option<String>,
}

impl Options {
    fn set(&mut self, option: OptionArg) -> Parse<()> {
        match option.name.text.as_str() {
            "align" => {
                self.align_now = match option.value.text.as_str() {
                    "now" => true,
                    "end" => false,
                    _ => return Err(option.bad("`now` or `end`")),
                }
            }
            "series" => self.series = Some(option),
            "time_format" => self.format = Some(option.value.text),
            _ => return Err(option.unknown("timewrap", &OPTIONS)),
        }
        Ok(())
    }

    fn names(self, end: Span) -> Parse<WrapNames> {
        let Some(series) = self.series else { return Ok(WrapNames::Relative) };
        match (series.value.text.as_str(), self.format) {
            ("relative", _) => Ok(WrapNames::Relative),
            ("short", _) => Ok(WrapNames::Short),
            ("exact", Some(format)) => Ok(WrapNames::Exact(format)),
            ("exact", None) => Err(args::missing(
                "series=exact",
                "a `time_format`",
                end,
                "timewrap 1w series=exact time_format=\"week of %F\"",
            )),
            _ => Err(series.bad("`relative`, `short` or `exact`")),
        }
    }
}

/// The arguments as text.
pub(crate) fn print(wrap: &Wrap) -> String {
    let (number, unit) = &wrap.period;
    // A lone `m` would be read as months.
    let unit = if unit == "m" { "min" } else { unit };
    let align = if wrap.align_now { " align=now" } else { "" };
    let names = match &wrap.names {
        WrapNames::Relative => String::new(),
        WrapNames::Short => " series=short".to_owned(),
        WrapNames::Exact(format) => format!(" series=exact time_format={}", quote(format)),
    };
    format!("{number}{unit}{align}{names}")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_period_is_a_span_of_time() {
        prints("timewrap week", "timewrap 1w");
        prints("timewrap 2days align=now series=short", "timewrap 2d align=now series=short");
        prints("timewrap 1m", "timewrap 1mon");
        prints("timewrap 5min", "timewrap 5min");
        prints(
            "timewrap w series=exact time_format=\"week of %F\"",
            "timewrap 1w series=exact time_format=\"week of %F\"",
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("timewrap", "`timewrap` needs a span");
        fails("timewrap 10", "expected a span such as `1d` or `2weeks`, found `10`");
        fails("timewrap 1d series=exact", "`series=exact` needs a `time_format`");
        fails("timewrap 1d align=start", "`align` expected `now` or `end`, found `start`");
    }
}
