//! Stats functions: what each keeps of the values it sees, and what it gives. The same code serves
//! `stats` (inside DataFusion's aggregates), `eventstats` and `streamstats`.

mod accumulator;
pub mod doc;
mod extreme;
mod groups;
mod moments;
mod only_numbers;
mod order;
mod percentile;
pub(crate) mod points;
mod sets;

use arrow::datatypes::DataType;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::nearest;
use sluice_spl::ops::AggregateCall;

use crate::value::{self, Cell, NUMBER};

pub(crate) use accumulator::{add, call, is_own, read_seen, scalar, seen};

/// What a stats function has seen so far.
pub(crate) trait Stat: Send + Sync + std::fmt::Debug {
    /// Takes one value that is not null. `at` is its place in the order of rows.
    fn add(&mut self, value: &Cell<'_>, at: Place);
    /// What it has seen, to be taken up by another of its kind.
    fn save(&self) -> Saved;
    /// Takes up what another has seen.
    fn load(&mut self, saved: Saved);
    /// The result so far.
    fn result(&self) -> Outcome;
    /// Bytes on the heap, about.
    fn size(&self) -> usize;
}

/// Where a row stands: its time (for `earliest` and `latest`) and its place in the stream.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) time: Option<f64>,
    pub(crate) newest: f64,
    pub(crate) sequence: i64,
}

impl Place {
    /// The place as a key: rows with a smaller key come first.
    pub(crate) fn key(self) -> (f64, f64) {
        (-self.newest, self.sequence as f64)
    }
}

/// A stat's memory in a form that every stat shares.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Saved {
    pub(crate) texts: Vec<String>,
    pub(crate) numbers: Vec<f64>,
}

/// The result of a stat.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Null,
    Integer(i64),
    Number(f64),
    Text(String),
    List(Vec<String>),
}

impl Outcome {
    pub(crate) fn number(value: Option<f64>) -> Self {
        value.map_or(Self::Null, Self::Number)
    }
}

/// A stats function with its parameter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) percentile: Option<f64>,
    /// `allnum=true`: no result if a value is no number.
    only_numbers: bool,
}

/// Functions that take any value, so that `allnum` does not concern them.
const OF_ANY: [&str; 12] = [
    "count",
    "dc",
    "earliest",
    "earliest_time",
    "estdc",
    "first",
    "last",
    "latest",
    "latest_time",
    "list",
    "mode",
    "values",
];

impl Function {
    /// `sum`
    pub(crate) const SUM: Self = Self { name: "sum", percentile: None, only_numbers: false };

    /// The function of a call.
    pub(crate) fn of(call: &AggregateCall) -> Result<Self, Diagnostic> {
        let names = || doc::ALL.iter().map(|doc| doc.name);
        let Some(name) = names().find(|&name| name == call.function) else {
            let unknown = Diagnostic::error(
                code::UNKNOWN_AGGREGATE,
                call.span,
                format!("no stats function `{}`", call.function),
            );
            return Err(match (call.function.as_str(), nearest(&call.function, names())) {
                ("per_day" | "per_hour" | "per_minute" | "per_second", _) => {
                    unknown.with_help(format!("`timechart` has `{}`: it divides by its span", call.function))
                }
                ("rate_avg" | "rate_sum", _) => {
                    unknown.with_help("Splunk has it for metrics only; `rate(x)` is the rate of a counter")
                }
                (_, Some(near)) => unknown.with_help(format!("did you mean `{near}`?")),
                (_, None) => unknown,
            });
        };
        if call.percentile.is_none() && matches!(name, "perc" | "exactperc" | "upperperc") {
            let unsaid = format!("`{name}` without its percentile");
            return Err(Diagnostic::error(code::UNKNOWN_AGGREGATE, call.span, unsaid)
                .with_label("which one?")
                .with_help(format!("for example `{name}95(x)`")));
        }
        Ok(Self { name, percentile: call.percentile, only_numbers: false })
    }

    /// The same under `allnum`.
    pub(crate) fn only_numbers(self, allnum: bool) -> Self {
        let only_numbers = allnum && !OF_ANY.contains(&self.name);
        Self { only_numbers, ..self }
    }

    /// Whether a value that is no number leaves it without a result.
    pub(crate) fn is_only_numbers(&self) -> bool {
        self.only_numbers
    }

    /// A fresh stat.
    pub(crate) fn start(&self) -> Box<dyn Stat> {
        if self.only_numbers { Box::new(only_numbers::OnlyNumbers::new(self.plain())) } else { self.plain() }
    }

    fn plain(&self) -> Box<dyn Stat> {
        match self.name {
            "count" => Box::<sets::Count>::default(),
            "dc" | "estdc" => Box::new(sets::Values::count()),
            "estdc_error" => Box::<sets::NoError>::default(),
            "values" => Box::new(sets::Values::list()),
            "mode" => Box::<sets::Mode>::default(),
            "list" => Box::<order::List>::default(),
            "sparkline" => Box::<points::Points>::default(),
            "first" => Box::new(order::Pick::first()),
            "last" => Box::new(order::Pick::last()),
            "earliest" => Box::new(order::Pick::earliest()),
            "latest" => Box::new(order::Pick::latest()),
            "earliest_time" => Box::new(order::Pick::earliest_time()),
            "latest_time" => Box::new(order::Pick::latest_time()),
            "rate" => Box::<order::Rate>::default(),
            "min" => Box::new(extreme::Extreme::min()),
            "max" => Box::new(extreme::Extreme::max()),
            "range" => Box::<extreme::Range>::default(),
            "median" => Box::new(percentile::Percentile::new(50.0)),
            "perc" | "exactperc" => Box::new(percentile::Percentile::new(self.percentile.unwrap_or(50.0))),
            "upperperc" => Box::new(percentile::Percentile::upper(self.percentile.unwrap_or(50.0))),
            other => Box::new(moments::Moments::new(other)),
        }
    }

    /// The type of its result for values of a type.
    pub(crate) fn returns(&self, argument: &DataType) -> DataType {
        match self.name {
            "count" | "dc" | "estdc" => DataType::Int64,
            "values" | "list" | "sparkline" => value::multivalue(),
            "first" | "last" | "earliest" | "latest" | "mode" if value::is_numeric(argument) => NUMBER,
            "first" | "last" | "earliest" | "latest" | "mode" => value::TEXT,
            "min" | "max" if value::is_numeric(argument) => NUMBER,
            "min" | "max" => value::mixed(),
            _ => NUMBER,
        }
    }

    /// Whether each value of a multivalue field counts for itself (all but the pickers do).
    pub(crate) fn spreads(&self) -> bool {
        !matches!(self.name, "first" | "last" | "earliest" | "latest")
    }
}

#[cfg(test)]
mod tests {
    use sluice_spl::ops::{AggregateCall, Name};
    use sluice_spl::span::Span;

    use super::Function;

    #[test]
    fn functions_of_other_commands_and_percentiles_unsaid_are_errors() {
        let help = |function: &str, percentile| {
            let span = Span::new(0, 1);
            let name = Name::new(function, span);
            let call =
                AggregateCall { function: function.to_owned(), percentile, argument: None, name, span };
            Function::of(&call).map(drop).map_err(|error| error.help.unwrap_or_default())
        };
        assert_eq!(help("perc", Some(95.0)), Ok(()));
        assert_eq!(help("perc", None), Err("for example `perc95(x)`".to_owned()));
        assert_eq!(help("medain", None), Err("did you mean `median`?".to_owned()));
        assert!(help("per_second", None).is_err_and(|help| help.contains("timechart")));
        assert!(help("rate_avg", None).is_err_and(|help| help.contains("metrics")));
    }
}
