//! `bin`: numbers and times put in buckets.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::{Bin, BinSize};
use crate::printer::name::{field, value};

/// For `sluice help bin`.
pub(crate) const DOC: Doc = Doc {
    name: "bin",
    aliases: &["bucket", "discretize"],
    summary: "Puts the numbers or times of a field in buckets.",
    syntax: "bin span=<span> [aligntime=<time>] <field> [AS <field>]",
    example: "index=main | bin _time span=5m | stats count BY _time",
    hints: &[],
    differs: &[
        ("bins=", "the width would depend on all values: give `span=`"),
        ("minspan=", "as `bins=`"),
        ("start=", "as `bins=`"),
        ("end=", "as `bins=`"),
    ],
};

const OPTIONS: [&str; 6] = ["aligntime", "bins", "end", "minspan", "span", "start"];

/// Time units as Splunk spells them, with the short form of each.
const UNITS: [(&str, &[&str]); 12] = [
    ("us", &["us"]),
    ("ms", &["ms"]),
    ("cs", &["cs"]),
    ("ds", &["ds"]),
    ("s", &["s", "sec", "secs", "second", "seconds"]),
    ("m", &["m", "min", "mins", "minute", "minutes"]),
    ("h", &["h", "hr", "hrs", "hour", "hours"]),
    ("d", &["d", "day", "days"]),
    ("w", &["w", "week", "weeks"]),
    ("mon", &["mon", "month", "months"]),
    ("q", &["q", "qtr", "qtrs", "quarter", "quarters"]),
    ("y", &["y", "yr", "yrs", "year", "years"]),
];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut options = Options::default();
    let (mut source, mut target) = (None, None);
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            options.set(&option)?;
        } else if source.is_none() {
            source = Some(cursor.field()?);
        } else if target.is_none() && cursor.at_keyword("as") {
            target = cursor.alias()?;
        } else {
            break;
        }
    }
    let source = source.ok_or_else(|| cursor.expected("a field"))?;
    let target = target.unwrap_or_else(|| source.clone());
    let size = options.span.unwrap_or(BinSize::Count(options.bins.unwrap_or(100), options.minspan));
    let range = (options.start, options.end);
    Ok(Command::Bin(Bin { field: source, target, size, align: options.align, range }))
}

#[derive(Default)]
struct Options {
    span: Option<BinSize>,
    bins: Option<u64>,
    minspan: Option<(f64, String)>,
    align: Option<String>,
    start: Option<f64>,
    end: Option<f64>,
}

impl Options {
    fn set(&mut self, option: &OptionArg) -> Parse<()> {
        match option.name.text.as_str() {
            "span" => self.span = Some(size(option)?),
            "bins" => self.bins = Some(option.integer()?),
            "minspan" => self.minspan = Some(span(option)?),
            "aligntime" => self.align = Some(option.value.text.clone()),
            "start" => self.start = Some(option.number()?),
            "end" => self.end = Some(option.number()?),
            _ => return Err(option.unknown("bin", &OPTIONS)),
        }
        Ok(())
    }
}

fn size(option: &OptionArg) -> Parse<BinSize> {
    let text = option.value.text.to_ascii_lowercase();
    let Some((coefficient, base)) = text.split_once("log") else {
        return span(option).map(|(number, unit)| BinSize::Span(number, unit));
    };
    match (log_part(coefficient, 1.0), log_part(base, 10.0)) {
        (Some(coefficient), Some(base)) if base > 1.0 => Ok(BinSize::Log(coefficient, base)),
        _ => Err(option.bad("a logarithmic span such as `2log10`")),
    }
}

fn log_part(text: &str, default: f64) -> Option<f64> {
    if text.is_empty() {
        Some(default)
    } else {
        text.parse().ok().filter(|n: &f64| *n > 0.0 && n.is_finite())
    }
}

/// A span such as `5m` or `10`: a number above 0 and a short unit, which is empty for plain numbers.
pub(crate) fn span(option: &OptionArg) -> Parse<(f64, String)> {
    let text = option.value.text.as_str();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    // `span=d` is one day.
    let number = if digits.is_empty() && !unit.is_empty() { Some(1.0) } else { digits.parse().ok() };
    match (number.filter(|n: &f64| *n > 0.0), short_unit(unit)) {
        (Some(number), Some(unit)) => Ok((number, unit.to_owned())),
        _ => Err(option.bad("a span such as `5m` or `10`")),
    }
}

fn short_unit(unit: &str) -> Option<&'static str> {
    if unit.is_empty() {
        return Some("");
    }
    let lower = unit.to_ascii_lowercase();
    UNITS.iter().find(|(_, spellings)| spellings.contains(&lower.as_str())).map(|(short, _)| *short)
}

/// The arguments as text.
pub(crate) fn print(bin: &Bin) -> String {
    let mut out = field(&bin.field.text);
    if bin.target.text != bin.field.text {
        out += &format!(" AS {}", field(&bin.target.text));
    }
    match &bin.size {
        BinSize::Span(number, unit) => out += &format!(" span={number}{unit}"),
        BinSize::Log(coefficient, base) => out += &format!(" span={coefficient}log{base}"),
        BinSize::Count(bins, minspan) => {
            out += &format!(" bins={bins}");
            if let Some((number, unit)) = minspan {
                out += &format!(" minspan={number}{unit}");
            }
        }
    }
    for (name, number) in [("start", bin.range.0), ("end", bin.range.1)] {
        if let Some(number) = number {
            out += &format!(" {name}={number}");
        }
    }
    if let Some(align) = &bin.align {
        out += &format!(" aligntime={}", value(align));
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn spans_have_units_and_logarithms() {
        prints("bucket span=10minutes _time as slot", "bin _time AS slot span=10m");
        prints("bin size span=log2", "bin size span=1log2");
        prints("bin bins=20 size start=0 end=100.5", "bin size bins=20 start=0 end=100.5");
        prints("bin _time span=1d aligntime=@d+3h", "bin _time span=1d aligntime=@d+3h");
    }

    #[test]
    fn what_is_no_span_is_named() {
        fails("bin _time span=5x", "`span` expected a span such as `5m` or `10`, found `5x`");
        fails("bin span=5m", "expected a field, found end of query");
        fails("bin _time sapn=5m", "`bin` has no option `sapn`");
    }
}
