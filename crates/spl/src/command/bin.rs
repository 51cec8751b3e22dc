//! `bin`: numbers and times put in buckets.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::{Bin, BinSize, Name};
use crate::printer::name::{field, value};

/// For `sluice help bin`.
pub(crate) const DOC: Doc = Doc {
    name: "bin",
    aliases: &["bucket", "discretize"],
    summary: "Puts the numbers or times of a field in buckets.",
    syntax: "bin [span=<span>|bins=<n>] [minspan=<span>] [start=<n>] [end=<n>] [aligntime=<time>] <field> \
             [AS <field>]",
    example: "index=main | bin _time span=5m | stats count BY _time",
    hints: &[],
    differs: &[],
};

/// The options that say how a field is put in buckets.
pub(crate) const OPTIONS: [&str; 6] = ["aligntime", "bins", "end", "minspan", "span", "start"];

/// Buckets where no number of them is given.
const DEFAULT_BINS: u64 = 100;

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
            if !options.set(&option)? {
                return Err(option.unknown("bin", &OPTIONS));
            }
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
    Ok(Command::Bin(options.bin(source, target)))
}

/// How a field is put in buckets, as far as it is written.
#[derive(Default)]
pub(crate) struct Options {
    span: Option<BinSize>,
    bins: Option<u64>,
    minspan: Option<(f64, String)>,
    align: Option<String>,
    start: Option<f64>,
    end: Option<f64>,
    written: bool,
}

impl Options {
    /// Takes an option; false if it says nothing of buckets.
    pub(crate) fn set(&mut self, option: &OptionArg) -> Parse<bool> {
        match option.name.text.as_str() {
            "span" => self.span = Some(size(option)?),
            "bins" => self.bins = Some(at_least_one(option)?),
            "minspan" => self.minspan = Some(span(option)?),
            "aligntime" => self.align = Some(option.value.text.clone()),
            "start" => self.start = Some(option.number()?),
            "end" => self.end = Some(option.number()?),
            _ => return Ok(false),
        }
        self.written = true;
        Ok(true)
    }

    /// Whether any of them is written.
    pub(crate) fn is_written(&self) -> bool {
        self.written
    }

    /// Whether `span=` is written.
    pub(crate) fn has_span(&self) -> bool {
        self.span.is_some()
    }

    /// Buckets of `field`, written to `target`. With a span the number of buckets is what it is.
    pub(crate) fn bin(self, field: Name, target: Name) -> Bin {
        let bins = self.bins.unwrap_or(DEFAULT_BINS);
        let size = self.span.unwrap_or(BinSize::Count(bins, self.minspan));
        Bin { field, target, size, align: self.align, range: (self.start, self.end) }
    }
}

fn at_least_one(option: &OptionArg) -> Parse<u64> {
    option.integer().ok().filter(|bins| *bins > 0).ok_or_else(|| option.bad("a whole number above 0"))
}

/// A bucket's width: `10`, `5m`, `2log10`.
pub(super) fn size(option: &OptionArg) -> Parse<BinSize> {
    let text = option.value.text.to_ascii_lowercase();
    let Some((coefficient, base)) = text.split_once("log") else {
        return span(option).map(|(number, unit)| BinSize::Span(number, unit));
    };
    match (log_part(coefficient, 1.0), log_part(base, 10.0)) {
        (Some(coefficient), Some(base)) if base > 1.0 && (1.0..base).contains(&coefficient) => {
            Ok(BinSize::Log(coefficient, base))
        }
        _ => Err(option
            .bad("a logarithmic span such as `2log10`")
            .with_help("the first number is at least 1 and below the second, the second is above 1")),
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
    span_of(&option.value.text).ok_or_else(|| option.bad("a span such as `5m` or `10`"))
}

/// The same of a text; `None` if it is no span.
pub(crate) fn span_of(text: &str) -> Option<(f64, String)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    // `span=d` is one day.
    let number: f64 = if digits.is_empty() && !unit.is_empty() { 1.0 } else { digits.parse().ok()? };
    let unit = short_unit(unit)?;
    // A part of a day, of a month and so on has no meaning.
    let whole = number == number.trunc() || !matches!(unit, "d" | "w" | "mon" | "q" | "y");
    (number > 0.0 && number.is_finite() && whole).then(|| (number, unit.to_owned()))
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
    out + &print_options(bin)
}

/// The options as text, a space before each.
pub(crate) fn print_options(bin: &Bin) -> String {
    let mut out = match &bin.size {
        BinSize::Span(..) | BinSize::Log(..) => format!(" span={}", print_size(&bin.size)),
        BinSize::Count(bins, None) => format!(" bins={bins}"),
        BinSize::Count(bins, Some((number, unit))) => format!(" bins={bins} minspan={number}{unit}"),
    };
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

/// A bucket's width as text; none for a number of buckets.
pub(super) fn print_size(size: &BinSize) -> String {
    match size {
        BinSize::Span(number, unit) => format!("{number}{unit}"),
        BinSize::Log(coefficient, base) => format!("{coefficient}log{base}"),
        BinSize::Count(..) => String::new(),
    }
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
        prints("bin _time minspan=1h", "bin _time bins=100 minspan=1h");
    }

    #[test]
    fn what_is_no_span_is_named() {
        fails("bin _time span=5x", "`span` expected a span such as `5m` or `10`, found `5x`");
        fails("bin _time span=1.5mon", "`span` expected a span such as `5m` or `10`, found `1.5mon`");
        fails("bin n span=3log2", "`span` expected a logarithmic span such as `2log10`, found `3log2`");
        fails("bin n bins=0", "`bins` expected a whole number above 0, found `0`");
        fails("bin span=5m", "expected a field, found end of query");
        fails("bin _time sapn=5m", "`bin` has no option `sapn`");
    }
}
